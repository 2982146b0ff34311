/* Image → predicted tiles. ELEMENT is the unsigned type of a sample's bits, of SIZE bytes; UNIT is what a work-item
   writes at a time, one or several of them; PREDICTOR as TIFF's tag 317 numbers them. */

/* An image cut into tiles. Widths are in samples; sparse.bits are those of the sample that empty tiles consist of. */
typedef struct {
    xr_u64 image, raw, stride, partial, sparse;
    uint width, height, tile_width, tile_height, samples, across, tiles, parts, tile_bytes, has_sparse;
} Cut;

/* A row of a tile of the image. */
typedef struct { GLOBAL const ELEMENT *samples; uint left; } Row;

FN Row tile_row(GLOBAL const ELEMENT *image, Cut c, uint tile, uint row) {
    Row r;
    r.samples = image + (xr_u64)MIN(tile / c.across * c.tile_height + row, c.height - 1) * c.width;
    r.left = tile % c.across * c.tile_width;
    return r;
}

/* The nth sample; beyond the image that of the last column. */
FN ELEMENT sample(Row r, Cut c, uint n) {
    uint column = r.left + n;
    return r.samples[column < c.width ? column : c.width - c.samples + n % c.samples];
}

#if PREDICTOR == 3
/* The nth sample's byte of a plane, the most significant first. */
FN uint plane_byte(ELEMENT bits, uint plane) { return (uint)(bits >> (8 * (SIZE - 1 - plane))) & 255u; }
#endif

/* The unit at byte `at` of a tile, in little-endian order and zero from byte `end` on. Sets `differs` if one of its samples
   has not the sparse bits. */
FN UNIT unit_at(GLOBAL const ELEMENT *image, Cut c, uint tile, uint at, uint end, uint *differs) {
    UNIT unit = 0;
    uint row_bytes = c.tile_width * SIZE, row = at / row_bytes;
    Row r = tile_row(image, c, tile, row);
#if PREDICTOR == 3
    uint plane = at % row_bytes / c.tile_width, n = at % row_bytes % c.tile_width;
    for (uint k = 0; k < sizeof(UNIT) && at + k < end; k++) {
        ELEMENT bits = sample(r, c, n);
        uint byte = plane_byte(bits, plane);
        if (bits != (ELEMENT)c.sparse) *differs = 1;
        if (n >= c.samples) byte -= plane_byte(sample(r, c, n - c.samples), plane);
        else if (plane > 0) byte -= plane_byte(sample(r, c, n + c.tile_width - c.samples), plane - 1);
        unit |= (UNIT)(byte & 255u) << (8 * k);
        if (++n < c.tile_width) continue;
        n = 0;
        if (++plane < SIZE) continue;
        plane = 0;
        r = tile_row(image, c, tile, ++row);
    }
#else
    uint n = at % row_bytes / SIZE;
    for (uint k = 0; k < sizeof(UNIT) && at + k < end; k += SIZE) {
        ELEMENT bits = sample(r, c, n);
        if (bits != (ELEMENT)c.sparse) *differs = 1;
#if PREDICTOR == 2
        if (n >= c.samples) bits -= sample(r, c, n - c.samples);
#endif
        unit |= (UNIT)bits << (8 * k);
        if (++n < c.tile_width) continue;
        n = 0;
        r = tile_row(image, c, tile, ++row);
    }
#endif
    return unit;
}

/* A work-group has a part of a tile: SEGMENT bytes, and in the last the zeros behind the tile, too. */
KERNEL(ITEMS) prepare(Cut c, GLOBAL xr_u8 *slab) {
    LOCAL uint sums[ITEMS];
    LOCAL uint weighted[ITEMS];
    LOCAL uint found[ITEMS];
    uint tile = GROUP / c.parts, begin = GROUP % c.parts * SEGMENT;
    uint end = MIN(begin + SEGMENT, c.tile_bytes), stop = MIN(begin + SEGMENT, (uint)c.stride);
    GLOBAL const ELEMENT *image = (GLOBAL const ELEMENT *)(slab + c.image);
    GLOBAL UNIT *raw = (GLOBAL UNIT *)(slab + c.raw + tile * c.stride);
    uint sum = 0, weight = 0, differs = !c.has_sparse;
    for (uint at = begin + ITEM * (uint)sizeof(UNIT); at < stop; at += ITEMS * (uint)sizeof(UNIT)) {
        UNIT unit = at < end ? unit_at(image, c, tile, at, end, &differs) : 0;
        raw[at / sizeof(UNIT)] = unit;
        adler_add(&sum, &weight, unit, end - at);
    }
    if (tile == c.tiles - 1 && stop == c.stride && ITEM * sizeof(UNIT) < MARGIN) raw[c.stride / sizeof(UNIT) + ITEM] = 0;
    sums[ITEM] = sum;
    weighted[ITEM] = weight % ADLER_MODULUS;
    found[ITEM] = differs;
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
    GLOBAL uint *part = (GLOBAL uint *)(slab + c.partial) + (xr_u64)GROUP * PART_WORDS;
    part[0] = sums[0];
    part[1] = weighted[0] % ADLER_MODULUS;
    part[2] = found[0];
}
