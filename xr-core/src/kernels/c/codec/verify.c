/* Decoded tiles against the Adler-32 that their streams promise. */

/* Sums over a part of a tile, as in adler.c. Tiles are decoded from byte `tile × stride` of `raw` on. */
KERNEL(ITEMS) sum_parts(uint tile_bytes, uint parts, GLOBAL xr_u8 *slab, xr_u64 raw, xr_u64 stride, xr_u64 partial) {
    LOCAL uint sums[ITEMS];
    LOCAL uint weighted[ITEMS];
    uint begin = GROUP % parts * SEGMENT, end = MIN(begin + SEGMENT, tile_bytes), sum = 0, weight = 0;
    GLOBAL const UNIT *from = (GLOBAL const UNIT *)(slab + raw + GROUP / parts * stride);
    for (uint at = begin + ITEM * (uint)sizeof(UNIT); at < end; at += ITEMS * (uint)sizeof(UNIT)) {
        UNIT unit = from[at / sizeof(UNIT)];
        if (end - at < sizeof(UNIT)) unit &= ((UNIT)1 << (8 * (end - at))) - 1;
        adler_add(&sum, &weight, unit, end - at);
    }
    sums[ITEM] = sum;
    weighted[ITEM] = weight % ADLER_MODULUS;
    BARRIER;
    for (uint step = ITEMS / 2; step > 0; step >>= 1) {
        if (ITEM < step) {
            sums[ITEM] += sums[ITEM + step];
            weighted[ITEM] += weighted[ITEM + step];
        }
        BARRIER;
    }
    if (ITEM > 0) return;
    GLOBAL uint *part = (GLOBAL uint *)(slab + partial) + (xr_u64)GROUP * PART_WORDS;
    part[0] = sums[0];
    part[1] = weighted[0] % ADLER_MODULUS;
    part[2] = 0;
}

/* Tiles of another length or Adler-32 fail. */
KERNEL(ITEMS) verify(uint tiles, uint tile_bytes, GLOBAL xr_u8 *slab, xr_u64 adlers, xr_u64 checks, xr_u64 lengths) {
    uint tile = GLOBAL_ITEM;
    if (tile >= tiles) return;
    GLOBAL uint *length = (GLOBAL uint *)(slab + lengths) + tile;
    uint same = ((GLOBAL const uint *)(slab + adlers))[tile] == ((GLOBAL const uint *)(slab + checks))[tile];
    if (*length != tile_bytes || !same) *length = FAILED;
}
