/* What a pixel becomes: `xr_core::Merge` for devices. The build says
     MERGE   one of the numbers below
     PIXEL   the raster's type, and FLOAT_PIXELS whether it is a float one
     SUM     the type of sums: xr_i64, xr_u64 or xr_f64, and SIGNED_SUM whether it is xr_i64
     START   whether a user merge begins with a value of its own
     LOWEST, HIGHEST   the pixels that Max and Min start from; BEYOND(a) whether a sum does not fit
     ONTO    whether what pixels hold before takes part. */

#define LAST 0
#define FIRST 1
#define SMALLEST 2
#define LARGEST 3
#define TOTAL 4
#define NUMBER 5
#define AVERAGE 6
#define USER 7

/* Whether a pixel is done as soon as one feature is in it; `LAST` meets features from the last to the first. */
#define DONE_AT_ONCE (MERGE == LAST || MERGE == FIRST)
#define SKIPS_NAN (FLOAT_PIXELS && MERGE != LAST && MERGE != FIRST && MERGE != NUMBER)
/* Sums, also of the mean. */
#define SUMS (MERGE == TOTAL || MERGE == AVERAGE || (MERGE == NUMBER && ONTO))

#if SUMS
typedef SUM Accumulator;
#elif MERGE == NUMBER
typedef uint Accumulator;
#else
typedef PIXEL Accumulator;
#endif

/* How many features a pixel has had, where that matters. */
#if MERGE == AVERAGE || MERGE == USER
#define COUNTS(n) uint n[EACH]
#define START_COUNTS(n) for (uint k = 0; k < EACH; k++) n[k] = 0
#define COUNT_OF(n, k) n[k]
#define INCREMENT(n, k) n[k]++
#else
#define COUNTS(n)
#define START_COUNTS(n)
#define COUNT_OF(n, k) 0u
#define INCREMENT(n, k)
#endif

#if FLOAT_PIXELS
#define IS_NAN(v) ((v) != (v))
#else
#define IS_NAN(v) 0
#endif

FN Accumulator identity(void) {
#if MERGE == SMALLEST
    return HIGHEST;
#elif MERGE == LARGEST
    return LOWEST;
#elif SUMS && FLOAT_PIXELS
    return -0.0; /* 0 + −0 is 0, and −0 + −0 is −0 */
#else
    return 0;
#endif
}

FN SUM add(SUM a, SUM b, int *failed) {
#if FLOAT_PIXELS
    return a + b;
#elif SIGNED_SUM
    return xr_add_i(a, b, failed);
#else
    return xr_add_u(a, b, failed);
#endif
}

/* What a pixel that was there before is worth. */
FN Accumulator resumed(PIXEL pixel) {
#if MERGE == SMALLEST
    return pixel < HIGHEST ? pixel : HIGHEST;
#elif MERGE == LARGEST
    return pixel > LOWEST ? pixel : LOWEST;
#elif SUMS && FLOAT_PIXELS
    return -0.0 + (SUM)pixel;
#else
    return (Accumulator)pixel;
#endif
}

/* One more feature; `has` says whether the pixel has a value, `count` how many features were there. */
FN Accumulator merged(Accumulator a, PIXEL value, uint has, uint count, PIXEL start, int *failed USER_PARAMETERS) {
#if DONE_AT_ONCE
    return has ? a : value;
#elif MERGE == SMALLEST
    return value < a ? value : a;
#elif MERGE == LARGEST
    return value > a ? value : a;
#elif MERGE == NUMBER && !ONTO
    return a + 1;
#elif MERGE == NUMBER
    return add(a, 1, failed);
#elif SUMS
    return add(a, (SUM)value, failed);
#elif START
    return USER_MERGE(count ? a : start, value, count + 1, failed);
#else
    return count ? USER_MERGE(a, value, count + 1, failed) : value;
#endif
}

/* The pixel. */
FN PIXEL finished(Accumulator a, uint count, int *failed) {
#if MERGE == AVERAGE && FLOAT_PIXELS
    return (PIXEL)(a / (SUM)count);
#elif MERGE == AVERAGE /* to the nearest, ties to even; the remainder is that of Euclid */
    SUM n = (SUM)count, whole = a / n, rest = a % n;
    if (rest < 0) rest += n, whole -= 1;
    return (PIXEL)(whole + (2 * rest > n || (2 * rest == n && (whole & 1))));
#elif SUMS && FLOAT_PIXELS
    PIXEL pixel = (PIXEL)a;
    if (isinf(pixel) && !isinf(a)) *failed = 1;
    return pixel;
#elif SUMS || MERGE == NUMBER
    if (BEYOND(a)) *failed = 1;
    return (PIXEL)a;
#else
    return a;
#endif
}
