/* The symbols and codes of deflate: RFC 1951. */

/* Symbols 0 to 287 are literals, the block's end and lengths; those from DISTANCES on are distances. */
#define SYMBOLS 320u
#define DISTANCES 288u
#define LENGTHS 257u
#define END_OF_BLOCK 256u
#define CODED_SYMBOLS 286u
#define CODED_DISTANCES 30u
#define LONGEST_MATCH 258u

/* Kinds of blocks, as RFC 1951 numbers them. */
#define STORED 0u
#define FIXED 1u
#define DYNAMIC 2u

/* A symbol with the bits that follow it. */
typedef struct {
    uint symbol, extra_bits, extra;
} Coded;

/* RFC 1951, 3.2.5: a length of 3 to 258. */
FN Coded coded_length(uint length) {
    uint l = length - 3;
    Coded c;
    c.symbol = LENGTHS + l, c.extra_bits = 0, c.extra = 0;
    if (l == 255) {
        c.symbol = 285;
    } else if (l >= 8) {
        c.extra_bits = 29 - LEADING_ZEROS(l);
        c.extra = l & ((1u << c.extra_bits) - 1);
        c.symbol = LENGTHS + 4 * c.extra_bits + (l >> c.extra_bits);
    }
    return c;
}

/* A distance of 1 to 32,768; its symbol counts from 0. */
FN Coded coded_distance(uint distance) {
    uint d = distance - 1;
    Coded c;
    c.symbol = d, c.extra_bits = 0, c.extra = 0;
    if (d >= 2) {
        c.extra_bits = 30 - LEADING_ZEROS(d);
        c.extra = d & ((1u << c.extra_bits) - 1);
        c.symbol = 2 * c.extra_bits + (d >> c.extra_bits);
    }
    return c;
}

/* Extra bits of a symbol. */
FN uint extra_bits_of(uint symbol) {
    if (symbol >= DISTANCES) return symbol < DISTANCES + 4 ? 0 : ((symbol - DISTANCES) >> 1) - 1;
    return symbol >= 265 && symbol < 285 ? (symbol - 261) >> 2 : 0;
}

/* The bits of a code in reverse: deflate packs codes from their first bit on. */
FN uint reversed(uint code, uint bits) {
    uint result = 0;
    for (; bits; bits--, code >>= 1) result = result << 1 | (code & 1);
    return result;
}

/* RFC 1951, 3.2.6. */
FN uint fixed_length(uint symbol) {
    if (symbol >= DISTANCES) return 5;
    return symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
}

FN uint fixed_code(uint symbol) {
    if (symbol >= DISTANCES) return symbol - DISTANCES;
    if (symbol < 256) return symbol < 144 ? 0x30 + symbol : 0x190 + symbol - 144;
    return symbol < 280 ? symbol - 256 : 0xc0 + symbol - 280;
}

/* Order of the lengths of length codes, RFC 1951, 3.2.7. */
CONSTANT uchar LENGTH_ORDER[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
/* Lengths 16, 17 and 18 repeat: extra bits of such. */
FN uint repeat_bits(uint symbol) { return symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7; }
