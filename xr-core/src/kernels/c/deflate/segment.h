/* Deflate (RFC 1951) of a batch of tiles: what its kernels share.

   A tile's bytes are cut into segments: each is a deflate block, and a work-group's task. A segment is cut into pages,
   which no match crosses, so that they are parsed independently, and a page into 32 slices of 32 bytes, each a
   work-item's. (32 is the bits of a mask, not a width of hardware.)

   match.c finds repetitions, parse.c chooses tokens among them, huffman.c makes the codes of a block, layout.c says where
   blocks and tiles go, and emit.c writes their bits there, without a pass that moves what is written. All of it is
   integer arithmetic that does not depend on the order of work-items, so that all devices make the same bytes. */

#define SEGMENT 32768u
#define PAGE 1024u
#define SLICE 32u
#define SLICES_OF_PAGE 32u
/* Bytes from one position that matches are looked for to the next. */
#define STEP (1u << STEP_SHIFT)

/* Distances that are tried at every position: runs, the sample before, the row above. */
#define SPECIAL 3

/* Words of a block's header at most: 17 bits, 19 lengths of 3 bits, and 316 lengths in codes of 7 bits. */
#define HEADER_WORDS 96u

/* What a part of a batch is; first come places in the slab, in bytes. Tile `i` of the batch begins at raw + i × stride, a
   multiple of PAGE, with zeros behind its bytes. A word behind the last tile is read, and ignored. */
typedef struct {
    xr_u64 raw, empty, adlers, places, sizes, output;        /* of the batch */
    xr_u64 matches, tokens, counts, codes, headers, blocks; /* of the part */
    xr_u32 first, tiles;                                     /* of the part */
    xr_u32 tile_bytes, stride, segments;                     /* of a tile */
    xr_u32 special[SPECIAL];                                 /* 0 for none */
    xr_u32 passes;        /* of the parse */
    xr_u32 sampled_every; /* rounds of a segment that passes before the last look at: one in so many */
    xr_u32 zlib_header;   /* its two bytes, the first one lowest */
    xr_u32 padding;
} Batch;

#define IN_SLAB(type, at) ((GLOBAL type *)(slab + (at)))

/* A work-group's segment: of which tile of the part, and where in it. One of an empty tile has no bytes. */
typedef struct {
    uint tile, index, begin, end;
} Segment;

FN Segment segment_of_group(Batch batch, GLOBAL uchar *slab) {
    Segment s;
    s.tile = GROUP / batch.segments, s.index = GROUP % batch.segments;
    s.begin = s.index * SEGMENT;
    s.end = IN_SLAB(const uint, batch.empty)[batch.first + s.tile] ? s.begin : MIN(batch.tile_bytes, s.begin + SEGMENT);
    return s;
}

/* A tile's bytes as words. */
FN GLOBAL const uint *words_of_tile(Batch batch, GLOBAL uchar *slab, uint tile) {
    return IN_SLAB(const uint, batch.raw + (xr_u64)(batch.first + tile) * batch.stride);
}

/* A tile's matches: `length << 16 | distance` for each of its positions that is a multiple of STEP, or 0. In a page the
   matches of the slices' first positions come first, side by side, then those of their second ones, so that work-items
   side by side read words side by side. */
FN GLOBAL uint *matches_of_tile(Batch batch, GLOBAL uchar *slab, uint tile) {
    return IN_SLAB(uint, batch.matches + (((xr_u64)tile * batch.stride) >> STEP_SHIFT) * 4);
}

/* A segment's tokens, for each slice of its bytes: x has a bit for each byte where a token begins, y for each where a match
   does, and bits of z and w number what the match copies: 0 for a match of match.c, or 1 + the special distance. A token
   ends where the next begins. */
FN GLOBAL uint4 *tokens_of_segment(Batch batch, GLOBAL uchar *slab, Segment s) {
    return IN_SLAB(uint4, batch.tokens) + (((xr_u64)s.tile * batch.stride + s.begin) >> 5);
}

/* Four bytes from any place on. */
FN uint word_at(GLOBAL const uint *words, uint at) {
    uint n = at >> 2, shift = (at & 3) * 8;
    return shift ? words[n] >> shift | words[n + 1] << (32 - shift) : words[n];
}
