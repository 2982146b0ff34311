/* Vertices to pixel space, once per job; the part of each edge and point; the box of each part. */

#define VERTICES_EACH 4u
#define TOTALS 4u

FN double bounded(double v) { /* as Grid::to_pixel: magnitudes below 2⁻³⁰⁰ are 0, those beyond 2⁵⁰⁰ clamped */
    double far = 3.2733906078961419e150;
    return fabs(v) < 4.9090934652977266e-91 ? 0.0 : v < -far ? -far : v > far ? far : v;
}

/* The path of a vertex: the first one that ends behind it. */
FN uint path_of(GLOBAL const Path *paths, uint n, uint v) {
    uint low = 0, high = n - 1;
    while (low < high) {
        uint middle = low + (high - low) / 2;
        if (paths[middle].end > v) high = middle; else low = middle + 1;
    }
    return low;
}

/* Before everything: boxes of nothing, and totals of zero. */
KERNEL(ITEMS) begin(uint count, GLOBAL int *boxes, GLOBAL xr_u64 *totals) {
    uint part = GLOBAL_ITEM;
    if (part < TOTALS) totals[part] = 0;
    if (part < count)
        for (int k = 0; k < 4; k++) boxes[4 * part + k] = FAR_PIXEL;
}

KERNEL(ITEMS) transform(uint count, GLOBAL const double *world, uint path_count, GLOBAL const Path *paths,
                        GLOBAL const Part *parts, Grid grid, GLOBAL double *pixels, GLOBAL uint *part_of,
                        GLOBAL int *boxes) {
    /* Boxes of the group's first parts, so that large parts do not queue up at their global ones. */
    LOCAL int near[4][ITEMS];
    LOCAL uint first;
    uint begin = GROUP * ITEMS * VERTICES_EACH;
    for (int k = 0; k < 4; k++) near[k][ITEM] = FAR_PIXEL;
    if (ITEM == 0) first = paths[path_of(paths, path_count, begin)].part;
    BARRIER;
    for (uint k = 0; k < VERTICES_EACH; k++) {
        uint v = begin + k * ITEMS + ITEM;
        if (v >= count) break;
        Path path = paths[path_of(paths, path_count, v)];
        double x = bounded((world[2 * v] - grid.x0) / grid.dx), y = bounded((world[2 * v + 1] - grid.y0) / grid.dy);
        int box[4];
        pixels[2 * v] = x, pixels[2 * v + 1] = y;
        part_of[v] = v + 1 == path.end && parts[path.part].kind != POINT ? NO_PART : path.part;
        box[0] = floor_int(x - 0.51), box[1] = floor_int(y); /* an inside begins up to half a pixel beside its edge */
        box[2] = -floor_int(x + 0.51), box[3] = -floor_int(y);
        for (int j = 0; j < 4; j++) {
            uint n = path.part - first;
            if (n >= ITEMS) ATOMIC_MIN(&boxes[4 * path.part + j], box[j]);
            else ATOMIC_MIN(&near[j][n], box[j]);
        }
    }
    BARRIER;
    for (int j = 0; j < 4; j++)
        if (near[j][ITEM] != FAR_PIXEL) ATOMIC_MIN(&boxes[4 * (first + ITEM) + j], near[j][ITEM]);
}
