/* How each part is drawn: a polygon of no area, all its vertices on one line, as that line if all touched pixels are
   asked for. */

FN int has_area(GLOBAL const double *v, uint from, uint to) {
    uint b = from + 1;
    while (b < to && v[2 * b] == v[2 * from] && v[2 * b + 1] == v[2 * from + 1]) b++;
    for (uint c = b + 1; c < to; c++)
        if (orientation(v[2 * from], v[2 * from + 1], v[2 * b], v[2 * b + 1], v[2 * c], v[2 * c + 1])) return 1;
    return 0;
}

/* The first of `n` paths that is of `part` or of one behind it: paths come in the order of their parts. */
FN uint first_path_of(GLOBAL const Path *paths, uint n, uint part) {
    uint low = 0, high = n;
    while (low < high) {
        uint middle = low + (high - low) / 2;
        if (paths[middle].part < part) low = middle + 1; else high = middle;
    }
    return low;
}

KERNEL(ITEMS) kinds(uint count, GLOBAL const Part *parts, uint path_count, GLOBAL const Path *paths,
                    GLOBAL const double *pixels, int all_touched, GLOBAL uint *kind) {
    uint part = GLOBAL_ITEM;
    if (part >= count) return;
    uint is = parts[part].kind;
    if (is > POINT) is = POINT;
    if (is == POLYGON && all_touched) {
        uint path = first_path_of(paths, path_count, part), end = first_path_of(paths, path_count, part + 1);
        uint from = path ? paths[path - 1].end : 0, to = end > path ? paths[end - 1].end : from;
        if (!has_area(pixels, from, to)) is = LINE;
    }
    kind[part] = is;
}
