/* What pixels of a surface are made of: COLUMNS columns' values, or with GRADIENT one column's two derivatives. */

#if GRADIENT
#define SUMS 2
#define BANDS_OF_COLUMN 2
#else
#define SUMS COLUMNS
#define BANDS_OF_COLUMN 1
#endif

/* A grid, and where the unit box lies. */
typedef struct { double x0, dx, y0, dy, x, y, scale; } Places;
/* A window of the grid, in pixels. */
typedef struct { int column, row, width, height; } Extent;
/* A column's polynomial, and the range of its values. */
typedef struct { double polynomial[3], range[2]; } Column;
/* Where a window goes: its bands and the status word. */
typedef struct { xr_u64 pixels_at, status_at; int masked, first_column; } Target;

FN double place_of_column(Places p, int column) { return (p.x0 + ((double)column + 0.5) * p.dx - p.x) / p.scale; }
FN double place_of_row(Places p, int row) { return (p.y0 + ((double)row + 0.5) * p.dy - p.y) / p.scale; }

/* Adds what a point does at a distance of (u, v). */
FN void add_term(double *sums, const double *halves, double u, double v, double r2, LOCAL_PTR const double2 *table) {
    double log = ln(r2, table);
#if GRADIENT
    double slope = log + 1.0;
    sums[0] = fma(halves[0] * u, slope, sums[0]);
    sums[1] = fma(halves[0] * v, slope, sums[1]);
#else
#pragma unroll
    for (int k = 0; k < COLUMNS; k++) sums[k] = fma(halves[k] * r2, log, sums[k]);
#endif
}

/* Number `n` of finished sums at (u, v), on axes of these signs. */
FN double finished(const double *sums, int n, GLOBAL const Column *columns, double sign_u, double sign_v, double u,
                   double v) {
#if GRADIENT
    double sign = n == 0 ? sign_u : sign_v, number = fma(2.0, sums[n], columns[0].polynomial[1 + n] * sign);
    return sign < 0.0 ? -number : number;
#else
    double c0 = columns[n].polynomial[0], c1 = columns[n].polynomial[1] * sign_u, c2 = columns[n].polynomial[2] * sign_v;
    return sums[n] + fma(c1, u, fma(c2, v, c0));
#endif
}

/* Whether a pixel, by its position in the window, is outside the mask. */
FN int is_outside(Target target, GLOBAL const uchar *slab, size_t position, PIXEL fill) {
    GLOBAL const PIXEL *first_band = (GLOBAL const PIXEL *)(slab + target.pixels_at);
    return target.masked && PIXEL_BITS(first_band[position]) == PIXEL_BITS(fill);
}

/* Writes a pixel's bands; tells whether a number did not fit. */
FN int put_pixel(Target target, GLOBAL uchar *slab, size_t position, size_t plane, const double *sums,
                 GLOBAL const Column *columns, double sign_u, double sign_v, double u, double v, double scale,
                 PIXEL fill) {
    GLOBAL PIXEL *bands = (GLOBAL PIXEL *)(slab + target.pixels_at);
    bands += plane * (size_t)(target.first_column * BANDS_OF_COLUMN);
    int outside = is_outside(target, slab, position, fill), failed = 0;
#pragma unroll
    for (int n = 0; n < SUMS; n++) {
        PIXEL pixel = fill;
        if (!outside) {
            double number = finished(sums, n, columns, sign_u, sign_v, u, v);
#if GRADIENT
            number = number / scale;
#else
            double low = columns[n].range[0], high = columns[n].range[1];
            number = number < low ? low : number > high ? high : number;
#endif
            PIXEL rounded = (PIXEL)number;
            if (isfinite(rounded)) pixel = rounded; else failed = 1;
        }
        bands[plane * (size_t)n + position] = pixel;
    }
    return failed;
}
