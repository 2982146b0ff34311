/* Exclusive prefix sums of 32-bit numbers; out[n] is the total, which also comes in 64 bits. */

#define SCANNED_EACH 8u
#define SCANNED (SCANNED_EACH * ITEMS)

/* Sums of blocks. */
KERNEL(ITEMS) scan_blocks(uint count, GLOBAL const uint *in, GLOBAL xr_u64 *block_sums) {
    LOCAL xr_u64 sums[ITEMS];
    xr_u64 sum = 0;
    for (uint k = 0; k < SCANNED_EACH; k++) {
        uint i = GROUP * SCANNED + k * ITEMS + ITEM;
        if (i < count) sum += in[i];
    }
    sums[ITEM] = sum;
    BARRIER;
    for (uint step = ITEMS / 2; step > 0; step >>= 1) {
        if (ITEM < step) sums[ITEM] += sums[ITEM + step];
        BARRIER;
    }
    if (ITEM == 0) block_sums[GROUP] = sums[0];
}

/* Prefix sums within blocks, onto the sum of the blocks before. The last block tells the total: beyond 32 bits `totals`
   alone does. */
KERNEL(ITEMS) scan_apply(uint count, GLOBAL const uint *in, GLOBAL const xr_u64 *block_sums, GLOBAL uint *out,
                         GLOBAL xr_u64 *totals, uint slot) {
    LOCAL xr_u64 before[ITEMS];
    LOCAL uint part[SCANNED + SCANNED / 32]; /* padded: neighbours in work-items' shares are in different banks */
    LOCAL uint sums[2][ITEMS];
    xr_u64 blocks = 0;
    for (uint block = ITEM; block < GROUP; block += ITEMS) blocks += block_sums[block];
    before[ITEM] = blocks;
    BARRIER;
    for (uint step = ITEMS / 2; step > 0; step >>= 1) {
        if (ITEM < step) before[ITEM] += before[ITEM + step];
        BARRIER;
    }
    blocks = before[0];
    uint begin = GROUP * SCANNED, side = 0, sum = 0;
    for (uint k = 0; k < SCANNED_EACH; k++) {
        uint j = k * ITEMS + ITEM;
        part[j + j / 32] = begin + j < count ? in[begin + j] : 0;
    }
    BARRIER;
    for (uint k = 0; k < SCANNED_EACH; k++) {
        uint j = ITEM * SCANNED_EACH + k;
        sum += part[j + j / 32];
    }
    sums[0][ITEM] = sum;
    BARRIER;
    for (uint step = 1; step < ITEMS; step <<= 1, side ^= 1) {
        sums[side ^ 1][ITEM] = sums[side][ITEM] + (ITEM >= step ? sums[side][ITEM - step] : 0);
        BARRIER;
    }
    if (GROUP == GROUPS - 1 && ITEM == 0) {
        xr_u64 total = blocks + (count ? block_sums[GROUP] : 0);
        totals[slot] = total;
        out[count] = (uint)total;
    }
    sum = (uint)blocks + (ITEM ? sums[side][ITEM - 1] : 0);
    for (uint k = 0; k < SCANNED_EACH; k++) {
        uint j = ITEM * SCANNED_EACH + k, c = part[j + j / 32];
        part[j + j / 32] = sum;
        sum += c;
    }
    BARRIER;
    for (uint k = 0; k < SCANNED_EACH; k++) {
        uint j = k * ITEMS + ITEM;
        if (begin + j < count) out[begin + j] = part[j + j / 32];
    }
}
