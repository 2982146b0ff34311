/* The codes of a block: Huffman codes of at most 15 bits from a segment's counts of symbols, and its header; or the fixed
   codes, or none, whichever takes the fewest bits. A work-group of HUFFMAN_ITEMS has a segment; what cannot be shared is
   done by single work-items side by side: LITERAL_ITEM, DISTANCE_ITEM and HEADER_ITEM. */

#define LITERAL_ITEM 0u
#define DISTANCE_ITEM 32u
#define HEADER_ITEM 32u
#define NO_COUNT (~0u)

/* Turns the weights of `n` ≥ 2 leaves, in ascending order, into the depths of an optimal tree, in place: Moffat and
   Katajainen, In-Place Calculation of Minimum-Redundancy Codes (1995). First weights of parents and their numbers, then
   depths of inner nodes, then of leaves. */
FN void tree_depths(LOCAL_PTR uint *a, int n) {
    int root = 0, leaf = 2, next;
    a[0] += a[1];
    for (next = 1; next < n - 1; next++) {
        if (leaf >= n || a[root] < a[leaf]) a[next] = a[root], a[root++] = (uint)next;
        else a[next] = a[leaf++];
        if (leaf >= n || (root < next && a[root] < a[leaf])) a[next] += a[root], a[root++] = (uint)next;
        else a[next] += a[leaf++];
    }
    a[n - 2] = 0;
    for (next = n - 3; next >= 0; next--) a[next] = a[a[next]] + 1;
    int spare = 1, used = 0, depth = 0;
    for (root = n - 2, next = n - 1; spare > 0; spare = 2 * used, used = 0, depth++) {
        while (root >= 0 && (int)a[root] == depth) used++, root--;
        for (; spare > used; spare--) a[next--] = (uint)depth;
    }
}

/* What code lengths are made of and in: weights in ascending order with their symbols, numbers of codes by length, and
   the lengths by symbol. */
typedef struct {
    uint weights[SYMBOLS];
    uint of_length[2][16]; /* of literals, of distances */
    ushort symbols[SYMBOLS];
    uchar lengths[SYMBOLS];
} Lengths;

/* Code lengths of symbols from `first` on: `n` ≥ 2 of them, none longer than `longest`. Codes that are too long are cut,
   which takes more than there are; then the longest code that is shorter is made longer until they fit. */
FN void make_lengths(LOCAL_PTR Lengths *of, LOCAL_PTR uint *of_length, uint first, uint n, uint longest) {
    LOCAL_PTR uint *depths = of->weights + first;
    for (uint i = 0; i < 16; i++) of_length[i] = 0;
    tree_depths(depths, (int)n);
    for (uint i = 0; i < n; i++) of_length[MIN(depths[i], longest)]++;
    uint taken = 0;
    for (uint i = longest; i > 0; i--) taken += of_length[i] << (longest - i);
    for (; taken > 1u << longest; taken--) {
        uint i = longest - 1;
        while (of_length[i] == 0) i--;
        of_length[longest]--, of_length[i]--, of_length[i + 1] += 2;
    }
    for (uint i = 1, j = n; i <= longest; i++)
        for (uint left = of_length[i]; left > 0; left--) of->lengths[of->symbols[first + --j]] = (uchar)i;
}

/* A table's entry of a code: its length and its bits. */
#define CODE(length, bits) ((length) << 16 | (bits))

/* A header that is written. */
typedef struct {
    uint words[HEADER_WORDS];
    ushort runs[SYMBOLS]; /* symbol | extra << 5 */
    uint counts[20], codes[20], bits;
    uchar sequence[SYMBOLS]; /* lengths of literals, then of distances */
} Header;

FN void put(LOCAL_PTR Header *h, uint value, uint bits) {
    uint word = h->bits >> 5, shift = h->bits & 31;
    h->words[word] |= value << shift;
    if (shift + bits > 32) h->words[word + 1] |= value >> (32 - shift);
    h->bits += bits;
}

FN void put_run(LOCAL_PTR Header *h, LOCAL_PTR uint *n, uint symbol, uint extra) {
    h->runs[(*n)++] = (ushort)(symbol | extra << 5);
    h->counts[symbol]++;
}

