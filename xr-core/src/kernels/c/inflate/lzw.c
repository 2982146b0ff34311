/* LZW as TIFF has it (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first; 256 clears the table, 257
   ends the stream, and widths switch one code early. A stream may lack the Clear at its front and the end.

   The string of a code is that of the code read before and one byte more, so that it is in the output already: from where
   that code's string begins up to the byte behind it. So a table of places is all there is, and a string's length
   is the way to the next place, and one. */

#define CLEAR 256u
#define END 257u
#define FIRST 258u
#define CODES 4096u

/* The next code, whose bits are at hand: the reader's are those of bytes, most significant byte first. */
FN uint take_code(Reader *r, uint width) {
    if (r->count < width) {
        uint word = next_word(r);
        word = word >> 24 | (word >> 8 & 0xff00) | (word << 8 & 0xff0000) | word << 24;
        r->bits = r->bits << 32 | word, r->count += 32;
    }
    r->count -= width;
    return (uint)(r->bits >> r->count) & ((1u << width) - 1);
}

KERNEL(DECODE_ITEMS) lzw(Stored batch, GLOBAL uchar *slab) {
    LOCAL Tokens tokens;
    LOCAL uint places[CODES - FIRST + 1]; /* where strings begin, by code, and behind the last the next one's */
    LOCAL uint is_right, goes_on_told;
    uint tile = GROUP, at = 0;
    GLOBAL uchar *raw = slab + batch.raw + (xr_u64)tile * batch.stride;
    Reader r = reader_of_tile(batch, slab, tile);
    uint next = FIRST, width = 9, has_last = 0, last = 0; /* `last`: where the string read before begins */
    uint left = 0, distance = 0;                          /* of a string that goes on in the next batch */

    /* From the first byte on, in the other order of bits. */
    uint skipped = (uint)r.first;
    r.next = 0, r.bits = 0, r.count = 0;
    load(&r);
    if (skipped) {
        take_code(&r, 8);
        r.count -= skipped - 8;
    }
    for (uint goes_on = 1; goes_on;) {
        if (ITEM == 0) {
            uint bytes = 0, right = 1, more = 1;
            tokens.count = 0;
            while (right && more && bytes < BATCH) {
                if (!left) {
                    if (bits_taken(r) + width > r.last) {
                        more = 0;
                        continue;
                    }
                    uint code = take_code(&r, width), place = at + bytes;
                    if (code == CLEAR) {
                        next = FIRST, width = 9, has_last = 0;
                        continue;
                    }
                    if (code == END) {
                        more = 0;
                        continue;
                    }
                    if (has_last && next < CODES) {
                        places[next - FIRST] = last, places[next - FIRST + 1] = place;
                        next++;
                        if (next + 1 == 1u << width && width < 12) width++;
                    }
                    has_last = 1, last = place;
                    if (code < CLEAR) {
                        right = place < batch.tile_bytes;
                        if (right) push(&tokens, SAME(code), &bytes, 1);
                        continue;
                    }
                    if (code >= next) {
                        right = 0;
                        continue;
                    }
                    left = places[code - FIRST + 1] - places[code - FIRST] + 1;
                    distance = place - places[code - FIRST];
                    right = left <= batch.tile_bytes - place;
                }
                if (right) {
                    uint part = MIN(left, BATCH - bytes);
                    push(&tokens, distance, &bytes, part);
                    left -= part;
                }
            }
            if (!right) tokens.count = bytes = 0;
            tokens.starts[tokens.count] = (ushort)bytes;
            is_right = right, goes_on_told = right && more;
        }
        BARRIER;
        goes_on = goes_on_told;
        uint bytes = tokens.starts[tokens.count];
        expand(&tokens, raw, at);
        BARRIER;
        at += bytes;
    }
    if (ITEM == 0) IN_SLAB(uint, batch.lengths)[tile] = is_right && at == batch.tile_bytes ? batch.tile_bytes : FAILED;
}
