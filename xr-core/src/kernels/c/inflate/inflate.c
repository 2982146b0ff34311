/* Streams of zlib (RFC 1950) with blocks of deflate (RFC 1951), as libdeflate accepts them. The Adler-32 is only read: it is
   compared where decoded bytes are looked at anyway. */

/* What work-item 0 tells the others. */
typedef struct {
    uint is_right, is_last_block, is_in_block, kind, stored;
    uint has_fixed_codes; /* from an earlier block */
    xr_u64 stored_at;
} Told;

/* Reads a block's header, and moves behind a stored block. */
FN void read_block_header(Reader *r, LOCAL_PTR Told *told, LOCAL_PTR Codes *codes, uint most) {
    refill(r);
    uint header = take(r, 3);
    told->is_last_block = header & 1, told->kind = header >> 1, told->stored = 0;
    if (told->kind == DYNAMIC) {
        told->is_right = read_lengths(r, codes);
    } else if (told->kind == STORED) {
        xr_u64 at = (bits_taken(*r) + 7) & ~(xr_u64)7;
        move_to(r, at);
        uint bytes = take(r, 16), check = take(r, 16) ^ 0xffff;
        at += 32;
        told->is_right = bytes == check && bytes <= most && at + 8 * bytes <= r->last;
        told->stored_at = at / 8, told->stored = bytes;
        if (told->is_right) move_to(r, at + 8 * bytes);
    } else {
        told->is_right = told->kind == FIXED;
    }
    if (bits_taken(*r) > r->last) told->is_right = 0;
}

KERNEL(DECODE_ITEMS) inflate(Stored batch, GLOBAL uchar *slab) {
    LOCAL Tokens tokens;
    LOCAL Codes codes;
    LOCAL Told told;
    uint tile = GROUP, at = 0;
    GLOBAL uchar *raw = slab + batch.raw + (xr_u64)tile * batch.stride;
    Reader r = reader_of_tile(batch, slab, tile);
    /* The Adler-32 is no part of the stream; without room for it there is none. */
    uint is_framed = r.last - r.first >= 48;
    if (is_framed) r.last -= 32;
    uint left = 0, distance = 0; /* of a match that goes on in the next batch */

    if (ITEM == 0) {
        uint method = take(&r, 8), flags = take(&r, 8);
        uint is_deflate = (method & 15) == 8 && method >> 4 <= 7, has_dictionary = flags >> 5 & 1;
        told.is_right = is_framed && (method << 8 | flags) % 31 == 0 && is_deflate && !has_dictionary;
        told.is_last_block = 0, told.has_fixed_codes = 0;
    }
    BARRIER;
    uint goes_on = told.is_right;
    while (goes_on) {
        BARRIER; /* all have seen what was told */
        for (uint i = ITEM; i < SYMBOLS; i += DECODE_ITEMS) codes.lengths[i] = 0;
        BARRIER;
        if (ITEM == 0) read_block_header(&r, &told, &codes, batch.tile_bytes - at);
        BARRIER;
        uint kind = told.kind, stored = told.is_right ? told.stored : 0;
        GLOBAL const uchar *from = (GLOBAL const uchar *)r.words + told.stored_at;
        for (uint i = ITEM; i < stored; i += DECODE_ITEMS) raw[at + i] = from[i];
        at += stored;
        if (kind == FIXED)
            for (uint i = ITEM; i < SYMBOLS; i += DECODE_ITEMS) codes.lengths[i] = (uchar)fixed_length(i);
        /* A loop instead of a condition: PoCL 3.1 breaks barriers that are under one. */
        uint makes = told.is_right && kind != STORED && !(kind == FIXED && told.has_fixed_codes), are_codes = 1;
        BARRIER;
        for (uint once = 0; once < makes; once++) are_codes = make_tables(&codes);
        if (ITEM == 0) {
            if (!are_codes) told.is_right = 0;
            if (kind != STORED) told.has_fixed_codes = kind == FIXED;
        }
        BARRIER;

        uint in_block = told.is_right && kind != STORED;
        BARRIER;
        while (in_block) {
            if (ITEM == 0) {
                uint bytes = 0, is_right = 1, ends = 0, ahead; /* the next entry, looked up before it is needed */
                tokens.count = 0;
                refill(&r);
                ahead = look_up_literal(&codes, r);
                while (is_right && !ends && bytes < BATCH) {
                    if (!left) {
                        uint entry = take_code(&codes, 0, ahead, &r);
                        if (KIND(entry) == LITERAL) {
                            refill(&r);
                            ahead = look_up_literal(&codes, r);
                            push(&tokens, BYTES | VALUE(entry), &bytes, 1 + EXTRA_BITS(entry));
                            continue;
                        }
                        if (KIND(entry) == LENGTH) {
                            left = VALUE(entry) + take(&r, EXTRA_BITS(entry));
                            refill(&r);
                            entry = take_code(&codes, 1, look_up_distance(&codes, r), &r);
                            distance = VALUE(entry) + take(&r, EXTRA_BITS(entry));
                            refill(&r);
                            ahead = look_up_literal(&codes, r);
                        } else {
                            ends = 1;
                        }
                        is_right = at + bytes + left <= batch.tile_bytes && (!left || distance <= at + bytes);
                    }
                    if (left && is_right) {
                        uint part = MIN(left, BATCH - bytes);
                        push(&tokens, distance, &bytes, part);
                        left -= part;
                    }
                }
                if (at + bytes > batch.tile_bytes) is_right = 0;
                if (bits_taken(r) > r.last) is_right = 0;
                if (!is_right) tokens.count = bytes = 0;
                tokens.starts[tokens.count] = (ushort)bytes;
                told.is_right = is_right, told.is_in_block = is_right && !ends;
            }
            BARRIER;
            in_block = told.is_in_block;
            uint bytes = tokens.starts[tokens.count];
            expand(&tokens, raw, at);
            BARRIER;
            at += bytes;
        }
        goes_on = told.is_right && !told.is_last_block;
    }
    if (ITEM == 0) {
        uint is_right = told.is_right && at == batch.tile_bytes, check = 0;
        r.last += 32;
        move_to(&r, (bits_taken(r) + 7) & ~(xr_u64)7);
        for (uint i = 0; i < 4; i++) check = check << 8 | take(&r, 8);
        IN_SLAB(uint, batch.lengths)[tile] = is_right ? batch.tile_bytes : FAILED;
        IN_SLAB(uint, batch.checks)[tile] = check;
    }
}
