/* How each part is drawn: a polygon of no area, all its vertices on one line, as that line if all touched pixels are
   asked for. */

FN int has_area(GLOBAL const double *v, uint from, uint to) {
    uint b = from + 1;
    while (b < to && v[2 * b] == v[2 * from] && v[2 * b + 1] == v[2 * from + 1]) b++;
    for (uint c = b + 1; c < to; c++)
        if (orientation(v[2 * from], v[2 * from + 1], v[2 * b], v[2 * b + 1], v[2 * c], v[2 * c + 1])) return 1;
    return 0;
}

/* `first_paths` has the index of each part's first path, and the number of paths at the end. */
KERNEL(ITEMS) kinds(uint count, GLOBAL const Part *parts, GLOBAL const Path *paths, GLOBAL const uint *first_paths,
                    GLOBAL const double *pixels, int all_touched, GLOBAL uint *kind) {
    uint part = GLOBAL_ITEM;
    if (part >= count) return;
    uint is = parts[part].kind;
    if (is > POINT) is = POINT;
    if (is == POLYGON && all_touched) {
        uint path = first_paths[part], end = first_paths[part + 1];
        uint from = path ? paths[path - 1].end : 0, to = end > path ? paths[end - 1].end : from;
        if (!has_area(pixels, from, to)) is = LINE;
    }
    kind[part] = is;
}

/* Counts the paths of each part; a scan makes `first_paths` of them. */
KERNEL(ITEMS) count_paths(uint count, GLOBAL const Path *paths, GLOBAL uint *counts) {
    uint path = GLOBAL_ITEM;
    if (path < count) ATOMIC_ADD(&counts[paths[path].part], 1u);
}
