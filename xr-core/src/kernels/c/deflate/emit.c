/* Writes a segment's block to its place in the output, which is zero before.

   A work-item puts the bits of a slice's tokens into a strip of its own, in local memory; sums of the strips' lengths say
   where in a window of local memory each goes, and the window is copied to the output. Words that two strips share, or
   two rounds, blocks or tiles, are ORed. A stored block is one of codes of eight bits. */

/* Words of a slice at most: 31 literals of 15 bits, a match of 15 + 5 + 15 + 13, the block's end. */
#define STRIP_WORDS 18u
/* Words of a round at most: a byte takes 16 bits, which a match of three takes for each. Beside them the block's header,
   what the round before left of its last word, and the block's end. */
#define WINDOW_WORDS (EMIT_ITEMS * SLICE / 2 + 128)

/* Bits that are collected before they are a strip's words. */
typedef struct {
    xr_u64 bits;
    uint count, words;
} Collected;

FN Collected collect(Collected c, LOCAL_PTR uint *strips, uint value, uint bits) {
    c.bits |= (xr_u64)value << c.count;
    c.count += bits;
    if (c.count >= 32) {
        strips[c.words++ * EMIT_ITEMS + ITEM] = (uint)c.bits;
        c.bits >>= 32, c.count -= 32;
    }
    return c;
}

/* ORs 32 bits into the output from a bit on. */
FN void put_word(GLOBAL uint *out, xr_u64 at, uint value) {
    uint shift = (uint)at & 31;
    ATOMIC_OR(&out[at >> 5], value << shift);
    if (shift && value >> (32 - shift)) ATOMIC_OR(&out[(at >> 5) + 1], value >> (32 - shift));
}

/* A literal's code, or a match length's with its extra bits, and their number. */
#define CODED(value, bits) ((value) | (bits) << 27)
#define BITS_OF(coded) ((coded) >> 27)
#define VALUE_OF(coded) ((coded) & 0x7ffffffu)