/* Writes the header of `literals` and `distances` code lengths: RFC 1951, 3.2.7. `of` is free by then. */
FN void write_header(LOCAL_PTR Header *h, LOCAL_PTR Lengths *of, uint literals, uint distances) {
    LOCAL_PTR uint *runs = &of->of_length[1][0];
    uint total = literals + distances;
    *runs = 0;
    for (uint i = 0; i < 20; i++) h->counts[i] = 0;
    for (uint i = 0; i < total;) {
        uint length = h->sequence[i], left = 1;
        while (i + left < total && h->sequence[i + left] == length) left++;
        i += left;
        if (length) put_run(h, runs, length, 0), left--;
        while (left >= 3) {
            uint many = MIN(left, length ? 6u : 138u);
            put_run(h, runs, length ? 16 : many <= 10 ? 17 : 18, many - (length || many <= 10 ? 3 : 11));
            left -= many;
        }
        for (; left > 0; left--) put_run(h, runs, length, 0);
    }
    uint used = *runs, n = 0;

    /* Their own code, sorted by insertion; a code of one symbol gets a second one, lest decoders refuse it. */
    for (uint i = 0; i < 19; i++) {
        uint count = h->counts[i], at = n;
        of->lengths[i] = 0;
        if (!count) continue;
        for (; at > 0 && of->weights[at - 1] > count; at--)
            of->weights[at] = of->weights[at - 1], of->symbols[at] = of->symbols[at - 1];
        of->weights[at] = count, of->symbols[at] = (ushort)i, n++;
    }
    if (n == 1) {
        of->weights[1] = of->weights[0], of->symbols[1] = of->symbols[0];
        of->weights[0] = 1, of->symbols[0] = of->symbols[1] == 0, n = 2;
    }
    LOCAL_PTR uint *of_length = &of->of_length[0][0];
    make_lengths(of, of_length, 0, n, 7);
    for (uint length = 1, code = 0; length < 8; length++, code <<= 1)
        for (uint i = 0; i < 19; i++)
            if (of->lengths[i] == length) h->codes[i] = reversed(code++, length);

    uint listed = 19;
    while (listed > 4 && !of->lengths[LENGTH_ORDER[listed - 1]]) listed--;
    h->bits = 0;
    put(h, DYNAMIC << 1, 3); /* emit.c marks the last block */
    put(h, literals - LENGTHS, 5);
    put(h, distances - 1, 5);
    put(h, listed - 4, 4);
    for (uint i = 0; i < listed; i++) put(h, of->lengths[LENGTH_ORDER[i]], 3);
    for (uint i = 0; i < used; i++) {
        uint symbol = h->runs[i] & 31, length = of->lengths[symbol];
        put(h, h->codes[symbol] | (uint)(h->runs[i] >> 5) << length, length + repeat_bits(symbol));
    }
}

