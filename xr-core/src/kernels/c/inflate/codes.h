/* Tables that codes of deflate are looked up in. What is a code is what libdeflate takes for one, which the CPU backend
   uses. */

/* Bits that the tables look at. Longer codes, which are rare, are found bit by bit. */
#define LITERAL_BITS 10u
#define DISTANCE_BITS 8u
#define LENGTH_CODE_BITS 7u

/* A table's entry: the bits of the code, or 0 if it is longer than the table's; extra bits; what the symbol is; and the
   literal, or the smallest length or distance. Where the bits have two literals, an entry has both: the second one in the
   value's upper byte, and 1 for the extra bits. */
#define ENTRY(code_bits, extra, kind, value) ((value) << 16 | (kind) << 8 | (extra) << 4 | (code_bits))
#define CODE_BITS(entry) ((entry) & 15)
#define EXTRA_BITS(entry) ((entry) >> 4 & 15)
#define KIND(entry) ((entry) >> 8 & 3)
#define VALUE(entry) ((entry) >> 16)
#define LITERAL 0u
#define LENGTH 1u
#define BLOCK_END 2u

/* Codes of a block. Those of distances come second. */
typedef struct {
    uint literals[1 << LITERAL_BITS], distances[1 << DISTANCE_BITS];
    uint counts[2][16];     /* by length */
    ushort sorted[SYMBOLS]; /* symbols in the order of their codes */
    uchar lengths[SYMBOLS];
} Codes;

FN uint entry_of(uint symbol, uint code_bits) {
    if (symbol >= DISTANCES) {
        uint s = MIN(symbol - DISTANCES, 29u), extra = extra_bits_of(DISTANCES + s);
        return ENTRY(code_bits, extra, LITERAL, s < 4 ? s + 1 : 1 + ((2 + (s & 1)) << extra));
    }
    if (symbol < END_OF_BLOCK) return ENTRY(code_bits, 0, LITERAL, symbol);
    if (symbol == END_OF_BLOCK) return ENTRY(code_bits, 0, BLOCK_END, 0);
    uint s = symbol - LENGTHS, extra = extra_bits_of(symbol);
    return ENTRY(code_bits, extra, LENGTH, s >= 28 ? 258 : s < 8 ? s + 3 : 3 + ((4 + (s & 3)) << extra));
}

/* Whether codes of these numbers by length are a code. */
#define NO_CODE 0u
#define FULL_CODE 1u
/* No code, or one of one bit: both bits stand for its symbol, or for the first. */
#define ONE_CODE 2u

FN uint fullness(LOCAL_PTR const uint *counts) {
    uint space = 0;
    for (uint length = 1; length < 16; length++) space += counts[length] << (15 - length);
    if (space == 1u << 15) return FULL_CODE;
    return space == 0 || (space == 1u << 14 && counts[1] == 1) ? ONE_CODE : NO_CODE;
}

/* Makes the tables of both codes from `lengths`, and says whether they are codes. A work-item has the codes of a length. */
FN uint make_tables(LOCAL_PTR Codes *c) {
    for (uint i = ITEM; i < 1u << LITERAL_BITS; i += DECODE_ITEMS) c->literals[i] = 0;
    for (uint i = ITEM; i < 1u << DISTANCE_BITS; i += DECODE_ITEMS) c->distances[i] = 0;
    for (uint i = ITEM; i < 32; i += DECODE_ITEMS) c->counts[i / 16][i % 16] = 0;
    BARRIER;
    for (uint i = ITEM; i < SYMBOLS; i += DECODE_ITEMS)
        if (c->lengths[i]) ATOMIC_ADD(&c->counts[i >= DISTANCES][c->lengths[i]], 1u);
    BARRIER;
    uint literals = fullness(c->counts[0]), distances = fullness(c->counts[1]), are_codes = literals && distances;
    for (uint task = ITEM; task < 32 && are_codes; task += DECODE_ITEMS) {
        uint length = task % 16, which = task / 16, begin = which ? DISTANCES : 0, end = which ? SYMBOLS : DISTANCES;
        uint table_bits = which ? DISTANCE_BITS : LITERAL_BITS, code = 0, rank = begin, last = begin;
        LOCAL_PTR uint *table = which ? c->distances : c->literals;
        if (length == 0) continue;
        for (uint shorter = 1; shorter < length; shorter++)
            code = (code + c->counts[which][shorter]) << 1, rank += c->counts[which][shorter];
        for (uint symbol = begin, left = c->counts[which][length]; symbol < end && left; symbol++) {
            if (c->lengths[symbol] != length) continue;
            last = symbol, left--;
            c->sorted[rank++] = (ushort)symbol;
            if (length <= table_bits)
                for (uint i = reversed(code, length); i < 1u << table_bits; i += 1u << length)
                    table[i] = entry_of(symbol, length);
            code++;
        }
        if ((which ? distances : literals) == ONE_CODE && length == 1)
            for (uint i = 0; i < 1u << table_bits; i++) table[i] = entry_of(last, 1);
    }
    BARRIER;
    /* Two literals at once. The second is looked up at a smaller index, where there still is a single one: indices go down,
       and those of a round are all read before they are written. */
    for (uint end = are_codes ? 1u << LITERAL_BITS : 0; end > 0; end -= DECODE_ITEMS) {
        uint i = end - DECODE_ITEMS + ITEM, entry = c->literals[i], second = c->literals[i >> CODE_BITS(entry)];
        uint bits = CODE_BITS(entry) + CODE_BITS(second);
        uint are_two = CODE_BITS(entry) && CODE_BITS(second) && !KIND(entry) && !KIND(second) && bits <= LITERAL_BITS;
        BARRIER;
        if (are_two) c->literals[i] = ENTRY(bits, 1, LITERAL, VALUE(entry) | VALUE(second) << 8);
        BARRIER;
    }
    return are_codes;
}

