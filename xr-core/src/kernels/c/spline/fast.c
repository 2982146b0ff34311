/* Fast sums at pixels: the points of the 3 × 3 leaves around, one by one, then the leaf's nodes. A work-group takes parts
   of leaves, one after the other; a work-item has a column of a leaf and ROWS rows, so that it shares what they share.

   Where nothing is to be shown, loops are empty: PoCL 3.1 breaks barriers that are under a condition. */

/* Points in local memory. */
#define STAGED 64u

KERNEL(ITEMS) fast(Places places, Tree tree, Level leaves, Extent window, uint4 shown_leaves, uint parts,
                   GLOBAL const uchar *tables, GLOBAL const double *sorted, GLOBAL const double *all_nodes,
                   GLOBAL const Column *all_columns, GLOBAL uchar *slab, Target target, PIXEL fill) {
    LOCAL double2 table[ENTRIES];
    LOCAL double2 staged[STAGED];
    LOCAL double staged_halves[COLUMNS][STAGED];
    LOCAL double nodes[COLUMNS][NODES];
    LOCAL uint shows_any;
    GLOBAL const Column *columns = all_columns + target.first_column;
    GLOBAL const double *halves = sorted + (2 + (size_t)target.first_column) * tree.points;
    size_t plane = (size_t)window.width * (size_t)window.height, points = tree.points;
    int failed = 0;

    make_table(table);
    for (uint task = GROUP; task < shown_leaves.z * shown_leaves.w * parts; task += GROUPS) {
        uint leaf_u = shown_leaves.x + task / parts % shown_leaves.z;
        uint leaf_v = shown_leaves.y + task / parts / shown_leaves.z;
        /* The leaf's pixels in the window. */
        GLOBAL const uint *first_columns = UINTS(tables, tree.leaf_columns) + leaf_u;
        GLOBAL const uint *first_rows = UINTS(tables, tree.leaf_rows) + leaf_v;
        int left = MAX((int)first_columns[0], window.column), top = MAX((int)first_rows[0], window.row);
        int right = MIN((int)first_columns[1], window.column + window.width);
        int bottom = MIN((int)first_rows[1], window.row + window.height);
        int width = right - left, slots = width * ((bottom - top + ROWS - 1) / ROWS);
        int slot = (int)(task % parts * ITEMS + ITEM);
        int is_used = slot < slots, column = left + slot % width, row = top + slot / width * ROWS;
        double u = tree.sign_u * place_of_column(places, column), v[ROWS], sums[ROWS][SUMS];

        BARRIER; /* local memory of the last part */
        if (ITEM == 0) shows_any = 0;
        BARRIER;
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            int y = MIN(row + r, bottom - 1);
            v[r] = tree.sign_v * place_of_row(places, y);
            size_t position = (size_t)(y - window.row) * (size_t)window.width + (size_t)(column - window.column);
            if (is_used && !is_outside(target, slab, position, fill)) ATOMIC_OR(&shows_any, 1u);
#pragma unroll
            for (int n = 0; n < SUMS; n++) sums[r][n] = 0.0;
        }
        BARRIER;

        Runs runs = runs_around(tree, tables, leaf_u, leaf_v);
        uint near = shows_any ? runs.ends[2] : 0;
        for (uint from = 0; from < near; from += STAGED) {
            uint count = MIN(STAGED, near - from);
            BARRIER;
            for (uint n = ITEM; n < count; n += ITEMS) {
                uint i = point_of_runs(runs, from + n);
                double2 point;
                point.x = sorted[i], point.y = sorted[points + i];
                staged[n] = point;
                for (int k = 0; k < COLUMNS; k++) staged_halves[k][n] = halves[k * points + i];
            }
            BARRIER;
            if (is_used)
                for (uint n = 0; n < count; n++) {
                    double2 point = staged[n];
                    double halved[COLUMNS], du = u - point.x, square = fma(du, du, EPSILON);
#pragma unroll
                    for (int k = 0; k < COLUMNS; k++) halved[k] = staged_halves[k][n];
#pragma unroll
                    for (int r = 0; r < ROWS; r++) {
                        double dv = v[r] - point.y;
                        add_term(sums[r], halved, du, dv, fma(dv, dv, square), table);
                    }
                }
        }

        uint leaf = UINTS(tables, leaves.target_map)[map_index(leaves, leaf_u / 2, leaf_v / 2, 0, 0)] - 1;
        leaf = leaf * 4 + (leaf_u & 1) + 2 * (leaf_v & 1);
        for (uint n = ITEM; shows_any && n < COLUMNS * NODES; n += ITEMS) {
            size_t k = (size_t)target.first_column + n / NODES;
            nodes[n / NODES][n % NODES] = all_nodes[(k * 4 * leaves.targets + leaf) * NODES + n % NODES];
        }
        BARRIER;
        if (is_used && shows_any) {
            GLOBAL const double *across = DOUBLES(tables, tree.column_values) + column;
            GLOBAL const double *down = DOUBLES(tables, tree.row_values);
#if GRADIENT
            GLOBAL const double *across_slopes = DOUBLES(tables, tree.column_slopes) + column;
            GLOBAL const double *down_slopes = DOUBLES(tables, tree.row_slopes);
#endif
            for (uint a = 0; a < LEAF_SIDE; a++) {
                double lines[ROWS][SUMS];
#pragma unroll
                for (int r = 0; r < ROWS; r++)
#pragma unroll
                    for (int n = 0; n < SUMS; n++) lines[r][n] = 0.0;
                for (uint b = 0; b < LEAF_SIDE; b++)
#pragma unroll
                    for (int r = 0; r < ROWS; r++) {
                        size_t at = (size_t)MIN(row + r, bottom - 1) * LEAF_SIDE + b;
#if GRADIENT
                        double node = nodes[0][b * LEAF_SIDE + a];
                        lines[r][0] = fma(down[at], node, lines[r][0]);
                        lines[r][1] = fma(down_slopes[at], node, lines[r][1]);
#else
                        double s = down[at];
#pragma unroll
                        for (int n = 0; n < SUMS; n++)
                            lines[r][n] = fma(s, nodes[n][b * LEAF_SIDE + a], lines[r][n]);
#endif
                    }
                double s = across[(size_t)a * tree.pixel_columns];
#if GRADIENT
                double slope = across_slopes[(size_t)a * tree.pixel_columns];
#endif
#pragma unroll
                for (int r = 0; r < ROWS; r++) {
#if GRADIENT
                    sums[r][0] = fma(slope, lines[r][0], sums[r][0]);
                    sums[r][1] = fma(s, lines[r][1], sums[r][1]);
#else
#pragma unroll
                    for (int n = 0; n < SUMS; n++) sums[r][n] = fma(s, lines[r][n], sums[r][n]);
#endif
                }
            }
        }

#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            if (!is_used || row + r >= bottom) continue;
            size_t position = (size_t)(row + r - window.row) * (size_t)window.width + (size_t)(column - window.column);
            failed |= put_pixel(target, slab, position, plane, sums[r], columns, tree.sign_u, tree.sign_v, u, v[r],
                                places.scale, fill);
        }
    }
    if (failed) ATOMIC_OR((GLOBAL uint *)(slab + target.status_at), 1u);
}
