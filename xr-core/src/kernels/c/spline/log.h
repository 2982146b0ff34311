/* The spline's own logarithm, `xr_core::spline::log`: a table of 16 intervals an octave and a polynomial. */

/* Exponents −64 … 15: 2⁻⁶⁴ ≤ r² < 2¹⁶, since coordinates are bounded. */
#define LOWEST_EXPONENT (-64)
#define OCTAVES 80
#define ENTRIES (OCTAVES << INTERVAL_BITS)

/* [2⁻ᵉ·inv, fma(e, ln 2, −ln inv)] for each interval of each octave, by all work-items. */
FN void make_table(LOCAL_PTR double2 *table) {
    for (int n = (int)ITEM; n < ENTRIES; n += (int)ITEMS) {
        int exponent = (n >> INTERVAL_BITS) + LOWEST_EXPONENT, interval = n & ((1 << INTERVAL_BITS) - 1);
        double2 entry;
        entry.x = MANTISSAS[2 * interval] * DOUBLE_OF((xr_u64)(1023 - exponent) << 52);
        entry.y = fma((double)exponent, LN_2, MANTISSAS[2 * interval + 1]);
        table[n] = entry;
    }
}

FN double ln(double r2, LOCAL_PTR const double2 *table) {
    double2 entry = table[(HIGH_WORD(r2) >> (20 - INTERVAL_BITS)) - ((1023 + LOWEST_EXPONENT) << INTERVAL_BITS)];
    double z = fma(r2, entry.x, -1.0);
    double sum = POLYNOMIAL[7];
#pragma unroll
    for (int n = 6; n >= 0; n--) sum = fma(sum, z, POLYNOMIAL[n]);
    return fma(sum, z, entry.y);
}
