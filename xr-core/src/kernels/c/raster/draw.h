/* One edge, segment or point into the row masks of a tile. Bit n of a word is the tile's column n. The build with EXACT 0
   leaves rows out in which the estimate is not sure, and tells that there are such. */

/* Where drawing goes: a word for each row of the tile, and of the rows only some. */
typedef struct { int column, row, from, to; } Place; /* the tile's first column and row, and rows of the grid */

/* Columns `first` to `last`, both included, counted from the tile's left. */
FN uint columns_mask(int first, int last) {
    if (last < 0 || first >= TILE || first > last) return 0;
    return (first <= 0 ? ~0u : ~0u << first) & (last >= TILE - 1 ? ~0u : (2u << last) - 1u);
}

/* A crossing as well as this build knows it. */
FN Ceiling settled(Edge e, double y, double offset) {
    Ceiling c = estimate(e, y, offset);
#if EXACT
    if (!c.sure) c = decided(e, y, offset);
#endif
    return c;
}

/* All-touched: the pixels whose open box an edge passes through, for polygons; or those whose half-open box a closed
   segment meets. */
FN int draw_touched(Edge e, int closed, Place place, LOCAL_PTR uint *words) {
    int from = MAX(floor_int(e.y0), place.from), to = MIN(closed ? floor_int(e.y1) + 1 : ceil_int(e.y1), place.to);
    int left = 0, leftwards = e.x1 < e.x0;
    Ceiling above, below;
    above.column = 0, above.exact = 0, above.sure = 1;
    if (from >= to) return 0;
    for (int border = from; border <= to; border++) { /* the row above a border lies between it and the one before */
        double y = (double)border;
        int row = border - 1, at_end = y > e.y1 || (!closed && y == e.y1);
        if (y <= e.y0 || at_end) {
            double x = y <= e.y0 ? e.x0 : e.x1, up = ceil(x);
            below.column = to_int(up), below.exact = up == x, below.sure = 1;
        } else {
            below = settled(e, y, 0.0);
        }
        if (row >= from) {
            if (!(above.sure && below.sure)) left = 1;
            else {
                int above_floor = above.column - !above.exact, below_floor = below.column - !below.exact, first, last;
                if (!closed) {
                    first = MIN(above_floor, below_floor);
                    last = MAX(above.column, below.column) - 1;
                } else if (at_end || e.y0 == e.y1) {
                    first = MIN(above_floor, below_floor);
                    last = MAX(above_floor, below_floor);
                } else { /* the lower border belongs to the next row: columns reached only there do not count */
                    first = leftwards ? below_floor : above_floor;
                    last = leftwards ? above_floor : MAX(below.column - 1, above_floor);
                }
                ATOMIC_OR(&words[row - place.row], columns_mask(first - place.column, last - place.column));
            }
        }
        above = below;
    }
    return left;
}

/* Toggles what is right of an edge in each row whose centre line it crosses. */
FN int draw_inside(Edge e, Place place, LOCAL_PTR uint *words) {
    int from = MAX(crossed_row(e.y0, 0.5), place.from), to = MIN(crossed_row(e.y1, 0.5), place.to), left = 0;
    for (int row = from; row < to; row++) {
        Ceiling c = settled(e, (double)row + 0.5, 0.5);
        if (!c.sure) {
            left = 1;
            continue;
        }
        int column = c.column - place.column;
        if (column < TILE) ATOMIC_XOR(&words[row - place.row], column <= 0 ? ~0u : ~0u << column);
    }
    return left;
}

FN void draw_line(Segment s, Place place, LOCAL_PTR uint *words) {
    for (int row = place.from; row < place.to; row++) {
        xr_i64 first, last;
        line_columns(s, row, &first, &last);
        if (first > last) continue;
        first -= place.column, last -= place.column;
        if (last >= 0 && first < TILE)
            ATOMIC_OR(&words[row - place.row], columns_mask((int)MAX(first, (xr_i64)0), (int)MIN(last, (xr_i64)(TILE - 1))));
    }
}

FN void draw_point(GLOBAL const double *vertices, uint v, Place place, LOCAL_PTR uint *words) {
    int column = floor_int(vertices[2 * v]) - place.column, row = floor_int(vertices[2 * v + 1]);
    if (row >= place.from && row < place.to && column >= 0 && column < TILE) ATOMIC_OR(&words[row - place.row], 1u << column);
}
