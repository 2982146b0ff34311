/* Encoded tiles, each in a place of its own → back to back, framed. */

/* Tiles from `first` on, whose streams lie `stride` bytes apart. `same` is the length of all streams, or 0 if `lengths` tells; `header` is that of a zlib stream, its first byte the
   upper one, or 0 for streams without a frame. */
typedef struct {
    xr_u64 encoded, stride, lengths, empty, adlers, sizes, offsets, output;
    uint first, tiles, parts, same, header, unused;
} Packing;

#define FAILED 0xffffffffu
#define HEADER_BYTES 2u
#define FRAME_BYTES 6u

/* Sizes, and where each tile begins in the output and the last ends, by one work-group. */
KERNEL(ITEMS) place(Packing c, GLOBAL xr_u8 *slab) {
    LOCAL xr_u64 sums[2][ITEMS];
    GLOBAL const uint *lengths = (GLOBAL const uint *)(slab + c.lengths), *empty = (GLOBAL const uint *)(slab + c.empty);
    GLOBAL uint *sizes = (GLOBAL uint *)(slab + c.sizes);
    GLOBAL xr_u64 *offsets = (GLOBAL xr_u64 *)(slab + c.offsets);
    xr_u64 carry = c.first ? offsets[c.first] : 0; /* the same in all work-items */
    for (uint begin = 0; begin < c.tiles; begin += ITEMS) {
        uint nth = begin + ITEM, tile = c.first + nth, side = 0, size = 0;
        if (nth < c.tiles && !empty[tile]) {
            size = c.same ? c.same : lengths[tile];
            if (size != FAILED && c.header) size += FRAME_BYTES;
        }
        sums[0][ITEM] = size == FAILED ? 0 : size;
        BARRIER;
        for (uint step = 1; step < ITEMS; step <<= 1, side ^= 1) {
            sums[side ^ 1][ITEM] = sums[side][ITEM] + (ITEM >= step ? sums[side][ITEM - step] : 0);
            BARRIER;
        }
        if (nth < c.tiles) {
            sizes[tile] = size;
            offsets[tile] = carry + (ITEM ? sums[side][ITEM - 1] : 0);
        }
        carry += sums[side][ITEMS - 1];
        BARRIER;
    }
    if (ITEM == 0) offsets[c.first + c.tiles] = carry;
}

/* Copies streams: a tile's `parts` work-groups write its whole words in turns; the first writes the frame and the bytes
   of words that are shared with neighbours. */
KERNEL(ITEMS) pack(Packing c, GLOBAL xr_u8 *slab) {
    uint nth = GROUP / c.parts, tile = c.first + nth, part = GROUP % c.parts;
    uint size = ((GLOBAL const uint *)(slab + c.sizes))[tile];
    if (size == 0 || size == FAILED) return;
    GLOBAL xr_u8 *to = slab + c.output + ((GLOBAL const xr_u64 *)(slab + c.offsets))[tile];
    uint length = c.header ? size - FRAME_BYTES : size;
    if (c.header) {
        uint adler = ((GLOBAL const uint *)(slab + c.adlers))[tile];
        if (part == 0 && ITEM < HEADER_BYTES) to[ITEM] = (xr_u8)(c.header >> (8 - 8 * ITEM));
        if (part == 0 && ITEM < 4) to[HEADER_BYTES + length + ITEM] = (xr_u8)(adler >> (24 - 8 * ITEM));
        to += HEADER_BYTES;
    }
    GLOBAL const xr_u8 *from = slab + c.encoded + nth * c.stride;
    uint head = MIN((uint)(slab - to) & 3u, length), words = (length - head) / 4, tail = head + 4 * words;
    GLOBAL const uint *in = (GLOBAL const uint *)from;
    GLOBAL uint *out = (GLOBAL uint *)(to + head);
    for (uint n = part * ITEMS + ITEM; n < words; n += c.parts * ITEMS)
        out[n] = head ? in[n] >> (8 * head) | in[n + 1] << (32 - 8 * head) : in[n];
    if (part > 0) return;
    if (ITEM < head) to[ITEM] = from[ITEM];
    if (ITEM < length - tail) to[tail + ITEM] = from[tail + ITEM];
}
