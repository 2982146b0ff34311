/* The exact area of a feature's polygons within one pixel. The order of all sums is that of heights and places, never that
   of entries, so windows and devices cannot change it.

   A few of the feature's pieces are kept; of more, each is made again whenever it is looked at, so that no feature is
   too much for a device's memory. */

#define KEPT 12u

typedef struct {
    GLOBAL const double *vertices;
    GLOBAL const uint *entries, *offsets, *kinds, *part_of_pair, *backdrops;
    int column, row;    /* the pixel */
    Listed pairs;       /* of the tile */
    uint from, to;      /* those of the feature */
    uint count;         /* of pieces */
    int odd_parts;      /* parts that the corner is in */
    int inner;          /* whether a piece is more than a part of the pixel's border */
    Piece kept[KEPT];
} Cell;

/* Goes over a cell's pieces, part by part. */
typedef struct { uint n, pair_at, pair, entry, end; int odd; } Walk;

/* Whether the cell's corner is in a part. */
FN int corner_in(Cell *cell, uint pair) {
    int odd = (int)(cell->backdrops[pair] >> ((uint)cell->row % TILE) & 1);
    Piece unused;
    for (uint entry = cell->offsets[pair]; entry < cell->offsets[pair + 1]; entry++)
        odd ^= meet(cell->vertices, cell->entries[entry], cell->column, cell->row, &unused).right_of_it;
    return odd;
}

FN Walk start_walk(Cell *cell) {
    Walk w = {0, cell->from, 0, 0, 0, 0};
    return w;
}

/* The next piece, if there is one. */
FAR_FN int next_piece(Cell *cell, Walk *w, Piece *piece) {
    if (cell->count <= KEPT) {
        if (w->n == cell->count) return 0;
        *piece = cell->kept[w->n++];
        return 1;
    }
    for (;;) {
        while (w->entry == w->end) {
            if (w->pair_at == cell->to) return 0;
            w->pair = pair_at(cell->pairs, w->pair_at++);
            if (cell->kinds[cell->part_of_pair[w->pair]] != POLYGON) continue;
            w->entry = cell->offsets[w->pair], w->end = cell->offsets[w->pair + 1];
            w->odd = corner_in(cell, w->pair);
        }
        uint v = cell->entries[w->entry++];
        if (!meet(cell->vertices, v, cell->column, cell->row, piece).has_piece) continue;
        piece->pair = w->pair, piece->odd = w->odd;
        return 1;
    }
}

/* Finds the pieces of the feature that has the pairs `from` to `to` of the tile's list. */
FAR_FN void find_pieces(Cell *cell, uint from, uint to) {
    cell->from = from, cell->to = to, cell->count = 0, cell->odd_parts = 0, cell->inner = 0;
    for (uint n = from; n < to; n++) {
        uint pair = pair_at(cell->pairs, n), first = cell->count;
        if (cell->kinds[cell->part_of_pair[pair]] != POLYGON) continue;
        int odd = (int)(cell->backdrops[pair] >> ((uint)cell->row % TILE) & 1);
        for (uint entry = cell->offsets[pair]; entry < cell->offsets[pair + 1]; entry++) {
            Piece piece;
            Meeting meeting = meet(cell->vertices, cell->entries[entry], cell->column, cell->row, &piece);
            odd ^= meeting.right_of_it;
            if (!meeting.has_piece) continue;
            cell->inner |= meeting.inner;
            piece.pair = pair;
            if (cell->count < KEPT) cell->kept[cell->count] = piece;
            cell->count++;
        }
        cell->odd_parts += odd;
        for (uint k = first; k < MIN(cell->count, KEPT); k++) cell->kept[k].odd = odd;
    }
}

/* A piece between two heights of the pixel, or between two fractions of that. */
typedef struct { double upper, lower; uint v, pair; int odd; } Strip;

/* Between two heights, then between two fractions of what is between these. */
typedef struct { double top, bottom, from, to; } Slab;

FN double piece_x(const Piece *piece, double y) {
    if (y <= piece->y[0]) return piece->x[0];
    if (y >= piece->y[1]) return piece->x[1];
    return piece->x[0] + (y - piece->y[0]) / (piece->y[1] - piece->y[0]) * (piece->x[1] - piece->x[0]);
}

FN int reaches(const Piece *piece, double top) { return piece->y[0] <= top && piece->y[1] > top; }

