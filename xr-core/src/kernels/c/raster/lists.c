/* Pairs that have something to draw, listed for each tile. */

/* Left to right along a part's row of tiles: toggles become backdrops, a bit for each row of pixels that is inside from
   the tile's left on. Counts the pairs of each tile, and notes once each tile with many. */
KERNEL(ITEMS) backdrops(uint count, uint part_count, GLOBAL const uint *bases, GLOBAL const Box *boxes, Grid grid,
                        int tiles_across, GLOBAL const uint *offsets, GLOBAL uint *toggles, GLOBAL uint *part_of_pair,
                        GLOBAL uint *tile_counts, GLOBAL xr_u64 *totals, uint slot, GLOBAL uint *long_tiles) {
    uint pair = GLOBAL_ITEM;
    if (pair >= count) return;
    uint part = last_below(bases, part_count, pair);
    part_of_pair[pair] = part;
    Tiles t = tiles_of(boxes[part], grid);
    uint nth = pair - bases[part];
    if (nth % (uint)t.across) return; /* one work-item per row of tiles */
    uint tile = (uint)(t.row + (int)(nth / (uint)t.across)) * (uint)tiles_across + (uint)t.column;
    uint inside = 0, from = offsets[pair];
    for (uint n = 0; n < (uint)t.across; n++) {
        uint to = offsets[pair + n + 1];
        inside ^= toggles[pair + n];
        toggles[pair + n] = inside;
        if ((inside || to != from) && ATOMIC_ADD(&tile_counts[tile + n], 1u) == SHORT_LIST)
            long_tiles[ATOMIC_ADD((GLOBAL uint *)&totals[slot], 1u)] = tile + n;
        from = to;
    }
}

/* In any order: lists are sorted by pair, hence by feature, later. */
KERNEL(ITEMS) list_pairs(uint count, GLOBAL const uint *bases, GLOBAL const Box *boxes, Grid grid, int tiles_across,
                         GLOBAL const uint *offsets, GLOBAL const uint *backdrops, GLOBAL const uint *part_of_pair,
                         GLOBAL const uint *tile_offsets, GLOBAL uint *tile_counts, GLOBAL uint *lists) {
    uint pair = GLOBAL_ITEM;
    if (pair >= count || (!backdrops[pair] && offsets[pair + 1] == offsets[pair])) return;
    uint part = part_of_pair[pair], nth = pair - bases[part];
    Tiles t = tiles_of(boxes[part], grid);
    uint tile = (uint)(t.row + (int)(nth / (uint)t.across)) * (uint)tiles_across + (uint)t.column + nth % (uint)t.across;
    lists[tile_offsets[tile] + ATOMIC_SUB(&tile_counts[tile], 1u) - 1u] = pair;
}
