/* Points and halved weights in the order of leaves; coordinates with the signs of the axes. All first coordinates, all
   second ones, then the weights column by column. */

KERNEL(ITEMS) sort_points(Tree tree, GLOBAL const uchar *tables, GLOBAL const double *coordinates,
                          GLOBAL const double *halves, GLOBAL double *sorted) {
    uint n = GLOBAL_ITEM;
    size_t points = tree.points;
    if (n >= points) return;
    uint from = UINTS(tables, tree.order)[n];
    sorted[n] = tree.sign_u * coordinates[from];
    sorted[points + n] = tree.sign_v * coordinates[points + from];
    for (uint k = 0; k < tree.columns; k++) sorted[(2 + k) * points + n] = halves[k * points + from];
}