FN double between(Strip s, double fraction) { return s.upper + fraction * (s.lower - s.upper); }

/* The area right of a strip, of a height of 1. */
FN double right_of(double upper, double lower) { return 1.0 - (upper + lower) / 2.0; }

/* From left to right by the upper ends, then by the lower ones; the same place has one order too. */
FN int is_before(Strip a, Strip b) {
    if (a.upper != b.upper) return a.upper < b.upper;
    if (a.lower != b.lower) return a.lower < b.lower;
    return a.v < b.v;
}

/* The same within a part of the slab in which strips do not cross. */
FN int is_before_within(Strip a, Strip b, Slab slab) {
    double left = right_of(between(a, slab.from), between(a, slab.to));
    double right = right_of(between(b, slab.from), between(b, slab.to));
    return left != right ? left > right : is_before(a, b);
}

FN int is_whole(Slab slab) { return slab.from == 0.0 && slab.to == 1.0; }

FN int precedes(Strip a, Strip b, Slab slab) {
    return is_whole(slab) ? is_before(a, b) : is_before_within(a, b, slab);
}

/* The next of a slab's strips, if there is one. */
FN int next_strip(Cell *cell, Walk *w, Slab slab, Strip *strip) {
    Piece piece;
    while (next_piece(cell, w, &piece)) {
        if (!reaches(&piece, slab.top)) continue;
        strip->upper = piece_x(&piece, slab.top), strip->lower = piece_x(&piece, slab.bottom);
        strip->v = piece.v, strip->pair = piece.pair, strip->odd = piece.odd;
        return 1;
    }
    return 0;
}

/* The first strip, or the first after another, from left to right. */
FAR_FN int first_after(Cell *cell, Slab slab, int has_last, Strip last, Strip *first) {
    Walk w = start_walk(cell);
    Strip strip;
    int found = 0;
    while (next_strip(cell, &w, slab, &strip)) {
        if (has_last && !precedes(last, strip, slab)) continue;
        if (!found || precedes(strip, *first, slab)) *first = strip;
        found = 1;
    }
    return found;
}

/* How many parts the left end of a slab is in. */
FAR_FN int odd_parts_at(Cell *cell, double top) {
    Walk w = start_walk(cell);
    Piece piece;
    int parts = cell->odd_parts, crossed = 0, odd = 0;
    uint pair = 0;
    while (next_piece(cell, &w, &piece)) {
        if (crossed && piece.pair != pair) parts += odd ? -1 : 1, crossed = 0;
        pair = piece.pair, odd = piece.odd;
        if (piece.left != LEFT_NONE && piece.y[piece.left] <= top) crossed ^= 1;
    }
    return crossed ? parts + (odd ? -1 : 1) : parts;
}

/* Whether the point just left of a strip is in the strip's part. */
FAR_FN int is_in_own_part(Cell *cell, Slab slab, Strip strip) {
    Walk w = start_walk(cell);
    Piece piece;
    int odd = strip.odd;
    while (next_piece(cell, &w, &piece)) {
        if (piece.pair != strip.pair) continue;
        if (piece.left != LEFT_NONE && piece.y[piece.left] <= slab.top) odd ^= 1;
        if (reaches(&piece, slab.top)) {
            Strip other = {piece_x(&piece, slab.top), piece_x(&piece, slab.bottom), piece.v, piece.pair, piece.odd};
            odd ^= precedes(other, strip, slab);
        }
    }
    return odd;
}

/* The fraction inside between strips that do not cross each other, as `sound` says; 0 parts or more are at the left. */
FAR_FN double trapezoids(Cell *cell, Slab slab, int parts, int *sound) {
    Strip strip, last = {0.0, 0.0, 0, 0, 0};
    double area = parts > 0 ? 1.0 : 0.0, lowest = -INFINITY;
    *sound = 1;
    for (int has_last = 0; first_after(cell, slab, has_last, last, &strip); has_last = 1, last = strip) {
        if (strip.lower < lowest) *sound = 0;
        lowest = strip.lower;
        int before = parts;
        parts += cell->to - cell->from == 1 ? (parts ? -1 : 1) : is_in_own_part(cell, slab, strip) ? -1 : 1;
        double right = right_of(between(strip, slab.from), between(strip, slab.to));
        if (is_whole(slab)) right = right_of(strip.upper, strip.lower);
        if (!before && parts) area += right;
        if (before && !parts) area -= right;
    }
    return area;
}

