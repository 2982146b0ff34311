/* What boxes do to each other, level by level: a work-item has a row of a matrix and EACH boxes. */

/* Upwards: the charges of parents' children, each from its own four children, whose level is `finer`. */
KERNEL(ITEMS) upwards(Tree tree, Level finer, Level level, GLOBAL const uchar *tables, GLOBAL const double *charges,
                      GLOBAL double *result) {
    uint row = GLOBAL_ITEM % RANK, batch = GLOBAL_ITEM / RANK, of_column = 4 * level.sources;
    uint count = of_column * tree.columns;
    if (batch * EACH >= count) return;
    size_t from[EACH];
    double sums[EACH];
    for (uint n = 0; n < EACH; n++) {
        uint vector = VECTOR(batch, n, count), column = vector / of_column, child = vector % 4;
        GLOBAL const uint *place = UINTS(tables, level.source_list) + vector % of_column / 4 * 2;
        uint u = 2 * place[0] + (child & 1), v = 2 * place[1] + (child >> 1), position = 0;
        if (u < finer.across && v < finer.down)
            position = UINTS(tables, finer.source_map)[map_index(finer, u, v, 0, 0)];
        from[n] = ((size_t)column * (finer.sources + 1) + position) * BLOCK;
        sums[n] = 0.0;
    }
    multiply(sums, DOUBLES(tables, tree.up), RANK, row, BLOCK, charges, from);
    for (uint n = 0; n < EACH && batch * EACH + n < count; n++) {
        uint vector = batch * EACH + n, column = vector / of_column;
        result[(size_t)(column + 1) * BLOCK + (size_t)vector * RANK + row] = sums[n];
    }
}

/* Across: the potentials of parents' children by the boxes that are not their neighbours, but whose parents are. */
KERNEL(ITEMS) across(Tree tree, Level level, GLOBAL const uchar *tables, GLOBAL const double *charges,
                     GLOBAL double *potentials) {
    uint row = GLOBAL_ITEM % RANK, child = GLOBAL_ITEM / RANK % 4, batch = GLOBAL_ITEM / BLOCK;
    uint count = level.targets * tree.columns;
    if (batch * EACH >= count) return;
    GLOBAL const uint *map = UINTS(tables, level.source_map);
    size_t base[EACH], at[EACH];
    double sums[EACH];
    for (uint n = 0; n < EACH; n++) {
        uint vector = VECTOR(batch, n, count), column = vector / level.targets;
        GLOBAL const uint *place = UINTS(tables, level.target_list) + vector % level.targets * 2;
        base[n] = (size_t)column * (level.sources + 1);
        at[n] = map_index(level, place[0], place[1], 0, 0);
        sums[n] = 0.0;
    }
    for (uint k = 0; k < 27; k++) {
        CONSTANT_PTR const int *far = FAR + (child * 27 + k) * 4;
        xr_i64 step = (xr_i64)far[1] * (xr_i64)(level.across + 2) + far[0];
        size_t from[EACH];
#pragma unroll
        for (uint n = 0; n < EACH; n++) from[n] = (base[n] + map[(xr_i64)at[n] + step]) * BLOCK + (uint)far[2] * RANK;
        GLOBAL const double *matrix = DOUBLES(tables, level.far) + (size_t)far[3] * RANK * RANK;
        multiply(sums, matrix, RANK, row, RANK, charges, from);
    }
    for (uint n = 0; n < EACH && batch * EACH + n < count; n++)
        potentials[(size_t)(batch * EACH + n) * BLOCK + child * RANK + row] = sums[n];
}

/* Downwards: adds what parents, whose level is `coarser`, were given. */
KERNEL(ITEMS) downwards(Tree tree, Level level, Level coarser, GLOBAL const uchar *tables,
                        GLOBAL const double *potentials, GLOBAL double *result) {
    uint row = GLOBAL_ITEM % BLOCK, batch = GLOBAL_ITEM / BLOCK, count = level.targets * tree.columns;
    if (batch * EACH >= count) return;
    size_t from[EACH];
    double sums[EACH];
    for (uint n = 0; n < EACH; n++) {
        uint vector = VECTOR(batch, n, count), column = vector / level.targets;
        GLOBAL const uint *place = UINTS(tables, level.target_list) + vector % level.targets * 2;
        uint child = (place[0] & 1) | (place[1] & 1) << 1;
        uint position = UINTS(tables, coarser.target_map)[map_index(coarser, place[0] / 2, place[1] / 2, 0, 0)] - 1;
        from[n] = ((size_t)column * coarser.targets + position) * BLOCK + child * RANK;
        sums[n] = 0.0;
    }
    multiply(sums, DOUBLES(tables, tree.down_matrix), BLOCK, row, RANK, potentials, from);
    for (uint n = 0; n < EACH && batch * EACH + n < count; n++) {
        size_t to = (size_t)(batch * EACH + n) * BLOCK + row;
        result[to] = sums[n] + result[to];
    }
}

/* The leaves' potentials to their nodes. */
KERNEL(ITEMS) spread(Tree tree, Level leaves, GLOBAL const uchar *tables, GLOBAL const double *potentials,
                     GLOBAL double *nodes) {
    uint row = GLOBAL_ITEM % NODES, batch = GLOBAL_ITEM / NODES, count = 4 * leaves.targets * tree.columns;
    if (batch * EACH >= count) return;
    size_t from[EACH];
    double sums[EACH];
    for (uint n = 0; n < EACH; n++) {
        from[n] = (size_t)VECTOR(batch, n, count) * RANK;
        sums[n] = 0.0;
    }
    multiply(sums, DOUBLES(tables, tree.spread), NODES, row, RANK, potentials, from);
    for (uint n = 0; n < EACH && batch * EACH + n < count; n++)
        nodes[(size_t)(batch * EACH + n) * NODES + row] = sums[n];
}
