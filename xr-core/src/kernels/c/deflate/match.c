/* Earlier occurrences of bytes, by a hash table in local memory: the one found is the latest of equal hash.

   The work-items walk the segment in rounds, a position each, STEP bytes apart: where a predictor keeps samples whole,
   matches that begin within one are not worth their search. In a round all look a hash up and then enter their own, so
   that a table holds positions of earlier rounds only. The largest position wins a slot: whichever work-item comes first,
   the table is the same. HASHED bytes make a hash; many at once do better than chains of candidates.

   Memory is waited for in the background: a round loads the words of the next one, and the words of its candidates are
   compared in the next. */

#define HASH_BITS 12
/* Bytes before the segment that are entered. */
#define REACH 8192u
/* Longer matches of words are those of special distances. */
#define LONGEST_FOUND 130u

KERNEL(MATCH_ITEMS) find_matches(Batch batch, GLOBAL uchar *slab) {
    /* By hash: one more than the steps from `base` to the latest position, or 0. */
    LOCAL uint latest[1 << HASH_BITS];
    /* A page's matches, by step of a slice and slice; a row is padded. */
    LOCAL uint found[(SLICE >> STEP_SHIFT) * (SLICES_OF_PAGE + 1)];
    Segment s = segment_of_group(batch, slab);
    GLOBAL const uint *words = words_of_tile(batch, slab, s.tile);
    GLOBAL uint *matches = matches_of_tile(batch, slab, s.tile);
    uint round_bytes = MATCH_ITEMS << STEP_SHIFT, base = s.index ? s.begin - REACH : 0;
    if (s.end == s.begin) base = s.begin; /* an empty tile */
    for (uint i = ITEM; i < 1u << HASH_BITS; i += MATCH_ITEMS) latest[i] = 0;
    BARRIER;

    /* Bytes 5 to 8 of what is hashed. */
    uint mask = HASHED == 8 ? ~0u : (1u << (8 * (HASHED - 4))) - 1;
    uint last_round = (s.end + PAGE - 1) / PAGE * PAGE, limit = batch.tile_bytes;
    uint next0 = 0, next1 = 0, next2 = 0;                     /* words of the next round's position */
    uint candidate = 0, is_candidate = 0, four = 0, old0 = 0, old1 = 0; /* of the round before, with its bytes */
    uint at = base + (ITEM << STEP_SHIFT);
    if (at + 9 <= limit) next0 = words[at >> 2], next1 = words[(at >> 2) + 1], next2 = words[(at >> 2) + 2];
    for (uint round = base; round <= last_round; round += round_bytes, at += round_bytes) {
        uint hash = 0, slot = 0, is_entered = 0, low = 0;
        if (at + 9 <= limit && at < s.end) {
            uint shift = (at & 3) * 8, high = next1;
            low = next0;
            if (shift) {
                low = next0 >> shift | next1 << (32 - shift);
                high = next1 >> shift | next2 << (32 - shift);
            }
            /* Inside a run there is nothing to find but the run: a table entry for all would be a queue of atomics. */
            is_entered = low != (low & 255) * 0x01010101u || ((high ^ low) & (255u | mask));
            high &= mask;
            hash = low * 0x9e3779b1u;
            hash ^= hash >> 15;
            hash = ((hash + high * 0x85ebca77u) * 0xc2b2ae3du) >> (32 - HASH_BITS);
            slot = is_entered ? latest[hash] : 0;
        }
        uint next = at + round_bytes;
        if (next + 9 <= limit && next < s.end)
            next0 = words[next >> 2], next1 = words[(next >> 2) + 1], next2 = words[(next >> 2) + 2];
        BARRIER;
        if (is_entered) ATOMIC_MAX(&latest[hash], ((at - base) >> STEP_SHIFT) + 1);

        if (round > s.begin) {
            uint before = at - round_bytes, match = 0, in_page = before & (PAGE - 1), distance = before - candidate;
            if (is_candidate && distance <= 32768) {
                uint shift = (candidate & 3) * 8, length = 4;
                uint differ = (shift ? old0 >> shift | old1 << (32 - shift) : old0) ^ four;
                if (differ) {
                    length = TRAILING_ZEROS(differ) >> 3;
                } else {
                    uint longest = MIN(LONGEST_FOUND, MIN(before - in_page + PAGE, s.end) - before);
                    while (length < longest && !differ) {
                        differ = word_at(words, candidate + length) ^ word_at(words, before + length);
                        length += differ ? TRAILING_ZEROS(differ) >> 3 : 4;
                    }
                    length = MIN(length, longest);
                }
                if (length >= 3) match = length << 16 | distance;
            }
            found[((in_page % SLICE) >> STEP_SHIFT) * (SLICES_OF_PAGE + 1) + in_page / SLICE] = match;
        }
        is_candidate = slot && round >= s.begin;
        if (is_candidate) {
            candidate = base + ((slot - 1) << STEP_SHIFT), four = low;
            old0 = words[candidate >> 2], old1 = words[(candidate >> 2) + 1];
        }
        BARRIER;
        if (round > s.begin && round % PAGE == 0)
            for (uint i = ITEM; i < PAGE >> STEP_SHIFT; i += MATCH_ITEMS)
                matches[((round - PAGE) >> STEP_SHIFT) + i] =
                    found[i / SLICES_OF_PAGE * (SLICES_OF_PAGE + 1) + i % SLICES_OF_PAGE];
    }
}