KERNEL(HUFFMAN_ITEMS) make_codes(Batch batch, GLOBAL uchar *slab) {
    LOCAL Lengths of;
    LOCAL Header header;
    LOCAL uint counts[SYMBOLS]; /* with the symbol in the lowest nine bits, so that none are equal; or NO_COUNT */
    LOCAL uint used[2], dynamic_bits, fixed_bits, literals, distances, invented;
    Segment s = segment_of_group(batch, slab);
    uint bytes = s.end - s.begin;
    GLOBAL const uint *counted = IN_SLAB(const uint, batch.counts) + (size_t)GROUP * SYMBOLS;

    if (ITEM == 0) used[0] = used[1] = dynamic_bits = fixed_bits = invented = 0, literals = LENGTHS, distances = 1;
    for (uint i = ITEM; i < HEADER_WORDS; i += HUFFMAN_ITEMS) header.words[i] = 0;
    BARRIER;
    for (uint i = ITEM; i < SYMBOLS; i += HUFFMAN_ITEMS) {
        uint count = counted[i];
        counts[i] = count ? count << 9 | i : NO_COUNT;
        of.lengths[i] = 0;
        if (count) ATOMIC_ADD(&used[i >= DISTANCES], 1u);
    }
    BARRIER;
    /* Two symbols of either code at least: not all decoders take fewer. The block's end is one already. */
    if (ITEM == 0) {
        for (uint i = DISTANCES; used[1] < 2; i++)
            if (counts[i] == NO_COUNT) counts[i] = 1u << 9 | i, invented |= 1u << (i - DISTANCES), used[1]++;
        if (used[0] < 2) counts[0] = 1u << 9, invented |= 1u << 31, used[0]++;
    }
    BARRIER;
    for (uint i = ITEM; i < SYMBOLS; i += HUFFMAN_ITEMS) {
        uint count = counts[i], rank = 0;
        uint first = i < DISTANCES ? 0 : DISTANCES, last = i < DISTANCES ? DISTANCES : SYMBOLS;
        if (count == NO_COUNT) continue;
        for (uint j = first; j < last; j++) rank += counts[j] < count;
        of.weights[first + rank] = count >> 9, of.symbols[first + rank] = (ushort)i;
    }
    BARRIER;
    if (ITEM == LITERAL_ITEM || ITEM == DISTANCE_ITEM) {
        uint k = ITEM == DISTANCE_ITEM;
        make_lengths(&of, &of.of_length[k][0], k ? DISTANCES : 0, used[k], 15);
    }
    BARRIER;

    /* Bits of the block by either code. */
    uint by_dynamic = 0, by_fixed = 0;
    for (uint i = ITEM; i < SYMBOLS; i += HUFFMAN_ITEMS) {
        uint length = of.lengths[i], bit = i == 0 ? 31 : i - DISTANCES;
        uint is_invented = (i == 0 || (i >= DISTANCES && i < DISTANCES + 2)) && invented >> bit & 1;
        uint count = counts[i] == NO_COUNT || is_invented ? 0 : counts[i] >> 9;
        by_dynamic += count * (length + extra_bits_of(i));
        by_fixed += count * (fixed_length(i) + extra_bits_of(i));
        if (length && i < DISTANCES) ATOMIC_MAX(&literals, i + 1);
        if (length && i >= DISTANCES) ATOMIC_MAX(&distances, i - DISTANCES + 1);
    }
    ATOMIC_ADD(&dynamic_bits, by_dynamic);
    ATOMIC_ADD(&fixed_bits, by_fixed);
    BARRIER;
    for (uint i = ITEM; i < literals + distances; i += HUFFMAN_ITEMS)
        header.sequence[i] = i < literals ? of.lengths[i] : of.lengths[DISTANCES + i - literals];
    /* Canonical codes, RFC 1951, 3.2.2: a work-item for each length of either. */
    if (ITEM < 32 && ITEM % 16) {
        uint length = ITEM % 16, is_distance = ITEM / 16, code = 0;
        for (uint shorter = 1; shorter < length; shorter++) code = (code + of.of_length[is_distance][shorter]) << 1;
        uint last = is_distance ? DISTANCES + CODED_DISTANCES : CODED_SYMBOLS;
        for (uint i = is_distance ? DISTANCES : 0; i < last; i++)
            if (of.lengths[i] == length) counts[i] = CODE(length, reversed(code++, length));
    }
    BARRIER;
    for (uint i = ITEM; i < SYMBOLS; i += HUFFMAN_ITEMS)
        if (!of.lengths[i]) counts[i] = 0;
    BARRIER;
    if (ITEM == HEADER_ITEM) write_header(&header, &of, literals, distances);
    BARRIER;

    /* A stored block costs up to seven bits of alignment, and four bytes of lengths. */
    uint dynamic = header.bits + dynamic_bits, fixed = 3 + fixed_bits, stored = 3 + 7 + 32 + 8 * bytes;
    uint kind = stored < MIN(dynamic, fixed) ? STORED : fixed <= dynamic ? FIXED : DYNAMIC;
    GLOBAL uint *codes = IN_SLAB(uint, batch.codes) + (size_t)GROUP * SYMBOLS;
    for (uint i = ITEM; i < SYMBOLS; i += HUFFMAN_ITEMS) {
        uint length = fixed_length(i), code = CODE(length, reversed(fixed_code(i), length));
        if (kind == STORED) code = i < 256 ? CODE(8u, i) : 0;
        codes[i] = kind == DYNAMIC ? counts[i] : code;
    }
    GLOBAL uint *words = IN_SLAB(uint, batch.headers) + (size_t)GROUP * HEADER_WORDS;
    for (uint i = ITEM; i < HEADER_WORDS; i += HUFFMAN_ITEMS)
        words[i] = kind == DYNAMIC ? header.words[i] : i == 0 ? kind << 1 : 0;
    if (ITEM == 0) {
        uint4 block;
        block.x = kind, block.y = kind == DYNAMIC ? header.bits : 3, block.w = 0;
        block.z = kind == DYNAMIC ? dynamic : fixed;
        IN_SLAB(uint4, batch.blocks)[GROUP] = block;
    }
}