KERNEL(EMIT_ITEMS) emit(Batch batch, GLOBAL uchar *slab) {
    LOCAL uint window[WINDOW_WORDS], strips[STRIP_WORDS * EMIT_ITEMS], sums[2][EMIT_ITEMS];
    LOCAL uint literals[256], lengths[256], distances[32];
    Segment s = segment_of_group(batch, slab);
    uint bytes = s.end - s.begin, is_last_segment = s.index == batch.segments - 1;
    uint4 block = IN_SLAB(const uint4, batch.blocks)[GROUP];
    GLOBAL const uint *words = words_of_tile(batch, slab, s.tile);
    GLOBAL const uint *matches = matches_of_tile(batch, slab, s.tile);
    GLOBAL const uint4 *tokens = tokens_of_segment(batch, slab, s);
    GLOBAL const uint *codes = IN_SLAB(const uint, batch.codes) + (size_t)GROUP * SYMBOLS;
    GLOBAL const uint *header = IN_SLAB(const uint, batch.headers) + (size_t)GROUP * HEADER_WORDS;
    GLOBAL uint *out = IN_SLAB(uint, batch.output);
    xr_u64 tile_at = IN_SLAB(const xr_u64, batch.places)[batch.first + s.tile] * 8, at = tile_at + block.w; /* bits */

    for (uint i = ITEM; i < 256; i += EMIT_ITEMS) {
        uint code = codes[i];
        literals[i] = CODED(code & 0xffff, code >> 16);
        Coded length = coded_length(i + 3);
        code = codes[length.symbol];
        lengths[i] = CODED((code & 0xffff) | length.extra << (code >> 16), (code >> 16) + length.extra_bits);
    }
    for (uint i = ITEM; i < 32; i += EMIT_ITEMS) distances[i] = codes[DISTANCES + i];
    for (uint i = ITEM; i < WINDOW_WORDS; i += EMIT_ITEMS) window[i] = 0;
    BARRIER;

    /* The block's header. */
    uint header_bits = block.y, shift = (uint)at & 31;
    if (block.x == STORED) {
        uint start = stored_start(block.w);
        header_bits = start + 32;
        if (ITEM == 0) {
            xr_u64 lengths_at = shift + start;
            window[0] |= is_last_segment << shift;
            for (uint i = 0; i < 2; i++, lengths_at += 16) {
                xr_u64 value = (xr_u64)((i ? ~bytes : bytes) & 0xffff) << (lengths_at & 31);
                window[lengths_at >> 5] |= (uint)value, window[(lengths_at >> 5) + 1] |= (uint)(value >> 32);
            }
        }
    } else {
        for (uint i = ITEM; i * 32 < header_bits; i += EMIT_ITEMS) {
            uint word = header[i] | (i == 0 ? is_last_segment : 0);
            ATOMIC_OR(&window[i], word << shift);
            if (shift) ATOMIC_OR(&window[i + 1], word >> (32 - shift));
        }
    }

    uint round_bytes = EMIT_ITEMS * SLICE, rounds = (bytes + round_bytes - 1) / round_bytes;
    for (uint round = 0; round < rounds; round++) {
        uint slice = round * EMIT_ITEMS + ITEM, begin = s.begin + slice * SLICE, side = 0, after_last = 0;
        uint4 token;
        Collected strip;
        strip.bits = 0, strip.count = strip.words = 0;
        token.x = token.y = token.z = token.w = 0;
        if (begin < s.end) {
            if (block.x == STORED) token.x = s.end - begin < SLICE ? (1u << (s.end - begin)) - 1 : ~0u;
            else token = tokens[slice];
        }
        /* Where the token after the slice's last begins, if that is a match: it ends there. */
        if (token.x && token.y >> (31 - LEADING_ZEROS(token.x))) {
            after_last = bytes - slice * SLICE;
            for (uint next = slice + 1, goes_on = 1; goes_on && next * SLICE < bytes; next++) {
                uint starts = tokens[next].x;
                if (starts) after_last = (next - slice) * SLICE + TRAILING_ZEROS(starts), goes_on = 0;
            }
        }
        uint word = 0, word_index = SLICE;
        for (uint left = token.x; left;) {
            uint k = TRAILING_ZEROS(left), coded;
            left &= left - 1;
            if (token.y >> k & 1) {
                uint end = left ? TRAILING_ZEROS(left) : after_last, kind = (token.z >> k & 1) | (token.w >> k & 1) << 1;
                uint distance = kind == 1 ? batch.special[0] : kind == 2 ? batch.special[1] : batch.special[2];
                coded = lengths[end - k - 3];
                strip = collect(strip, strips, VALUE_OF(coded), BITS_OF(coded));
                if (kind == 0)
                    distance = matches[((begin & ~(PAGE - 1)) >> STEP_SHIFT) + (k >> STEP_SHIFT) * SLICES_OF_PAGE +
                                       slice % SLICES_OF_PAGE] & 0xffff;
                Coded d = coded_distance(distance);
                coded = distances[d.symbol];
                strip = collect(strip, strips, (coded & 0xffff) | d.extra << (coded >> 16), (coded >> 16) + d.extra_bits);
            } else {
                if (k / 4 != word_index) word_index = k / 4, word = words[(begin >> 2) + word_index];
                coded = literals[word >> (8 * (k % 4)) & 255];
                strip = collect(strip, strips, VALUE_OF(coded), BITS_OF(coded));
            }
        }
        if (block.x != STORED && round == rounds - 1 && ITEM == EMIT_ITEMS - 1)
            strip = collect(strip, strips, codes[END_OF_BLOCK] & 0xffff, codes[END_OF_BLOCK] >> 16);
        strips[strip.words * EMIT_ITEMS + ITEM] = (uint)strip.bits;

        uint bits = strip.words * 32 + strip.count;
        sums[0][ITEM] = bits;
        BARRIER;
        for (uint step = 1; step < EMIT_ITEMS; step <<= 1, side ^= 1) {
            sums[side ^ 1][ITEM] = sums[side][ITEM] + (ITEM >= step ? sums[side][ITEM - step] : 0);
            BARRIER;
        }
        uint before = ((uint)at & 31) + (round == 0 ? header_bits : 0);
        uint total = before + sums[side][EMIT_ITEMS - 1], from = before + sums[side][ITEM] - bits;
        if (bits) {
            uint first = from >> 5, left = from & 31, count = (left + bits + 31) >> 5, carried = 0;
            for (uint i = 0; i < count; i++) {
                uint next = i * 32 < bits ? strips[i * EMIT_ITEMS + ITEM] : 0, value = carried | next << left;
                carried = left ? next >> (32 - left) : 0;
                if (i == 0 || i == count - 1) ATOMIC_OR(&window[first + i], value);
                else window[first + i] = value;
            }
        }
        BARRIER;
        uint count = (total + 31) >> 5;
        for (uint i = ITEM; i < count; i += EMIT_ITEMS) {
            GLOBAL uint *to = out + (at >> 5) + i;
            if (i == 0 || i == count - 1) ATOMIC_OR(to, window[i]);
            else *to = window[i];
            window[i] = 0;
        }
        at += total - ((uint)at & 31);
        BARRIER;
    }

    /* What RFC 1950 puts before and behind blocks; the Adler-32 has its most significant byte first. */
    if (ITEM == 0 && bytes && s.index == 0) put_word(out, tile_at, batch.zlib_header);
    if (ITEM == 0 && bytes && is_last_segment) {
        uint adler = IN_SLAB(const uint, batch.adlers)[batch.first + s.tile];
        adler = adler >> 24 | (adler >> 8 & 0xff00) | (adler << 8 & 0xff0000) | adler << 24;
        put_word(out, tile_at + ((xr_u64)IN_SLAB(const uint, batch.sizes)[batch.first + s.tile] - 4) * 8, adler);
    }
}
