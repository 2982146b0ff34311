/* Decoding of a batch of tiles: what its kernels share.

   A work-group has a tile. Codes can only be read one after another, so work-item 0 does it; it makes tokens of them, a
   batch of bytes at a time, which all work-items then expand side by side.

   The bytes are what a file says: any at all. Each loop is bounded by the bytes in and out, words beyond a tile's bytes
   are not read but zero, and whoever has taken bits of those has failed. */

/* What a batch is; the first five are bytes of the slab. */
typedef struct {
    xr_u64 table, input, raw, lengths, checks;
    xr_u32 tiles, tile_bytes, stride, padding;
} Stored;

#define IN_SLAB(type, at) ((GLOBAL type *)(slab + (at)))
#define FAILED 0xffffffffu

/* Longer inputs are read to here: 8 GiB, which no tile needs. */
#define LONGEST_INPUT ((xr_u64)1 << 33)

/* Bits of a tile's bytes: `count` of them at hand, then those of words from `next` on, the first of which is loaded, so that
   nobody waits for memory. A tile begins and ends within words; `first` and `last` are those places in bits. */
typedef struct {
    GLOBAL const uint *words;
    xr_u64 bits, first, last;
    uint loaded, next, count;
} Reader;

/* Loads word `next`; zeros behind the last. */
FN void load(Reader *r) { r->loaded = (xr_u64)r->next * 32 < r->last ? r->words[r->next] : 0; }

/* The next 32 bits. */
FN uint next_word(Reader *r) {
    uint word = r->loaded;
    r->next++;
    load(r);
    return word;
}

/* Has 33 bits or more at hand, the next ones lowest. */
FN void refill(Reader *r) {
    if (r->count > 32) return;
    r->bits |= (xr_u64)next_word(r) << r->count;
    r->count += 32;
}

/* Takes bits that are at hand, fewer than 32. */
FN uint take(Reader *r, uint bits) {
    uint value = (uint)r->bits & ((1u << bits) - 1);
    r->bits >>= bits, r->count -= bits;
    return value;
}

/* Bits before the next one. */
FN xr_u64 bits_taken(Reader r) { return (xr_u64)r.next * 32 - r.count; }

/* Continues at a place in bits. */
FN void move_to(Reader *r, xr_u64 at) {
    r->next = (uint)(at >> 5), r->bits = 0, r->count = 0;
    load(r);
    refill(r);
    take(r, (uint)at & 31);
    refill(r);
}

/* At the start of a tile. */
FN Reader reader_of_tile(Stored batch, GLOBAL uchar *slab, uint tile) {
    GLOBAL const xr_u64 *entry = IN_SLAB(const xr_u64, batch.table) + 2 * (size_t)tile;
    xr_u64 at = batch.input + entry[0], bytes = entry[1] < LONGEST_INPUT ? entry[1] : LONGEST_INPUT;
    Reader r;
    r.words = IN_SLAB(const uint, at & ~(xr_u64)3);
    r.first = (at & 3) * 8, r.last = r.first + bytes * 8;
    move_to(&r, r.first);
    return r;
}

/* Bytes of a batch of tokens. */
#define BATCH 512u
/* Bytes that a work-item follows at a time. */
#define BYTES_EACH 4u
/* A token is two bytes to be repeated, with this bit, or the distance that it is copied from. */
#define BYTES 0x80000000u
#define SAME(byte) (BYTES | (byte) * 257)

/* Tokens of a batch, where each begins among the batch's bytes, and where the last ends. */
typedef struct {
    uint values[BATCH], sources[BATCH + 1], count; /* two bytes may be one too many */
    ushort starts[BATCH + 1];
} Tokens;

FN void push(LOCAL_PTR Tokens *t, uint value, uint *bytes, uint length) {
    t->values[t->count] = value;
    t->starts[t->count++] = (ushort)*bytes;
    *bytes += length;
}

/* Writes a batch's bytes from `at` on; `tokens` are free afterwards. First all bytes say where they come from, a token a
   work-item; then each follows that to a byte before the batch or to a literal. Bytes come from those before them, which
   know by then what they are unless they are of the same round, so that none follows far. */
FN void expand(LOCAL_PTR Tokens *t, GLOBAL uchar *raw, uint at) {
    uint count = t->count, bytes = t->starts[count];
    for (uint n = ITEM; n < count; n += DECODE_ITEMS) {
        uint value = t->values[n], start = t->starts[n], length = t->starts[n + 1] - start;
        uint from = at + start - value, k = 0;
        for (uint i = 0; i < length; i++) {
            t->sources[start + i] = value & BYTES ? BYTES | (value >> i % 2 * 8 & 255) : from + k;
            k = k + 1 == value ? 0 : k + 1;
        }
    }
    BARRIER;
    for (uint begin = ITEM; begin < bytes + ITEM; begin += BYTES_EACH * DECODE_ITEMS) {
        uint found[BYTES_EACH];
#pragma unroll
        for (uint k = 0; k < BYTES_EACH; k++) {
            uint i = begin + k * DECODE_ITEMS, source = BYTES;
            if (i < bytes) {
                source = t->sources[i];
                while (!(source & BYTES) && source >= at) source = t->sources[source - at];
                if (!(source & BYTES)) source = BYTES | raw[source];
                raw[at + i] = (uchar)source;
            }
            found[k] = source;
        }
        BARRIER;
#pragma unroll
        for (uint k = 0; k < BYTES_EACH; k++)
            if (begin + k * DECODE_ITEMS < bytes) t->sources[begin + k * DECODE_ITEMS] = found[k];
        BARRIER;
    }
}