/* The fraction of a slab's height at which a strip crosses one that is right of it above, and left of it below. */
FN double crossing_of(Strip a, Strip b) {
    double above = b.upper - a.upper, below = a.lower - b.lower;
    return above / (above + below);
}

FN int cross(Strip a, Strip b) { return is_before(a, b) ? a.lower > b.lower : b.lower > a.lower; }

/* Of the crossings of a strip with others the first beyond a fraction, and how many are there; 1 and 0 if there is none. */
FN double next_crossing(Cell *cell, Slab slab, Strip strip, double beyond, int *many) {
    Walk w = start_walk(cell);
    Strip other;
    double next = 1.0;
    *many = 0;
    while (next_strip(cell, &w, slab, &other)) {
        if (other.v == strip.v || !cross(strip, other)) continue;
        double at = is_before(strip, other) ? crossing_of(strip, other) : crossing_of(other, strip);
        if (at <= beyond || at > next) continue;
        *many = at == next ? *many + 1 : 1;
        next = at;
    }
    return next;
}

/* Strips of one part that cross each other: by the even-odd rule one has the inside on the other side after each
   crossing. */
FAR_FN double alternating(Cell *cell, Slab slab, int inside) {
    Strip strip, last = {0.0, 0.0, 0, 0, 0};
    double area = inside ? 1.0 : 0.0;
    int entering = !inside;
    for (int has_last = 0; first_after(cell, slab, has_last, last, &strip); has_last = 1, last = strip) {
        double from = -1.0, at = 0.0;
        int adds = entering, many;
        do {
            double to = next_crossing(cell, slab, strip, from, &many);
            double right = (to - at) * right_of(between(strip, at), between(strip, to));
            area += adds ? right : -right;
            adds ^= many & 1;
            from = at = to;
        } while (many);
        entering = !entering;
    }
    return area;
}

/* Strips of several parts that cross each other: between crossings they do not. */
FAR_FN double split(Cell *cell, Slab slab, int parts) {
    double area = 0.0;
    int sound, many;
    slab.from = 0.0;
    while (slab.from < 1.0) {
        Walk w = start_walk(cell);
        Strip strip;
        slab.to = 1.0;
        while (next_strip(cell, &w, slab, &strip)) slab.to = fmin(slab.to, next_crossing(cell, slab, strip, slab.from, &many));
        area += trapezoids(cell, slab, parts, &sound) * (slab.to - slab.from);
        slab.from = slab.to;
    }
    return area;
}

/* Slab by slab, each without an end of a piece in it. */
FN double sweep(Cell *cell) {
    double area = 0.0;
    Slab slab = {0.0, 1.0, 0.0, 1.0};
    while (slab.top < 1.0) {
        Walk w = start_walk(cell);
        Piece piece;
        int sound, parts = odd_parts_at(cell, slab.top);
        slab.bottom = 1.0;
        while (next_piece(cell, &w, &piece))
            for (int end = 0; end < 2; end++)
                if (piece.y[end] > slab.top) slab.bottom = fmin(slab.bottom, piece.y[end]);
        double inside = trapezoids(cell, slab, parts, &sound);
        if (!sound) inside = cell->to - cell->from == 1 ? alternating(cell, slab, parts) : split(cell, slab, parts);
        area += inside * (slab.bottom - slab.top);
        slab.top = slab.bottom;
    }
    return area;
}

/* The area with one piece of the only part. */
FN double single(const Piece *piece) {
    double right = (piece->y[1] - piece->y[0]) * (1.0 - (piece->x[0] + piece->x[1]) / 2.0), beyond = right;
    /* What is not on the corner's side: right of the piece, or else below where it comes from the left. */
    if (piece->left == 0) beyond = (1.0 - piece->y[0]) - right;
    if (piece->left == 1) beyond = right + (1.0 - piece->y[1]);
    return piece->odd ? 1.0 - beyond : beyond;
}

/* Whether the feature has a part in the pixel, and which fraction of it. */
FN int fraction_of(Cell *cell, double *fraction) {
    if (cell->count == 0 || !(cell->odd_parts || cell->inner)) {
        *fraction = 1.0;
        return cell->odd_parts > 0;
    }
    double area = cell->count == 1 && cell->to - cell->from == 1 ? single(&cell->kept[0]) : sweep(cell);
    *fraction = fmin(fmax(area, 0.0), 1.0);
    return 1;
}
