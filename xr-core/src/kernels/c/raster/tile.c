/* Every pixel of a window once: a work-group owns a tile. It puts its (part, tile) pairs in order, turns PARTS parts at a
   time into row masks in local memory, and its work-items walk them in feature order over their pixels, in registers.

   The build with EXACT 0 has no exact arithmetic in it: a tile with a crossing that the estimate does not settle is put on
   a list, unwritten, and left to the build with EXACT 1. A call of the predicate here would push the pixels out of
   registers. */

/* One work-item's share of the edges of `count` parts: share i draws the rows i mod 2^split of edge i / 2^split. Tells
   whether there is something left to the exact build. */
FN int draw_share(int split, uint count, LOCAL_PTR const uint *starts, LOCAL_PTR const uint *entries_at, LOCAL_PTR const uint *kind,
                  GLOBAL const uint *entries, GLOBAL const double *pixels, int column, int row,
                  LOCAL_PTR uint *inside, LOCAL_PTR uint *touched) {
    int left = 0, rows = TILE >> split;
    for (uint i = ITEM; i < starts[count] << split; i += ITEMS) {
        uint entry = i >> split, part = 0, high = count;
        while (high - part > 1) {
            uint middle = part + (high - part) / 2;
            if (starts[middle] <= entry) part = middle; else high = middle;
        }
        uint v = entries[entries_at[part] + entry - starts[part]];
        Place place;
        place.column = column, place.row = row;
        place.from = row + (int)(i & ((1u << split) - 1u)) * rows, place.to = place.from + rows;
        LOCAL_PTR uint *words = inside + part * TILE;
        if (kind[part] == POINT) {
            draw_point(pixels, v, place, words);
            continue;
        }
#if !ALL_TOUCHED
        if (kind[part] == LINE) {
            draw_line(segment_from(pixels, v), place, words);
            continue;
        }
#endif
        double a = pixels[2 * v + 1], b = pixels[2 * v + 3];
        if (MIN(a, b) >= (double)place.to || MAX(a, b) < (double)place.from) continue;
        Edge e = edge_from(pixels, v);
#if ALL_TOUCHED
        if (kind[part] == LINE) {
            left |= draw_touched(e, 1, place, words);
            continue;
        }
        left |= draw_touched(e, 0, place, touched + part * TILE);
#endif
        left |= draw_inside(e, place, words);
    }
    return left;
}

