/* Every pixel of a window once, for fractions: a work-group owns a tile, and each of its work-items takes pixel after
   pixel, measures each feature of the tile in it and merges them in order. */

#if WEIGHTED
typedef struct { double sum, weight; } Fold;
#else
typedef struct { Accumulator value; uint count; } Fold;
#endif

FN Fold start_fold(void) {
#if WEIGHTED
    Fold fold = {0.0, 0.0};
#else
    Fold fold = {identity(), 0u};
#endif
    return fold;
}

/* What covers nothing contributes nothing, even of an infinite value. */
FN Fold folded(Fold fold, uint has, PIXEL value, double fraction, int *failed) {
#if WEIGHTED
    fold.sum += fraction == 0.0 ? 0.0 : (double)value * fraction;
    fold.weight += fraction;
#else
    fold.value = merged(fold.value, (PIXEL)fraction, has, fold.count, (PIXEL)0, failed);
    fold.count++;
#endif
    return fold;
}

FN Fold resumed_fold(PIXEL before) {
#if WEIGHTED
    Fold fold = {0.0 + (double)before, 1.0};
#else
    Fold fold = {resumed(before), 0u};
#endif
    return fold;
}

FN PIXEL finished_fold(Fold fold, PIXEL fill, int *failed) {
#if WEIGHTED
    if (MERGE == AVERAGE && fold.weight == 0.0) return fill;
    double all = MERGE == AVERAGE ? fold.sum / fold.weight : fold.sum;
    PIXEL pixel = (PIXEL)all;
    if (isinf(pixel) && !isinf(all)) *failed = 1;
    return pixel;
#else
    return finished(fold.value, fold.count, failed);
#endif
}

KERNEL(ITEMS) burn(BURN_PARAMETERS) {
    LOCAL uint unordered[SHORT_LIST], ordered[SHORT_LIST];
    GLOBAL PIXEL *out = (GLOBAL PIXEL *)(slab + pixels_at);
    GLOBAL uint *status = (GLOBAL uint *)(slab + status_at);
    uint tile = TILE_OF(GROUP), from = tile_offsets[tile], length = tile_offsets[tile + 1] - from;
    int column = (int)(tile % (uint)tiles_across) * TILE, row = (int)(tile / (uint)tiles_across) * TILE, failed = 0;
    Cell cell;
    cell.vertices = pixels, cell.entries = entries, cell.offsets = offsets, cell.kinds = kinds;
    cell.part_of_pair = part_of_pair, cell.backdrops = backdrops;
    cell.pairs = put_in_order(lists + from, length, unordered, ordered);
    for (uint k = 0; k < EACH; k++) {
        PIXEL_AT(k, x, y);
        if (x < 0 || y < 0 || x >= window.width || y >= window.height) continue;
        GLOBAL PIXEL *pixel = out + ((size_t)y * (size_t)window.width + (size_t)x);
        Fold fold = start_fold();
        uint has = 0;
#if ONTO
        PIXEL before = *pixel;
        int is_empty = fill_is_empty && (before == fill || (IS_NAN(before) && IS_NAN(fill)));
        if (MERGE == FIRST && !is_empty) continue;
        if (!DONE_AT_ONCE && !is_empty && !IS_NAN(before)) fold = resumed_fold(before);
#endif
        cell.column = x + window.column, cell.row = y + window.row;
        for (uint n = 0, end; n < length && !(DONE_AT_ONCE && has); n = end) {
            double fraction;
            uint feature = parts[part_of_pair[pair_at(cell.pairs, n)]].feature;
            for (end = n + 1; end < length; end++)
                if (parts[part_of_pair[pair_at(cell.pairs, end)]].feature != feature) break;
            PIXEL value = values[feature];
            if (WEIGHTED && IS_NAN(value)) continue;
            find_pieces(&cell, n, end);
            if (!fraction_of(&cell, &fraction)) continue;
            fold = folded(fold, has, value, fraction, &failed);
            has = 1;
        }
        if (has) *pixel = finished_fold(fold, fill, &failed);
#if !ONTO
        else *pixel = fill;
#endif
    }
    if (failed) ATOMIC_OR(&status[0], 1u);
}
