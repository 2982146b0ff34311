/* Edges cut into pieces, one for each pixel that they pass through, as `xr_cpu` cuts them. Which pixels those are, and on
   which side of a pixel's upper left corner an edge lies, is decided in integers. The corner stands for the point just
   right of it and, by far less, below it. */

/* The shorter side of an edge's box up to which plain double precision places its crossings well enough: the area on the
   wrong side of a crossing that is off by e of the edge's length is below 6e of that side. */
#define SHORT_SIDE 128.0

/* What of an edge lies in one pixel, of which the right and lower side are part and the left and upper are not: its upper
   and lower end, from the pixel's upper left corner. */
typedef struct {
    double x[2], y[2];
    uint v;    /* the edge's first vertex */
    uint pair; /* of which it is */
    int odd;   /* whether the corner is in that part */
    int left;  /* LEFT_NONE, or the end at which it crosses the pixel's left side */
} Piece;

#define LEFT_NONE 2

/* How an edge meets a pixel. */
typedef struct { int has_piece, right_of_it, inner; } Meeting;

/* What `p` is where `q` is `q0`, less `p0`, of a line between two points, correctly but for the last bits however far away
   they are: the numerator is a sum of 16 doubles without error, which passes of error-free additions concentrate in its
   last term (Ogita, Rump and Oishi 2005, VecSum). */
FAR_FN double at_zero(double p_a, double p_b, double p0, double q_a, double q_b, double q0) {
    double terms[16], factors[2][4], sum = 0.0;
    two_sum(p_a, -p0, &factors[0][0], &factors[0][1]);
    two_sum(q_b, -q0, &factors[0][2], &factors[0][3]);
    two_sum(p0, -p_b, &factors[1][0], &factors[1][1]);
    two_sum(q_a, -q0, &factors[1][2], &factors[1][3]);
    for (int n = 0; n < 8; n++) {
        double a = factors[n >> 2][n >> 1 & 1], b = factors[n >> 2][2 + (n & 1)], product = a * b;
        terms[2 * n] = fma(a, b, -product);
        terms[2 * n + 1] = product;
    }
    for (int pass = 0, changed = 1; pass < 16 && changed; pass++) {
        changed = 0;
        for (int n = 1; n < 16; n++) {
            double rounded, rest;
            two_sum(terms[n], terms[n - 1], &rounded, &rest);
            changed |= rounded != terms[n] || rest != terms[n - 1];
            terms[n] = rounded, terms[n - 1] = rest;
        }
    }
    for (int n = 0; n < 16; n++) sum += terms[n];
    return sum / (q_b - q_a);
}

FN int is_short(Edge e) { return fmin(fabs(e.x1 - e.x0), fabs(e.y1 - e.y0)) <= SHORT_SIDE; }

/* Where an edge's line crosses a row's border, from a column's left side. */
FN double line_x(Edge e, double row, double column) {
    if (is_short(e)) return (e.x0 - column) + (row - e.y0) * e.slope;
    return at_zero(e.x0, e.x1, column, e.y0, e.y1, row);
}

/* Where it crosses a column's left side, from a row's border. */
FN double line_y(Edge e, double column, double row) {
    if (is_short(e)) return (e.y0 - row) + (column - e.x0) * ((e.y1 - e.y0) / (e.x1 - e.x0));
    return at_zero(e.y0, e.y1, row, e.x0, e.x1, column);
}

/* Where an edge crosses a row's border, exactly. */
FN Ceiling border_crossing(Edge e, int row) {
    Ceiling c = estimate(e, (double)row, 0.0);
    return c.sure ? c : decided(e, (double)row, 0.0);
}

FN Ceiling vertex_ceiling(double x) {
    Ceiling c;
    double up = ceil(x);
    c.column = to_int(up), c.exact = up == x, c.sure = 1;
    return c;
}

/* The upper or lower end of what of an edge is in a row, from a column's left side. */
FN double end_x(Edge e, int lower, int row, int column) {
    double border = (double)(row + lower), left = (double)column;
    if (lower ? e.y1 <= border : e.y0 >= border) return (lower ? e.x1 : e.x0) - left;
    return fmin(fmax(line_x(e, border, left), 0.0), 1.0);
}

/* Where an edge crosses a column's left side, between the heights that it has in a row. */
FN double side_y(Edge e, int column, double row, const double *heights) {
    return fmin(fmax(line_y(e, (double)column, row), heights[0]), heights[1]);
}

/* How an edge meets a pixel, and its piece. */
FAR_FN Meeting meet(GLOBAL const double *vertices, uint v, int column, int row, Piece *piece) {
    Meeting meeting = {0, 0, 0};
    double at = (double)row, a = vertices[2 * v + 1], b = vertices[2 * v + 3];
    if (fmin(a, b) >= at + 1.0 || fmax(a, b) <= at) return meeting;
    Edge e = edge_from(vertices, v);
    int below = e.y0 >= at, above = e.y1 <= at + 1.0; /* whether its ends are in the row */
    Ceiling upper = below ? vertex_ceiling(e.x0) : border_crossing(e, row);
    Ceiling lower = above ? vertex_ceiling(e.x1) : border_crossing(e, row + 1);
    int enters = e.y0 <= at && e.y1 > at, rightwards = upper.column <= lower.column;
    int first = MIN(upper.column, lower.column) - 1, last = MAX(upper.column, lower.column) - 1;
    meeting.right_of_it = enters && upper.column <= column;
    if (column < first || column > last) return meeting;
    meeting.has_piece = 1;
    meeting.inner = column >= MIN(upper.column - !upper.exact, lower.column - !lower.exact);

    double y[2], left_x, left_y, right_x, right_y;
    y[0] = fmax(e.y0 - at, 0.0), y[1] = fmin(e.y1 - at, 1.0);
    left_x = 0.0, right_x = 1.0;
    if (column > first) left_y = side_y(e, column, at, y);
    else left_x = end_x(e, !rightwards, row, column), left_y = y[!rightwards];
    if (column < last) right_y = side_y(e, column + 1, at, y);
    else right_x = end_x(e, rightwards, row, column), right_y = y[rightwards];
    piece->x[!rightwards] = left_x, piece->y[!rightwards] = left_y;
    piece->x[rightwards] = right_x, piece->y[rightwards] = right_y;
    piece->y[1] = fmax(piece->y[1], piece->y[0]);
    piece->left = column > first ? !rightwards : LEFT_NONE;
    piece->v = v;
    return meeting;
}
