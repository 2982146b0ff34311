/* (Part, tile) pairs. A part has one for each tile of its box, row by row, so a pair's index is arithmetic and ascends
   with the parts: no pair is ever sorted into feature order. */

KERNEL(ITEMS) count_pairs(uint count, GLOBAL const Box *boxes, Grid grid, GLOBAL uint *pairs) {
    uint part = GLOBAL_ITEM;
    if (part >= count) return;
    Tiles t = tiles_of(boxes[part], grid);
    xr_u64 n = (xr_u64)t.across * (xr_u64)t.down;
    pairs[part] = n > 0xffffffffu ? 0xffffffffu : (uint)n;
}

/* Before edges are entered. */
KERNEL(ITEMS) clear(uint pairs, GLOBAL uint *counts, GLOBAL uint *toggles, uint tiles, GLOBAL uint *tile_counts) {
    uint n = GLOBAL_ITEM;
    if (n < pairs) counts[n] = 0, toggles[n] = 0;
    if (n < tiles) tile_counts[n] = 0;
}

/* The columns of tiles of a tile row that an edge, segment or point can touch, as a range within the part's. */
FN void tile_range(Edge e, Segment s, uint kind, int thin, int tile_row, int from, int to, Tiles t, int *first, int *last) {
    double low, high;
    if (kind == LINE && thin) {
        xr_i64 a0, a1, b0, b1;
        line_columns(s, from, &a0, &a1);
        line_columns(s, to - 1, &b0, &b1);
        low = (double)MIN(a0, b0), high = (double)MAX(a1, b1);
    } else {
        double top = (double)(tile_row * TILE), bottom = top + TILE, a = e.x0, b = e.x1;
        double left = MIN(e.x0, e.x1), right = MAX(e.x0, e.x1);
        if (top > e.y0) a = fma(top - e.y0, e.slope, e.x0);
        if (bottom < e.y1) b = fma(bottom - e.y0, e.slope, e.x0);
        low = MIN(a, b), high = MAX(a, b);
        if (!(e.error < 0.005) || !(fabs(low) < 1e300) || !(fabs(high) < 1e300)) low = left, high = right;
        low = MAX(low, left) - 0.51, high = MIN(high, right) + 0.51;
    }
    int columns[2];
    columns[0] = floor_int(low), columns[1] = floor_int(high);
    *first = MAX(columns[0] < 0 ? 0 : columns[0] / TILE, t.column);
    *last = columns[1] < 0 ? -1 : columns[1] / TILE;
}

/* Pass 0 counts the entries of each pair, and toggles, right of a polygon's edge, the rows that it crosses: at their
   centre lines, where `offset` is ½, or for coverage at their upper borders, where it is 0. Pass 1 puts
   the entries in their places. Their order within a pair does not matter: edges act by XOR and OR. */
KERNEL(ITEMS) enter(int pass, uint count, GLOBAL const double *pixels, GLOBAL const uint *part_of,
                    GLOBAL const uint *kinds, GLOBAL const Box *boxes, GLOBAL const uint *bases, Grid grid,
                    int all_touched, double offset, GLOBAL uint *counts, GLOBAL uint *toggles, GLOBAL const uint *offsets,
                    GLOBAL uint *entries) {
    uint v = GLOBAL_ITEM;
    if (v >= count || part_of[v] == NO_PART) return;
    uint part = part_of[v], kind = kinds[part];
    Tiles t = tiles_of(boxes[part], grid);
    if (t.across == 0) return;
    int thin = kind == LINE && !all_touched, from, to, inside_from = 0, inside_to = 0;
    Edge e;
    Segment s = {0, 0, 0, 0, 0, 0};
    if (kind == POINT) {
        e.x0 = e.x1 = pixels[2 * v], e.y0 = e.y1 = pixels[2 * v + 1], e.slope = 0.0, e.error = 0.0;
    } else {
        e = edge_from(pixels, v);
    }
    if (thin) s = segment_from(pixels, v);
    inside_from = MAX(crossed_row(e.y0, offset), 0), inside_to = MIN(crossed_row(e.y1, offset), grid.height);
    if (kind != POLYGON) from = floor_int(e.y0), to = floor_int(e.y1) + 1;
    else if (all_touched) from = floor_int(e.y0), to = ceil_int(e.y1);
    else from = inside_from, to = inside_to;
    from = MAX(from, 0), to = MIN(to, grid.height);
    if (from >= to) return;
    int right = t.column + t.across - 1;
    for (int row = from / TILE; row <= (to - 1) / TILE; row++) {
        int first, last, rows_from = MAX(from, row * TILE), rows_to = MIN(to, (row + 1) * TILE);
        tile_range(e, s, kind, thin, row, rows_from, rows_to, t, &first, &last);
        uint base = bases[part] + (uint)(row - t.row) * (uint)t.across;
        for (int column = first; column <= MIN(last, right); column++) {
            uint pair = base + (uint)(column - t.column);
            if (pass == 0) ATOMIC_ADD(&counts[pair], 1u);
            else entries[offsets[pair] + ATOMIC_SUB(&counts[pair], 1u) - 1u] = v;
        }
        if (pass == 0 && kind == POLYGON && last < right) {
            int a = MAX(inside_from - row * TILE, 0), b = MIN(inside_to - row * TILE, TILE);
            if (a < b) ATOMIC_XOR(&toggles[base + (uint)(MAX(last + 1, t.column) - t.column)], columns_mask(a, b - 1));
        }
    }
}
