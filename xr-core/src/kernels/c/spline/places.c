/* Direct sums at some of the points: a work-item has a place and the sum over a chunk of points; then the chunks are
   added in order. */

KERNEL(ITEMS) chunk_sums(uint points, GLOBAL const double *coordinates, GLOBAL const double *halves, uint count,
                         GLOBAL const uint *places, GLOBAL double *partial) {
    LOCAL double2 table[ENTRIES];
    LOCAL double2 staged[CHUNK];
    LOCAL double staged_halves[CHUNK];
    uint batches = (count + ITEMS - 1) / ITEMS, chunk = GROUP / batches, n = GROUP % batches * ITEMS + ITEM;
    uint begin = chunk * CHUNK, length = MIN(CHUNK, points - begin), place = places[MIN(n, count - 1)];
    double u = coordinates[place], v = coordinates[(size_t)points + place], sum = 0.0;

    make_table(table);
    for (uint i = ITEM; i < length; i += ITEMS) {
        double2 point;
        point.x = coordinates[begin + i], point.y = coordinates[(size_t)points + begin + i];
        staged[i] = point;
        staged_halves[i] = halves[begin + i];
    }
    BARRIER;
    for (uint i = 0; i < length; i++) {
        double2 point = staged[i];
        double du = u - point.x, dv = v - point.y, r2 = fma(du, du, fma(dv, dv, EPSILON));
        sum = fma(staged_halves[i] * r2, ln(r2, table), sum);
    }
    if (n < count) partial[(size_t)chunk * count + n] = sum;
}

KERNEL(ITEMS) add_chunks(uint chunks, uint count, GLOBAL const double *partial, GLOBAL double *result) {
    uint n = GLOBAL_ITEM;
    if (n >= count) return;
    double total = 0.0;
    for (uint chunk = 0; chunk < chunks; chunk++) total += partial[(size_t)chunk * count + n];
    result[n] = total + 0.0;
}
