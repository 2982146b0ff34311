/* Direct sums, the bits of `xr_core::spline::direct`: points in order, in sums of CHUNK. A work-group has 32·ACROSS ×
   (ITEMS / 32)·DOWN pixels, a work-item ACROSS × DOWN of them in registers; points pass through local memory. */

/* Points in local memory, of which CHUNK is a multiple. */
#define STAGED 128u

KERNEL(ITEMS) direct(Places places, Extent window, int tiles_across, uint points, GLOBAL const double *coordinates,
                     GLOBAL const double *all_halves, GLOBAL const Column *all_columns, GLOBAL uchar *slab, Target target,
                     PIXEL fill) {
    LOCAL double2 table[ENTRIES];
    LOCAL double2 staged[STAGED];
    LOCAL double staged_halves[COLUMNS][STAGED];
    LOCAL uint shows_any;
    int column = (int)GROUP % tiles_across * 32 * ACROSS + (int)(ITEM % 32);
    int row = ((int)GROUP / tiles_across * (int)(ITEMS / 32) + (int)(ITEM / 32)) * DOWN;
    GLOBAL const Column *columns = all_columns + target.first_column;
    GLOBAL const double *halves = all_halves + (size_t)target.first_column * points;
    size_t plane = (size_t)window.width * (size_t)window.height;
    double u[ACROSS], v[DOWN], totals[DOWN][ACROSS][SUMS];

    if (ITEM == 0) shows_any = 0;
    make_table(table);
    BARRIER;
#pragma unroll
    for (int r = 0; r < DOWN; r++)
#pragma unroll
        for (int c = 0; c < ACROSS; c++) {
            /* Work-items beyond the window take a pixel of it, for nothing. */
            int x = MIN(column + 32 * c, window.width - 1), y = MIN(row + r, window.height - 1);
            u[c] = place_of_column(places, window.column + x);
            v[r] = place_of_row(places, window.row + y);
            if (!is_outside(target, slab, (size_t)y * (size_t)window.width + (size_t)x, fill)) ATOMIC_OR(&shows_any, 1u);
#pragma unroll
            for (int n = 0; n < SUMS; n++) totals[r][c][n] = 0.0;
        }
    BARRIER;
    uint shown = shows_any ? points : 0;

    for (uint begin = 0; begin < shown; begin += CHUNK) {
        uint end = MIN(begin + CHUNK, shown);
        double sums[DOWN][ACROSS][SUMS];
#pragma unroll
        for (int n = 0; n < DOWN * ACROSS * SUMS; n++) (&sums[0][0][0])[n] = 0.0;
        for (uint from = begin; from < end; from += STAGED) {
            uint count = MIN(STAGED, end - from);
            BARRIER;
            for (uint n = ITEM; n < count; n += ITEMS) {
                double2 point;
                point.x = coordinates[from + n], point.y = coordinates[(size_t)points + from + n];
                staged[n] = point;
                for (int k = 0; k < COLUMNS; k++) staged_halves[k][n] = halves[(size_t)k * points + from + n];
            }
            BARRIER;
            for (uint n = 0; n < count; n++) {
                double2 point = staged[n];
                double halved[COLUMNS], du[ACROSS];
#pragma unroll
                for (int k = 0; k < COLUMNS; k++) halved[k] = staged_halves[k][n];
#pragma unroll
                for (int c = 0; c < ACROSS; c++) du[c] = u[c] - point.x;
#pragma unroll
                for (int r = 0; r < DOWN; r++) {
                    double dv = v[r] - point.y, square = fma(dv, dv, EPSILON);
#pragma unroll
                    for (int c = 0; c < ACROSS; c++)
                        add_term(sums[r][c], halved, du[c], dv, fma(du[c], du[c], square), table);
                }
            }
        }
#pragma unroll
        for (int n = 0; n < DOWN * ACROSS * SUMS; n++) (&totals[0][0][0])[n] += (&sums[0][0][0])[n];
    }

    int failed = 0;
#pragma unroll
    for (int r = 0; r < DOWN; r++)
#pragma unroll
        for (int c = 0; c < ACROSS; c++) {
            int x = column + 32 * c, y = row + r;
            if (x >= window.width || y >= window.height) continue;
            size_t position = (size_t)y * (size_t)window.width + (size_t)x;
            failed |= put_pixel(target, slab, position, plane, totals[r][c], columns, 1.0, 1.0, u[c], v[r],
                                places.scale, fill);
        }
    if (failed) ATOMIC_OR((GLOBAL uint *)(slab + target.status_at), 1u);
}
