/* Long tile lists, each by one work-group: a radix sort from the lowest digit up, in an even number of passes. */

#define DIGITS 16u

KERNEL(ITEMS) sort_long(GLOBAL const xr_u64 *totals, uint slot, GLOBAL const uint *long_tiles, GLOBAL const uint *tile_offsets,
                        GLOBAL uint *lists, GLOBAL uint *spare, int passes) {
    LOCAL uint counts[DIGITS * ITEMS]; /* of each digit, of each work-item's share */
    LOCAL uint sums[2][ITEMS];
    for (uint n = GROUP; n < (uint)totals[slot]; n += GROUPS) {
        uint from = tile_offsets[long_tiles[n]], length = tile_offsets[long_tiles[n] + 1] - from;
        uint share = (length + ITEMS - 1) / ITEMS, begin = MIN(ITEM * share, length), end = MIN(begin + share, length);
        for (int pass = 0; pass < passes; pass++) {
            GLOBAL const uint *source = (pass & 1 ? spare : lists) + from;
            GLOBAL uint *target = (pass & 1 ? lists : spare) + from;
            int shift = 4 * pass;
            for (uint digit = 0; digit < DIGITS; digit++) counts[digit * ITEMS + ITEM] = 0;
            for (uint i = begin; i < end; i++) counts[(source[i] >> shift & (DIGITS - 1)) * ITEMS + ITEM]++;
            BARRIER;
            uint sum = 0;
            for (uint k = 0; k < DIGITS; k++) sum += counts[ITEM * DIGITS + k];
            sums[0][ITEM] = sum;
            BARRIER;
            uint side = 0;
            for (uint step = 1; step < ITEMS; step <<= 1, side ^= 1) {
                sums[side ^ 1][ITEM] = sums[side][ITEM] + (ITEM >= step ? sums[side][ITEM - step] : 0);
                BARRIER;
            }
            sum = ITEM ? sums[side][ITEM - 1] : 0;
            for (uint k = 0; k < DIGITS; k++) {
                uint c = counts[ITEM * DIGITS + k];
                counts[ITEM * DIGITS + k] = sum;
                sum += c;
            }
            BARRIER;
            for (uint i = begin; i < end; i++) {
                uint v = source[i];
                target[counts[(v >> shift & (DIGITS - 1)) * ITEMS + ITEM]++] = v;
            }
            BARRIER;
        }
    }
}
