/* Which tokens a segment becomes: the cheapest path through literals and matches, by a dynamic program.

   A work-item has a slice. It goes through its positions backwards and finds for each the cheapest way to the slice's end
   from there: a literal, a run of one of the special distances, the match of match.c, or that match cut to whole steps.
   Costs are relative to the segment's average byte, so that what lies beyond, where another work-item looks, costs
   nothing, wherever a path lands in it. AHEAD slices beyond are looked at for the path's sake. The best path of
   a position is one word, so that a minimum compares all of it:

       cost << 12 | bytes of the path's last token beyond the slice << 3 | kind of the position's token

   Costs are 16ths of a bit, counted from LEVEL lest they be negative. Since a path says where it lands, a work-item for
   each page goes from slice to slice and tells where each begins.

   The first pass takes its costs from the histogram of bytes, later ones from the tokens of the pass before; passes before
   the last look at a sample of the segment. Special distances have no lengths in memory: where bytes equal those a
   distance before them is a bitmap, and lengths are counts of ones. */

#define KIND 7u
#define LITERAL 0u
#define FOUND 1u
#define SPECIAL_RUN 2u /* and those after it */
#define CUT 5u
#define LANDS(bytes) ((bytes) << 3)
#define LANDING(path) ((path) >> 3 & 511u)
#define COST(cost) ((cost) << 12)
#define LEVEL COST(1u << 18)

#define WORDS_OF_SEGMENT (SEGMENT / SLICE)
/* Copies of the histogram: neighbours count in different ones. */
#define COPIES 2u
/* Costs of symbols, at least and at most, and beyond the rarest symbol's those of absent ones. */
#define CHEAPEST 16u
#define DEAREST 224u
#define ABSENT 16u

/* 16 log2 of a number above 0, rounded down between sixteenths of the mantissa. */
FN uint log_16ths(uint n) {
    uint zeros = LEADING_ZEROS(n);
    return (31 - zeros) * 16 + ((n << zeros << 1) >> 28);
}

/* A bit for each of a word's bytes that is 0. */
FN uint zero_bytes(uint word) {
    uint bits = (~(((word & 0x7f7f7f7fu) + 0x7f7f7f7fu) | word) & 0x80808080u) >> 7;
    return (bits | bits >> 7 | bits >> 14 | bits >> 21) & 15u;
}

FN uint cost_of(uint count, uint log_total) {
    uint cost = count ? log_total - log_16ths(count) : log_total + ABSENT;
    return MIN(MAX(cost, CHEAPEST), DEAREST);
}

/* A word of tokens by its number. */
FN uint mask_of(uint4 masks, uint n) { return n == 0 ? masks.x : n == 1 ? masks.y : masks.z; }

/* The cheapest path from a position on; one beyond what is looked at costs nothing. */
FN uint rest_from(LOCAL_PTR const uint *paths, uint lands, uint ahead) {
    return lands < (1 + ahead) * SLICE ? paths[lands * PARSE_ITEMS + ITEM] & ~KIND : LEVEL | LANDS(lands - SLICE);
}

