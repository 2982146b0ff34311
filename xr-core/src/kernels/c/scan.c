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

/* Prefix sums of the block sums, by one work-group. A total beyond 32 bits is told by `totals` alone. */
KERNEL(ITEMS) scan_sums(uint blocks, GLOBAL xr_u64 *block_sums, GLOBAL uint *out, uint count,
                        GLOBAL xr_u64 *totals, uint slot) {
    LOCAL xr_u64 sums[2][ITEMS];
    xr_u64 carry = 0; /* the same in all work-items */
    for (uint begin = 0; begin < blocks; begin += ITEMS) {
        uint i = begin + ITEM, side = 0;
        sums[0][ITEM] = i < blocks ? block_sums[i] : 0;
        BARRIER;
        for (uint step = 1; step < ITEMS; step <<= 1, side ^= 1) {
            sums[side ^ 1][ITEM] = sums[side][ITEM] + (ITEM >= step ? sums[side][ITEM - step] : 0);
            BARRIER;
        }
        if (i < blocks) block_sums[i] = carry + (ITEM ? sums[side][ITEM - 1] : 0);
        carry += sums[side][ITEMS - 1];
        BARRIER;
    }
    if (ITEM == 0) {
        totals[slot] = carry;
        out[count] = (uint)carry;
    }
}

/* Prefix sums within blocks, onto those of the blocks. */
KERNEL(ITEMS) scan_apply(uint count, GLOBAL const uint *in, GLOBAL const xr_u64 *block_sums, GLOBAL uint *out) {
    LOCAL uint part[SCANNED + SCANNED / 32]; /* padded: neighbours in work-items' shares are in different banks */
    LOCAL uint sums[2][ITEMS];
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
    sum = (uint)block_sums[GROUP] + (ITEM ? sums[side][ITEM - 1] : 0);
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
