/* Fast sums at the points themselves: a work-group takes leaves with points, one after the other, a work-item a point. */

#define STAGED_POINTS 64u

KERNEL(ITEMS) at_points(Tree tree, Level leaves, uint occupied_count, xr_u64 occupied_at, GLOBAL const uchar *tables,
                        GLOBAL const double *sorted, GLOBAL const double *all_nodes, GLOBAL double *result) {
    LOCAL double2 table[ENTRIES];
    LOCAL double2 staged[STAGED_POINTS];
    LOCAL double staged_halves[STAGED_POINTS];
    LOCAL double nodes[NODES];
    GLOBAL const uint *occupied = UINTS(tables, occupied_at);
    size_t points = tree.points;

    make_table(table);
    for (uint task = GROUP; task < occupied_count; task += GROUPS) {
        uint leaf_u = occupied[2 * task], leaf_v = occupied[2 * task + 1];
        uint2 range = points_of_leaf(tree, tables, leaf_u, leaf_v);
        Runs runs = runs_around(tree, tables, leaf_u, leaf_v);
        uint leaf = UINTS(tables, leaves.target_map)[map_index(leaves, leaf_u / 2, leaf_v / 2, 0, 0)] - 1;
        leaf = leaf * 4 + (leaf_u & 1) + 2 * (leaf_v & 1);
        BARRIER; /* local memory of the last leaf */
        for (uint n = ITEM; n < NODES; n += ITEMS) nodes[n] = all_nodes[(size_t)leaf * NODES + n];

        for (uint begin = range.x; begin < range.y; begin += ITEMS) {
            uint own = MIN(begin + ITEM, range.y - 1);
            double u = sorted[own], v = sorted[points + own], sum = 0.0;
            for (uint from = 0; from < runs.ends[2]; from += STAGED_POINTS) {
                uint count = MIN(STAGED_POINTS, runs.ends[2] - from);
                BARRIER;
                for (uint n = ITEM; n < count; n += ITEMS) {
                    uint i = point_of_runs(runs, from + n);
                    double2 point;
                    point.x = sorted[i], point.y = sorted[points + i];
                    staged[n] = point;
                    staged_halves[n] = sorted[2 * points + i];
                }
                BARRIER;
                if (begin + ITEM < range.y)
                    for (uint n = 0; n < count; n++) {
                        double2 point = staged[n];
                        double du = u - point.x, dv = v - point.y, r2 = fma(dv, dv, fma(du, du, EPSILON));
                        sum = fma(staged_halves[n] * r2, ln(r2, table), sum);
                    }
            }
            if (begin + ITEM < range.y) {
                double across[LEAF_SIDE], down[LEAF_SIDE];
                lagrange(place_in_leaf(tree, 0, leaf_u, u), across);
                lagrange(place_in_leaf(tree, 1, leaf_v, v), down);
#pragma unroll
                for (uint a = 0; a < LEAF_SIDE; a++) {
                    double line = 0.0;
#pragma unroll
                    for (uint b = 0; b < LEAF_SIDE; b++) line = fma(down[b], nodes[b * LEAF_SIDE + a], line);
                    sum = fma(across[a], line, sum);
                }
                result[UINTS(tables, tree.order)[own]] = sum + 0.0;
            }
        }
    }
}