KERNEL(PARSE_ITEMS) parse(Batch batch, GLOBAL uchar *slab) {
    LOCAL uint paths[(1 + AHEAD) * SLICE * PARSE_ITEMS]; /* by position and work-item; first the bitmaps */
    LOCAL uint counts[COPIES * SYMBOLS];
    LOCAL uint literal_costs[256], length_costs[256], distance_costs[32];
    LOCAL uchar entries[PARSE_ITEMS]; /* where a slice's first token begins; 255: beyond it */
    LOCAL uint totals[3];
    Segment s = segment_of_group(batch, slab);
    uint bytes = s.end - s.begin, some = MAX(bytes, 1u);
    GLOBAL const uint *words = words_of_tile(batch, slab, s.tile);
    GLOBAL const uint *matches = matches_of_tile(batch, slab, s.tile);
    GLOBAL uint4 *tokens = tokens_of_segment(batch, slab, s);
    GLOBAL uint *result = IN_SLAB(uint, batch.counts) + (size_t)GROUP * SYMBOLS;
    uint copy = ITEM / 32 % COPIES * SYMBOLS;

    for (uint i = ITEM; i < COPIES * SYMBOLS; i += PARSE_ITEMS) counts[i] = 0;
    for (uint i = ITEM; i < SPECIAL * WORDS_OF_SEGMENT; i += PARSE_ITEMS) paths[i] = 0;
    if (ITEM < 3) totals[ITEM] = 0;
    BARRIER;

    /* Histogram of bytes; bitmaps of bytes that equal those a special distance before. */
    for (uint at = s.begin + ITEM * 4; at < s.end; at += PARSE_ITEMS * 4) {
        uint word = words[at >> 2], count = MIN(4u, s.end - at);
        for (uint b = 0; b < count; b++) ATOMIC_ADD(&counts[copy + (word >> (8 * b) & 255)], 1u);
#pragma unroll
        for (uint q = 0; q < SPECIAL; q++) {
            uint distance = batch.special[q];
            if (distance == 0 || at < distance) continue;
            uint equal = zero_bytes(word ^ word_at(words, at - distance)) & ((1u << count) - 1);
            if (equal) ATOMIC_OR(&paths[q * WORDS_OF_SEGMENT + (at - s.begin) / SLICE], equal << (at % SLICE));
        }
    }
    BARRIER;

    /* Costs of the first pass. The bitmaps move to where tokens will be. */
    for (uint i = ITEM; i < 256; i += PARSE_ITEMS) {
        uint count = 0;
        for (uint k = 0; k < COPIES; k++) count += counts[k * SYMBOLS + i];
        uint cost = MIN(MAX(count ? log_16ths(some) - log_16ths(count) : DEAREST, CHEAPEST + 4), DEAREST);
        literal_costs[i] = cost;
        if (count) ATOMIC_ADD(&totals[0], count * cost);
        Coded length = coded_length(i + 3);
        length_costs[i] = (length.symbol < 261 ? 64 : 80) + 16 * length.extra_bits;
    }
    if (ITEM < CODED_DISTANCES) distance_costs[ITEM] = (ITEM == 0 ? 40 : 64) + 16 * extra_bits_of(DISTANCES + ITEM);
    for (uint i = ITEM; i * SLICE < bytes; i += PARSE_ITEMS) {
        uint4 masks;
        masks.x = paths[i], masks.y = paths[WORDS_OF_SEGMENT + i], masks.z = paths[2 * WORDS_OF_SEGMENT + i];
        masks.w = 0;
        tokens[i] = masks;
    }
    BARRIER;
    uint average = totals[0] / some;

    for (uint pass = 1; pass <= batch.passes; pass++) {
        uint is_last = pass == batch.passes, round_bytes = PARSE_ITEMS * SLICE, special_costs[SPECIAL], parsed = 0;
        uint every = is_last ? 1 : batch.sampled_every, rounds = (bytes + round_bytes - 1) / round_bytes;
        BARRIER; /* the totals of the pass before */
        for (uint i = ITEM; i < 256; i += PARSE_ITEMS) {
            literal_costs[i] = COST(literal_costs[i] - average);
            length_costs[i] = COST(length_costs[i] - (i + 3) * average);
        }
        if (ITEM < CODED_DISTANCES) distance_costs[ITEM] = COST(distance_costs[ITEM]);
        for (uint i = ITEM; i < COPIES * SYMBOLS; i += PARSE_ITEMS) counts[i] = 0;
        if (ITEM < 3) totals[ITEM] = 0;
        BARRIER;
#pragma unroll
        for (uint q = 0; q < SPECIAL; q++)
            special_costs[q] =
                batch.special[q] ? distance_costs[coded_distance(batch.special[q]).symbol] + SPECIAL_RUN + q : 0;

        for (uint round = is_last ? 0 : MIN(every, rounds) / 2; round < rounds; round += every) {
            uint slice = round * PARSE_ITEMS + ITEM, begin = s.begin + slice * SLICE;
            uint length = begin < s.end ? MIN(SLICE, s.end - begin) : 0, starts_match = 0, runs_on[SPECIAL];
            uint4 equal;
            parsed += MIN(round_bytes, bytes - round * round_bytes);

            /* The cheapest paths, backwards. */
            equal.x = equal.y = equal.z = equal.w = 0;
            uint last_slice = MIN(slice | (SLICES_OF_PAGE - 1), (bytes - 1) / SLICE), path = LEVEL;
            uint ahead = length ? MIN((uint)AHEAD, last_slice - slice) : 0;
            uint run[SPECIAL]; /* equal bytes from here on, by special distance */
#pragma unroll
            for (uint q = 0; q < SPECIAL; q++) {
                run[q] = 0;
                for (uint next = slice + ahead + 1, goes_on = 1;
                     goes_on && next % SLICES_OF_PAGE && next * SLICE < bytes && run[q] < LONGEST_MATCH; next++) {
                    uint unequal = ~mask_of(tokens[next], q);
                    run[q] += unequal ? TRAILING_ZEROS(unequal) : SLICE;
                    goes_on = !unequal;
                }
            }
            for (uint parts = length ? ahead + 1 : 0; parts > 0; parts--) {
                uint part = parts - 1, base = part * SLICE;
                GLOBAL const uint *found = matches + ((s.begin + (slice + part) / SLICES_OF_PAGE * PAGE) >> STEP_SHIFT) +
                                           (slice + part) % SLICES_OF_PAGE;
                equal = tokens[slice + part];
#pragma unroll
                for (uint q = 0; q < SPECIAL; q++) runs_on[q] = run[q];
                for (uint w = SLICE / 4; w > 0; w--) {
                    uint word = words[((begin + base) >> 2) + w - 1];
                    uint any = (equal.x | equal.y | equal.z) >> (4 * w - 4) & 15;
                    if (!any) run[0] = run[1] = run[2] = 0;
#pragma unroll
                    for (uint b = 4; b > 0; b--) {
                        uint k = 4 * w - 4 + b - 1, best = (path & ~KIND) + literal_costs[word >> (8 * b - 8) & 255];
                        if (any) {
#pragma unroll
                            for (uint q = 0; q < SPECIAL; q++) {
                                run[q] = mask_of(equal, q) >> k & 1 ? run[q] + 1 : 0;
                                if (run[q] < 3) continue;
                                uint size = MIN(run[q], LONGEST_MATCH), rest = rest_from(paths, base + k + size, ahead);
                                best = MIN(best, rest + length_costs[size - 3] + special_costs[q]);
                            }
                        }
                        uint match = HASHED && k % STEP == 0 ? found[(k >> STEP_SHIFT) * SLICES_OF_PAGE] : 0;
                        if (match) {
                            uint size = match >> 16, whole = size & ~(STEP - 1);
                            uint cost = distance_costs[coded_distance(match & 0xffff).symbol];
                            uint rest = rest_from(paths, base + k + size, ahead);
                            best = MIN(best, rest + length_costs[size - 3] + cost + FOUND);
                            if (whole != size && whole >= 3) {
                                rest = rest_from(paths, base + k + whole, ahead);
                                best = MIN(best, rest + length_costs[whole - 3] + cost + CUT);
                            }
                        }
                        /* Beyond the slice only the cost counts: a path into it lands where it enters. */
                        path = part ? COST(best >> 12) | LANDS(base + k - SLICE) : best;
                        paths[(base + k) * PARSE_ITEMS + ITEM] = path;
                        if (!part) starts_match = starts_match << 1 | ((best & KIND) != LITERAL);
                    }
                }
            }
            BARRIER;

            /* From slice to slice of a page. */
            if (ITEM % SLICES_OF_PAGE == 0 && length)
                for (uint i = 0, entry = 0; i < SLICES_OF_PAGE; i++) {
                    entries[ITEM + i] = entry >= SLICE ? 255 : (uchar)entry;
                    entry = entry >= SLICE ? entry - SLICE : LANDING(paths[entry * PARSE_ITEMS + ITEM + i]);
                }
            BARRIER;

            /* The path's tokens, and how often their symbols occur. */
            if (length) {
                GLOBAL const uint *found = matches + ((begin & ~(PAGE - 1)) >> STEP_SHIFT) + slice % SLICES_OF_PAGE;
                uint4 out;
                out.x = out.y = out.z = out.w = 0;
                for (uint k = entries[ITEM]; k < length;) {
                    uint later = starts_match >> k, at = later ? k + TRAILING_ZEROS(later) : SLICE;
                    out.x |= at < SLICE ? ((2u << at) - 1) & (~0u << k) : ~0u << k;
                    k = at;
                    if (at >= length) continue;
                    uint kind = paths[at * PARSE_ITEMS + ITEM] & KIND, size, distance;
                    if (kind == FOUND || kind == CUT) {
                        uint match = found[(at >> STEP_SHIFT) * SLICES_OF_PAGE];
                        size = kind == CUT ? match >> 16 & ~(STEP - 1) : match >> 16;
                        distance = match & 0xffff, kind = 0;
                    } else {
                        uint q = kind - SPECIAL_RUN, unequal = ~(mask_of(equal, q) >> at);
                        size = unequal ? TRAILING_ZEROS(unequal) : SLICE;
                        uint beyond = q == 0 ? runs_on[0] : q == 1 ? runs_on[1] : runs_on[2];
                        if (size >= SLICE - at) size = SLICE - at + beyond;
                        size = MIN(size, LONGEST_MATCH), distance = batch.special[q], kind = q + 1;
                    }
                    out.y |= 1u << at, out.z |= (kind & 1) << at, out.w |= (kind >> 1) << at;
                    ATOMIC_ADD(&counts[copy + coded_length(size).symbol], 1u);
                    ATOMIC_ADD(&counts[copy + DISTANCES + coded_distance(distance).symbol], 1u);
                    k = at + size;
                }
                if (length < SLICE) out.x &= (1u << length) - 1;
                uint literals = out.x & ~out.y;
                for (uint w = 0; w < SLICE / 4; w++) {
                    uint word = literals >> (4 * w) & 15 ? words[(begin >> 2) + w] : 0;
#pragma unroll
                    for (uint b = 0; b < 4; b++)
                        if (literals >> (4 * w + b) & 1) ATOMIC_ADD(&counts[copy + (word >> (8 * b) & 255)], 1u);
                }
                if (is_last) tokens[slice] = out;
            }
        }

        /* What the tokens cost by their own frequencies. */
        BARRIER;
        for (uint i = ITEM; i < SYMBOLS; i += PARSE_ITEMS) {
            uint count = i == END_OF_BLOCK;
            for (uint k = 0; k < COPIES; k++) count += counts[k * SYMBOLS + i];
            counts[i] = count;
            if (count) ATOMIC_ADD(&totals[i >= DISTANCES], count);
        }
        BARRIER;
        uint log_literals = log_16ths(totals[0]), log_distances = totals[1] ? log_16ths(totals[1]) : 0, sum = 0;
        for (uint i = ITEM; i < SYMBOLS; i += PARSE_ITEMS) {
            uint cost = cost_of(counts[i], i < DISTANCES ? log_literals : log_distances);
            uint whole = cost + 16 * extra_bits_of(i);
            sum += counts[i] * whole;
            if (i < 256) literal_costs[i] = cost;
            if (i >= DISTANCES && i < DISTANCES + CODED_DISTANCES) distance_costs[i - DISTANCES] = whole;
            if (is_last) result[i] = counts[i];
        }
        for (uint i = ITEM; i < 256; i += PARSE_ITEMS) {
            Coded length = coded_length(i + 3);
            length_costs[i] = cost_of(counts[length.symbol], log_literals) + 16 * length.extra_bits;
        }
        if (sum) ATOMIC_ADD(&totals[2], sum);
        BARRIER;
        average = totals[2] / MAX(parsed, 1u);
    }
}
