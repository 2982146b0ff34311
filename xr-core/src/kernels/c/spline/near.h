/* The points of the 3 × 3 leaves around a leaf: three runs, taken as one. */

typedef struct { uint begins[3], ends[3]; } Runs;

FN Runs runs_around(Tree tree, GLOBAL const uchar *tables, uint u, uint v) {
    uint first = u > 0 ? u - 1 : 0, last = MIN(u + 1, tree.across - 1);
    Runs runs;
#pragma unroll
    for (uint k = 0; k < 3; k++) {
        uint line = v + k - 1; /* beyond all for the line before the first */
        int is_there = line < tree.down;
        GLOBAL const uint *starts = UINTS(tables, tree.starts) + (size_t)(is_there ? line : 0) * tree.across;
        runs.begins[k] = starts[first];
        runs.ends[k] = (k ? runs.ends[k - 1] : 0) + (is_there ? starts[last + 1] - starts[first] : 0);
    }
    return runs;
}

/* Point `n` of the runs. */
FN uint point_of_runs(Runs runs, uint n) {
    return n < runs.ends[0] ? runs.begins[0] + n
         : n < runs.ends[1] ? runs.begins[1] + n - runs.ends[0]
                            : runs.begins[2] + n - runs.ends[1];
}
