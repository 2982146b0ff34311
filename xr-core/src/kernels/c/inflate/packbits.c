/* PackBits (TIFF 6.0, section 9): a header byte `n` and then, for `n` in 0…127, `n + 1` bytes as they are; for −1…−127,
   one byte to be repeated `1 − n` times; −128 is nothing. The stream has no end of its own. */

KERNEL(DECODE_ITEMS) packbits(Stored batch, GLOBAL uchar *slab) {
    LOCAL Tokens tokens;
    LOCAL uint is_right;
    uint tile = GROUP, at = 0;
    GLOBAL uchar *raw = slab + batch.raw + (xr_u64)tile * batch.stride;
    Reader r = reader_of_tile(batch, slab, tile);
    uint left = 0, run = 0; /* of bytes as they are, or of a run of that byte, that goes on in the next batch */

    for (uint goes_on = 1; goes_on;) {
        if (ITEM == 0) {
            uint bytes = 0, right = 1;
            tokens.count = 0;
            while (right && bytes < BATCH && at + bytes < batch.tile_bytes) {
                refill(&r);
                if (!left) {
                    uint header = take(&r, 8);
                    run = header > 128 ? SAME(take(&r, 8)) : 0;
                    left = header > 128 ? 257 - header : header < 128 ? header + 1 : 0;
                    right = left <= batch.tile_bytes - at - bytes;
                } else {
                    uint part = run ? MIN(left, BATCH - bytes) : 1;
                    push(&tokens, run ? run : SAME(take(&r, 8)), &bytes, part);
                    left -= part;
                }
                if (bits_taken(r) > r.last) right = 0;
            }
            if (!right) tokens.count = bytes = 0;
            tokens.starts[tokens.count] = (ushort)bytes;
            is_right = right;
        }
        BARRIER;
        uint bytes = tokens.starts[tokens.count];
        goes_on = is_right && at + bytes < batch.tile_bytes;
        expand(&tokens, raw, at);
        BARRIER;
        at += bytes;
    }
    if (ITEM == 0) IN_SLAB(uint, batch.lengths)[tile] = is_right ? batch.tile_bytes : FAILED;
}