/* The entry of a code that is longer than its table's. */
FN uint entry_of_long_code(LOCAL_PTR const Codes *c, uint which, xr_u64 bits) {
    uint code = 0, first = 0, rank = which ? DISTANCES : 0;
    for (uint length = 1; length < 16; length++) {
        uint count = c->counts[which][length];
        code |= (uint)bits & 1, bits >>= 1;
        if (code - first < count) return entry_of(c->sorted[rank + code - first], length);
        rank += count, first = (first + count) << 1, code <<= 1;
    }
    return ENTRY(15u, 0, BLOCK_END, 0); /* not reached: a full code has all bits */
}

/* The table's entry for the bits at hand. */
FN uint look_up_literal(LOCAL_PTR const Codes *c, Reader r) {
    return c->literals[(uint)r.bits & ((1u << LITERAL_BITS) - 1)];
}
FN uint look_up_distance(LOCAL_PTR const Codes *c, Reader r) {
    return c->distances[(uint)r.bits & ((1u << DISTANCE_BITS) - 1)];
}

/* Takes the code that was looked up in a table, and gives its entry, which is another if the code is long. */
FN uint take_code(LOCAL_PTR const Codes *c, uint which, uint entry, Reader *r) {
    if (!CODE_BITS(entry)) entry = entry_of_long_code(c, which, r->bits);
    take(r, CODE_BITS(entry));
    return entry;
}

/* Reads a block's code lengths (RFC 1951, 3.2.7) into `lengths`, which are 0 before; says whether they are right. The table
   of their own code is made where that of literals will be. */
FN uint read_lengths(Reader *r, LOCAL_PTR Codes *c) {
    uint literals = take(r, 5) + LENGTHS, distances = take(r, 5) + 1, listed = take(r, 4) + 4;
    uint total = literals + distances, code = 0, last = 0;
    LOCAL_PTR uint *counts = c->counts[0], *table = c->literals;
    for (uint i = 0; i < 16; i++) counts[i] = 0;
    for (uint i = 0; i < 19; i++) {
        refill(r);
        uint length = i < listed ? take(r, 3) : 0;
        c->sorted[LENGTH_ORDER[i]] = (ushort)length;
        if (length) counts[length]++;
    }
    uint full = fullness(counts);
    if (full == NO_CODE) return 0;
    for (uint length = 1; length <= LENGTH_CODE_BITS; length++, code <<= 1)
        for (uint symbol = 0; symbol < 19; symbol++) {
            if (c->sorted[symbol] != length) continue;
            last = symbol;
            for (uint i = reversed(code++, length); i < 1u << LENGTH_CODE_BITS; i += 1u << length)
                table[i] = symbol << 4 | length;
        }
    for (uint i = 0; i < 1u << LENGTH_CODE_BITS && full == ONE_CODE; i++) table[i] = last << 4 | 1;

    for (uint i = 0, length = 0; i < total;) {
        refill(r);
        uint entry = table[(uint)r->bits & ((1u << LENGTH_CODE_BITS) - 1)], symbol = entry >> 4, many = 1;
        take(r, entry & 15);
        if (symbol == 16 && i == 0) return 0;
        if (symbol != 16) length = symbol < 16 ? symbol : 0;
        if (symbol >= 16) many = take(r, repeat_bits(symbol)) + (symbol == 18 ? 11 : 3);
        if (i + many > total) return 0;
        for (; many; many--, i++) c->lengths[i < literals ? i : DISTANCES + i - literals] = (uchar)length;
    }
    return 1;
}
