/* Points to the nodes of their leaf, and these to coefficients: a work-group for each child of each parent with points. */

/* Points that are taken at a time: a work-item has one of them along one axis. */
#define STAGED (ITEMS / 2)
/* Nodes of a work-item. */
#define NODES_EACH (NODES / ITEMS)

KERNEL(ITEMS) charges(Tree tree, Level level, GLOBAL const uchar *tables, GLOBAL const double *sorted,
                      GLOBAL double *result) {
    LOCAL double along[2][STAGED][LEAF_SIDE];
    LOCAL double weights[STAGED];
    LOCAL double nodes[NODES];
    uint child = GROUP % 4, parent = GROUP / 4 % level.sources, column = GROUP / 4 / level.sources;
    GLOBAL const uint *place = UINTS(tables, level.source_list) + 2 * (size_t)parent;
    uint u = 2 * place[0] + (child & 1), v = 2 * place[1] + (child >> 1);
    uint2 range = points_of_leaf(tree, tables, u, v);
    GLOBAL const double *halves = sorted + (2 + (size_t)column) * tree.points;
    double sums[NODES_EACH];

#pragma unroll
    for (int n = 0; n < NODES_EACH; n++) sums[n] = 0.0;
    for (uint begin = range.x; begin < range.y; begin += STAGED) {
        uint count = MIN(STAGED, range.y - begin), axis = ITEM / STAGED, n = ITEM % STAGED;
        BARRIER;
        if (n < count) {
            double values[LEAF_SIDE];
            lagrange(place_in_leaf(tree, (int)axis, axis ? v : u, sorted[axis * (size_t)tree.points + begin + n]), values);
#pragma unroll
            for (int a = 0; a < LEAF_SIDE; a++) along[axis][n][a] = values[a];
            if (axis == 0) weights[n] = 2.0 * halves[begin + n];
        }
        BARRIER;
        for (uint p = 0; p < count; p++)
#pragma unroll
            for (uint n = 0; n < NODES_EACH; n++) {
                uint node = n * ITEMS + ITEM;
                double factor = weights[p] * along[1][p][node / LEAF_SIDE];
                sums[n] = fma(factor, along[0][p][node % LEAF_SIDE], sums[n]);
            }
    }
#pragma unroll
    for (uint n = 0; n < NODES_EACH; n++) nodes[n * ITEMS + ITEM] = sums[n];
    BARRIER;
    GLOBAL const double *gather = DOUBLES(tables, tree.gather);
    GLOBAL double *to = result + ((size_t)column * (level.sources + 1) + 1 + parent) * BLOCK + child * RANK;
    for (uint row = ITEM; row < RANK; row += ITEMS) {
        double sum = 0.0;
        if (range.x < range.y)
            for (uint node = 0; node < NODES; node++) sum = fma(gather[node * RANK + row], nodes[node], sum);
        to[row] = sum;
    }
}
