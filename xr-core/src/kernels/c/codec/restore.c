/* Decoded tiles → native pixels. ELEMENT is the unsigned type of a sample's bits, of SIZE bytes; SWAPPED says that stored
   samples have their most significant byte first. */

/* Work-items that add up a row together. */
#define LANES 32u

/* Tiles from `from`, `from_stride` bytes apart, to `to`. A row has `width` times `samples` elements. */
typedef struct {
    xr_u64 from, from_stride, to, to_stride;
    uint width, rows, samples, parts;
} Restoring;

FN ELEMENT in_order(ELEMENT v) {
#if SWAPPED && SIZE > 1
    ELEMENT swapped = 0;
    for (uint k = 0; k < SIZE; k++, v >>= 8) swapped = (ELEMENT)(swapped << 8 | (v & 255));
    return swapped;
#else
    return v;
#endif
}

/* Samples as they are, of all tiles' rows. */
KERNEL(ITEMS) put_in_order(Restoring c, GLOBAL xr_u8 *slab) {
    uint tile = GROUP / c.parts, count = c.width * c.samples * c.rows;
    GLOBAL const ELEMENT *from = (GLOBAL const ELEMENT *)(slab + c.from + tile * c.from_stride);
    GLOBAL ELEMENT *to = (GLOBAL ELEMENT *)(slab + c.to + tile * c.to_stride);
    for (uint n = GROUP % c.parts * ITEMS + ITEM; n < count; n += c.parts * ITEMS) to[n] = in_order(from[n]);
}

/* Each element plus all of its sample to the left: a row's elements of one sample by LANES work-items. May work in place. */
KERNEL(ITEMS) add_up(Restoring c, GLOBAL xr_u8 *slab) {
    LOCAL ELEMENT sums[2][ITEMS];
    uint tile = GROUP / c.parts, nth = GROUP % c.parts * (ITEMS / LANES) + ITEM / LANES, lane = ITEM % LANES;
    uint width = nth < c.rows * c.samples ? c.width : 0, first = nth / c.samples * c.width * c.samples + nth % c.samples;
    GLOBAL const ELEMENT *from = (GLOBAL const ELEMENT *)(slab + c.from + tile * c.from_stride);
    GLOBAL ELEMENT *to = (GLOBAL ELEMENT *)(slab + c.to + tile * c.to_stride);
    ELEMENT before = 0; /* the same in all lanes */
    for (uint begin = 0; begin < c.width; begin += LANES) {
        uint column = begin + lane, at = first + column * c.samples, side = 0;
        sums[0][ITEM] = column < width ? in_order(from[at]) : 0;
        BARRIER;
        for (uint step = 1; step < LANES; step <<= 1, side ^= 1) {
            sums[side ^ 1][ITEM] = sums[side][ITEM] + (lane >= step ? sums[side][ITEM - step] : 0);
            BARRIER;
        }
        if (column < width) to[at] = before + sums[side][ITEM];
        before += sums[side][ITEM - lane + LANES - 1];
        BARRIER;
    }
}

#if SIZE > 1
/* From the most significant bytes of all elements of a row, then the next, to elements. */
KERNEL(ITEMS) regroup(Restoring c, GLOBAL xr_u8 *slab) {
    uint tile = GROUP / c.parts, elements = c.width * c.samples;
    GLOBAL const xr_u8 *from = slab + c.from + tile * c.from_stride;
    GLOBAL ELEMENT *to = (GLOBAL ELEMENT *)(slab + c.to + tile * c.to_stride);
    for (uint n = GROUP % c.parts * ITEMS + ITEM; n < elements * c.rows; n += c.parts * ITEMS) {
        GLOBAL const xr_u8 *byte = from + n / elements * elements * SIZE + n % elements;
        ELEMENT bits = 0;
        for (uint k = 0; k < SIZE; k++, byte += elements) bits = (ELEMENT)(bits << 8 | *byte);
        to[n] = bits;
    }
}
#endif
