/* Spans of bytes to their places one after the other: a number of work-groups shares a span. Words are written whole, each
   made of the one or two that have its bytes. Devices have their lowest byte first. */

typedef struct { xr_u64 from, to, length; } Moved;
/* By value, within what every device takes as arguments. */
typedef struct { Moved at[SPANS]; } AllMoved;

KERNEL(ITEMS) gather(AllMoved all, uint sharing, GLOBAL const uchar *source, GLOBAL uchar *target) {
    Moved span = all.at[GROUP / sharing];
    xr_u64 item = GROUP % sharing * ITEMS + ITEM, items = sharing * ITEMS;
    xr_u64 head = MIN((0 - span.to) % 4, span.length), words = (span.length - head) / 4, tail = head + 4 * words;
    xr_u64 begin = span.from + head;
    uint shift = 8 * (uint)(begin % 4);
    GLOBAL const uint *in = (GLOBAL const uint *)(source + (begin - begin % 4));
    GLOBAL uint *out = (GLOBAL uint *)(target + (span.to + head));
    if (item < head) target[span.to + item] = source[span.from + item];
    if (item < span.length - tail) target[span.to + tail + item] = source[span.from + tail + item];
    for (xr_u64 n = item; n < words; n += items)
        out[n] = shift ? in[n] >> shift | in[n + 1] << (32 - shift) : in[n];
}
