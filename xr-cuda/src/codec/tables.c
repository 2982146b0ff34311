/* What nvCOMP is given and gives: tables with an element for each chunk of a batch. */

typedef unsigned long long xr_u64;
typedef unsigned char xr_u8;

/* Places and tables in the slab. `lengths` tells how long inputs are, for each tile of the job, or is 0: then all are
   `length`. Tiles that have failed before, or that `empty` names if it is not 0, are passed over: `idle` stands in. */
typedef struct {
    xr_u64 from, from_stride, lengths, empty, to, to_stride, idle;
    xr_u64 inputs, input_bytes, outputs, output_room;
    uint first, count, length, room, idle_length, idle_words[3];
} Tables;

KERNEL(ITEMS) fill_tables(Tables t, GLOBAL xr_u8 *slab) {
    uint n = GLOBAL_ITEM, tile = t.first + n;
    if (n < 3) ((GLOBAL uint *)(slab + t.idle))[n] = t.idle_words[n];
    if (n >= t.count) return;
    uint length = t.lengths ? ((GLOBAL const uint *)(slab + t.lengths))[tile] : t.length;
    uint idle = length == FAILED || (t.empty && ((GLOBAL const uint *)(slab + t.empty))[tile]);
    xr_u64 base = (xr_u64)slab;
    ((GLOBAL xr_u64 *)(slab + t.inputs))[n] = base + (idle ? t.idle : t.from + n * t.from_stride);
    ((GLOBAL xr_u64 *)(slab + t.input_bytes))[n] = idle ? t.idle_length : length;
    ((GLOBAL xr_u64 *)(slab + t.outputs))[n] = base + t.to + n * t.to_stride;
    ((GLOBAL xr_u64 *)(slab + t.output_room))[n] = t.room;
}

/* `lengths` as above; `wanted` is the only right length of an output, or 0. */
typedef struct {
    xr_u64 output_bytes, statuses, lengths, results;
    uint first, count, room, wanted;
} Results;

/* The lengths of outputs, or that they failed. */
KERNEL(ITEMS) read_results(Results r, GLOBAL xr_u8 *slab) {
    uint n = GLOBAL_ITEM, tile = r.first + n;
    if (n >= r.count) return;
    xr_u64 bytes = ((GLOBAL const xr_u64 *)(slab + r.output_bytes))[n];
    uint failed = ((GLOBAL const uint *)(slab + r.statuses))[n] != 0 || bytes > r.room;
    if (r.wanted && bytes != r.wanted) failed = 1;
    if (r.lengths && ((GLOBAL const uint *)(slab + r.lengths))[tile] == FAILED) failed = 1;
    ((GLOBAL uint *)(slab + r.results))[tile] = failed ? FAILED : (uint)bytes;
}
