/* The tree of `xr_core::spline::fmm` on the device. Its tables lie in one buffer, and structs say where each begins. */

/* Coefficients of a box, the four children of a parent together, and the nodes of a leaf. */
#define BLOCK (4u * RANK)
#define NODES (LEAF_SIDE * LEAF_SIDE)

typedef struct {
    /* Signs of the axes, where leaf 0 of the grid begins, and a leaf's side over 2. */
    double sign_u, sign_v, edge_u, edge_v, per_half;
    /* Number of the first leaf, and leaves along each axis. */
    int first_u, first_v;
    uint across, down;
    uint points, columns;
    /* Columns of pixels. */
    xr_u64 pixel_columns;
    /* Bytes: points in the order of leaves, and where each leaf begins there. */
    xr_u64 order, starts;
    /* The first column of pixels of each column of leaves and their end; likewise rows. */
    xr_u64 leaf_columns, leaf_rows;
    /* Lagrange polynomials at the columns of pixels, polynomial by polynomial, and their derivatives. */
    xr_u64 column_values, column_slopes;
    /* At the rows, row by row. */
    xr_u64 row_values, row_slopes;
    /* Matrices, column by column: nodes to coefficients and back, children to parents and back. */
    xr_u64 gather, spread, up, down_matrix;
} Tree;

/* Boxes of a level, by their parents. */
typedef struct {
    /* Parents along each axis; how many have points, and how many places. */
    uint across, down, sources, targets;
    /* Bytes: for each parent, with a ring around, its position among those with points plus 1, or 0; places likewise. */
    xr_u64 source_map, target_map;
    /* Column and row of each parent with points; of each with places. */
    xr_u64 source_list, target_list;
    /* A matrix for each offset of FAR. */
    xr_u64 far;
} Level;

#define UINTS(tables, at) ((GLOBAL const uint *)((tables) + (at)))
#define DOUBLES(tables, at) ((GLOBAL const double *)((tables) + (at)))

/* Where a map has the parent (u, v), or its neighbour at (du, dv). */
FN size_t map_index(Level level, uint u, uint v, int du, int dv) {
    return (size_t)((int)v + 1 + dv) * (level.across + 2) + (size_t)((int)u + 1 + du);
}

/* Where a leaf's points are in the order of leaves; none for a leaf outside the tree. */
FN uint2 points_of_leaf(Tree tree, GLOBAL const uchar *tables, uint u, uint v) {
    uint2 range;
    range.x = range.y = 0;
    if (u < tree.across && v < tree.down) {
        GLOBAL const uint *starts = UINTS(tables, tree.starts) + (size_t)v * tree.across + u;
        range.x = starts[0], range.y = starts[1];
    }
    return range;
}

/* Continues EACH chains of sums: a row of a matrix that lies column by column, times the vectors from `from` on. */
FN void multiply(double *sums, GLOBAL const double *matrix, uint rows, uint row, uint depth, GLOBAL const double *source,
                 const size_t *from) {
    for (uint k = 0; k < depth; k++) {
        double entry = matrix[(size_t)k * rows + row];
#pragma unroll
        for (uint n = 0; n < EACH; n++) sums[n] = fma(entry, source[from[n] + k], sums[n]);
    }
}

/* The vectors of a work-item, of `count`; the last again where there are no more. */
#define VECTOR(batch, n, count) MIN((batch) * EACH + (n), (count) - 1)
