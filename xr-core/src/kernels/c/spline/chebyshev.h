/* Lagrange polynomials of a leaf's nodes, as `chebyshev::lagrange`. */
FN void lagrange(double t, double *values) {
    double before = 1.0, now = t;
#pragma unroll
    for (int a = 0; a < LEAF_SIDE; a++) values[a] = 0.5;
    for (int k = 0; k < LEAF_SIDE - 1; k++) {
#pragma unroll
        for (int a = 0; a < LEAF_SIDE; a++) values[a] = fma(CHEBYSHEV[k * LEAF_SIDE + a], now, values[a]);
        double next = fma(2.0 * t, now, -before);
        before = now, now = next;
    }
#pragma unroll
    for (int a = 0; a < LEAF_SIDE; a++) values[a] *= 2.0 / (double)LEAF_SIDE;
}

/* Where a coordinate is in its leaf along an axis, −1…1. */
FN double place_in_leaf(Tree tree, int axis, uint leaf, double coordinate) {
    int number = axis ? (int)leaf + tree.first_v : (int)leaf + tree.first_u;
    return fma(coordinate - (axis ? tree.edge_v : tree.edge_u), tree.per_half, -(double)(2 * number + 1));
}