#if EXACT
KERNEL(ITEMS)
#else /* few registers and some spilled, which was measured to be faster; not where a merge takes many */
DENSE_KERNEL(ITEMS, MERGE == USER ? 6 : MERGE == AVERAGE || ONTO ? 8 : 10)
#endif
burn(BURN_PARAMETERS) {
    LOCAL uint unordered[SHORT_LIST], ordered[SHORT_LIST];
    LOCAL uint inside[PARTS * TILE];
    LOCAL uint counts[PARTS], starts[PARTS + 1], entries_at[PARTS], backdrop[PARTS], kind[PARTS], feature[PARTS], is_last[PARTS];
    LOCAL PIXEL value[PARTS];
    LOCAL uint open[2], unsure[2];
#if ALL_TOUCHED
    LOCAL uint touched[PARTS * TILE];
#else
    LOCAL_PTR uint *touched = 0;
#endif
    GLOBAL PIXEL *out = (GLOBAL PIXEL *)(slab + pixels_at);
    GLOBAL uint *status = (GLOBAL uint *)(slab + status_at);
    GLOBAL uint *hard = (GLOBAL uint *)(slab + hard_at); /* how many tiles are left to the exact build, and which */
    int failed = 0;
#if EXACT
    for (uint turn = GROUP; turn < hard[0]; turn += GROUPS) {
    uint own = hard[1 + turn];
#else
    {
    uint own = GROUP;
#endif
    uint tile = TILE_OF(own);
    int column = (int)(tile % (uint)tiles_across) * TILE, row = (int)(tile / (uint)tiles_across) * TILE;
    uint from = tile_offsets[tile], length = tile_offsets[tile + 1] - from, is_left = 0;
    Accumulator acc[EACH];
    COUNTS(number); /* of features in a pixel */
    uint has = 0;     /* pixels that have a value */
    uint within = 0;  /* pixels that are in the window: another's sums are not this one's failure */
    uint pending = 0; /* pixels of a feature of which there are more parts */
    for (uint k = 0; k < EACH; k++) acc[k] = identity();
    START_COUNTS(number);
    for (uint k = 0; k < EACH; k++) {
        PIXEL_AT(k, x, y);
        within |= (uint)(x >= 0 && y >= 0 && x < window.width && y < window.height) << k;
    }
#if ONTO
    for (uint k = 0; k < EACH; k++) {
        PIXEL_AT(k, x, y);
        if (!(within >> k & 1)) continue;
        PIXEL before = out[(size_t)y * (size_t)window.width + (size_t)x];
        int is_empty = fill_is_empty && (before == fill || (IS_NAN(before) && IS_NAN(fill)));
        if (MERGE == FIRST && !is_empty) acc[k] = before, has |= 1u << k;
        if (!DONE_AT_ONCE && !is_empty && !IS_NAN(before)) acc[k] = resumed(before);
    }
#endif
    if (ITEM < 2) open[ITEM] = 1;
    Listed pairs = put_in_order(lists + from, length, unordered, ordered);
    for (uint begin = 0, turn = 0; begin < length; begin += PARTS, turn ^= 1) {
        uint count = MIN(length - begin, PARTS);
        if (ITEM < count) {
            uint n = begin + ITEM, pair = pair_at(pairs, n), part = part_of_pair[pair];
            entries_at[ITEM] = offsets[pair];
            counts[ITEM] = offsets[pair + 1] - offsets[pair];
            backdrop[ITEM] = backdrops[pair];
            kind[ITEM] = kinds[part];
            feature[ITEM] = parts[part].feature;
            value[ITEM] = values[parts[part].feature];
            is_last[ITEM] = n + 1 == length || parts[part_of_pair[pair_at(pairs, n + 1)]].feature != parts[part].feature;
        }
        if (ITEM == 0) starts[0] = 0, open[turn] = 0, unsure[turn] = 0;
        BARRIER;
        for (uint i = ITEM; i < count * TILE; i += ITEMS) {
            inside[i] = backdrop[i / TILE] >> (i % TILE) & 1 ? ~0u : 0u;
#if ALL_TOUCHED
            touched[i] = 0;
#endif
        }
        if (ITEM < count) {
            uint sum = 0;
            for (uint i = 0; i <= ITEM; i++) sum += counts[i];
            starts[ITEM + 1] = sum;
        }
        BARRIER;
        int split = 0;
        while (split < SHARES && starts[count] << (split + 1) <= ITEMS) split++;
        if (draw_share(split, count, starts, entries_at, kind, entries, pixels, column, row, inside, touched))
            ATOMIC_OR(&unsure[turn], 1u);
        BARRIER;
        if (unsure[turn]) { /* never in the exact build */
            is_left = 1;
            break;
        }
        for (uint j = 0; j < count; j++) {
            if (DONE_AT_ONCE && has == within) break;
            for (uint k = 0; k < EACH; k++) {
                uint word = inside[j * TILE + ITEM / TILE + k * (ITEMS / TILE)];
#if ALL_TOUCHED
                word |= touched[j * TILE + ITEM / TILE + k * (ITEMS / TILE)];
#endif
                pending |= (word >> (ITEM % TILE) & 1) << k;
            }
            pending &= within;
            if (!is_last[j]) continue; /* the members of a collection are one feature */
            PIXEL v = value[j];
            if (!(SKIPS_NAN && IS_NAN(v))) {
                for (uint k = 0; k < EACH; k++) {
                    if (!(pending >> k & 1)) continue;
                    acc[k] = merged(acc[k], v, has >> k & 1, COUNT_OF(number, k), start, &failed USER_ARGUMENTS(feature[j]));
                    has |= 1u << k;
                    INCREMENT(number, k);
                }
            }
            pending = 0;
        }
        if (DONE_AT_ONCE && has != within) ATOMIC_OR(&open[turn], 1u);
        BARRIER;
        if (DONE_AT_ONCE && !open[turn]) break;
    }
    if (is_left) {
        if (ITEM == 0) hard[1 + ATOMIC_ADD(&hard[0], 1u)] = own;
        failed = 0; /* the exact build tells */
    } else {
        for (uint k = 0; k < EACH; k++) {
            PIXEL_AT(k, x, y);
            if (!(within >> k & 1)) continue;
            GLOBAL PIXEL *pixel = out + ((size_t)y * (size_t)window.width + (size_t)x);
            if (has >> k & 1) *pixel = finished(acc[k], COUNT_OF(number, k), &failed);
#if !ONTO
            else *pixel = fill;
#endif
        }
    }
    if (failed) ATOMIC_OR(&status[0], 1u);
    BARRIER; /* local memory is used again for the next tile */
    }
}
