/* Stored tiles, wherever they begin → each in a place of its own that decoders may read by words. */

#define WHOLE_STREAM 0u
#define ZLIB_STREAM 1u
#define FIXED_LENGTH 2u

/* Tiles from `first` on; `table` has where each begins in the input, and its bytes. Places are `stride` bytes, of which a
   stream has at most `limit`; a longer one fails. */
typedef struct {
    xr_u64 table, input, aligned, stride, lengths, checks;
    uint first, parts, limit, kind;
} Aligning;

/* RFC 1950: deflate, a window of at most 32 KiB, no dictionary, and check bits. */
FN uint is_zlib_header(uint first, uint second) {
    return (first & 15u) == 8 && first >> 4 <= 7 && !(second & 0x20u) && (first << 8 | second) % 31 == 0;
}

/* Copies streams without their frames. A tile's `parts` work-groups write its words in turns, and zeros up to a multiple
   of 16 bytes; `lengths` tells how many bytes there are, or that it failed, and `checks` the Adler-32 behind a stream. */
KERNEL(ITEMS) align(Aligning c, GLOBAL xr_u8 *slab) {
    uint nth = GROUP / c.parts, tile = c.first + nth, part = GROUP % c.parts, length = 0, failed = 0, check = 0;
    GLOBAL const xr_u64 *entry = (GLOBAL const xr_u64 *)(slab + c.table) + 2 * (xr_u64)tile;
    xr_u64 from = c.input + entry[0], bytes = entry[1];
    if (c.kind == FIXED_LENGTH) {
        failed = bytes < c.limit;
        bytes = c.limit;
    } else if (c.kind == ZLIB_STREAM) {
        failed = bytes < FRAME_BYTES || !is_zlib_header(slab[from], slab[from + 1]);
        if (!failed) {
            GLOBAL const xr_u8 *end = slab + from + bytes;
            check = (uint)end[-4] << 24 | (uint)end[-3] << 16 | (uint)end[-2] << 8 | (uint)end[-1];
            from += HEADER_BYTES;
            bytes -= FRAME_BYTES;
        }
    }
    failed |= bytes > c.limit;
    length = failed ? 0 : (uint)bytes;
    if (part == 0 && ITEM == 0) {
        ((GLOBAL uint *)(slab + c.lengths))[tile] = failed ? FAILED : length;
        ((GLOBAL uint *)(slab + c.checks))[tile] = check;
    }
    GLOBAL const uint *in = (GLOBAL const uint *)(slab + (from & ~(xr_u64)3));
    GLOBAL uint *out = (GLOBAL uint *)(slab + c.aligned + nth * c.stride);
    uint shift = 8 * (uint)(from & 3), words = (length + 3) / 4, all = (length + 15) / 16 * 4;
    for (uint n = part * ITEMS + ITEM; n < all; n += c.parts * ITEMS) {
        uint left = n < words ? length - 4 * n : 0, word = 0; /* bytes from this word on */
        if (left > 0) {
            word = in[n] >> shift;
            if (shift && left > 4 - shift / 8) word |= in[n + 1] << (32 - shift);
            if (left < 4) word &= (1u << (8 * left)) - 1;
        }
        out[n] = word;
    }
}
