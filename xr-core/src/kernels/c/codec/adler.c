/* Adler-32 (RFC 1950, section 8.2) of tiles in parts: a part is SEGMENT bytes of a tile, or what is left of it. */

#define ADLER_MODULUS 65521u

/* Words of a part: the sum of its bytes, the sum of them each times how many bytes from it to the part's end, and
   whatever else a kernel finds out about it. */
#define PART_WORDS 3u

/* Adds the little-endian bytes of a unit, `left` bytes before the part's end; those beyond it are zero. No sum over
   SEGMENT bytes leaves 32 bits. */
FN void adler_add(uint *sum, uint *weighted, UNIT unit, uint left) {
    uint bytes = 0, late = 0;
    for (uint k = 0; k < sizeof(UNIT); k++) {
        uint byte = (uint)(unit >> (8 * k)) & 255u;
        bytes += byte;
        late += k * byte;
    }
    *sum += bytes;
    *weighted += left * bytes - late;
}

/* One work-group per tile: Adler-32 from the sums of its parts, and whether the third word of none of them is set. */
KERNEL(ITEMS) join_parts(uint tile_bytes, uint parts, GLOBAL xr_u8 *slab, xr_u64 partial, xr_u64 adlers, xr_u64 none) {
    LOCAL uint sums[ITEMS];
    LOCAL uint weighted[ITEMS];
    LOCAL uint found[ITEMS];
    GLOBAL const uint *part = (GLOBAL const uint *)(slab + partial) + (xr_u64)GROUP * parts * PART_WORDS;
    uint a = 0, b = 0, any = 0;
    for (uint n = ITEM; n < parts; n += ITEMS) {
        uint end = MIN((n + 1) * SEGMENT, tile_bytes), sum = part[n * PART_WORDS] % ADLER_MODULUS;
        a = (a + sum) % ADLER_MODULUS;
        b = (b + part[n * PART_WORDS + 1] + (tile_bytes - end) % ADLER_MODULUS * sum % ADLER_MODULUS) % ADLER_MODULUS;
        any |= part[n * PART_WORDS + 2];
    }
    sums[ITEM] = a;
    weighted[ITEM] = b;
    found[ITEM] = any;
    BARRIER;
    for (uint step = ITEMS / 2; step > 0; step >>= 1) {
        if (ITEM < step) {
            sums[ITEM] += sums[ITEM + step];
            weighted[ITEM] += weighted[ITEM + step];
            found[ITEM] |= found[ITEM + step];
        }
        BARRIER;
    }
    if (ITEM > 0) return;
    a = (1 + sums[0]) % ADLER_MODULUS;
    b = (tile_bytes + weighted[0]) % ADLER_MODULUS;
    ((GLOBAL uint *)(slab + adlers))[GROUP] = b << 16 | a;
    ((GLOBAL uint *)(slab + none))[GROUP] = !found[0];
}
