/* Where an edge crosses a row: `xr_core::crossing` for devices. An estimate decides where it is further from an integer
   than its error; elsewhere the exact predicate does. From there on everything is integers. */

/* An edge that is not horizontal, its upper vertex first; or a horizontal one, of which the slope means nothing. */
typedef struct { double x0, y0, x1, y1, slope, error; } Edge;

/* The smallest integer at or right of a crossing, whether the crossing is exactly there, and whether that is sure. */
typedef struct { int column, exact, sure; } Ceiling;

FN Edge edge_from(GLOBAL const double *vertices, uint v) {
    double ax = vertices[2 * v], ay = vertices[2 * v + 1], bx = vertices[2 * v + 2], by = vertices[2 * v + 3];
    int swap = ay > by;
    Edge e;
    e.x0 = swap ? bx : ax, e.y0 = swap ? by : ay;
    e.x1 = swap ? ax : bx, e.y1 = swap ? ay : by;
    e.slope = (e.x1 - e.x0) / (e.y1 - e.y0);
    /* |estimate − crossing| ≤ 6u(|x0| + |x1| + 1), u = 2⁻⁵³: the slope has 3u, y − y0, the fma and the offset u each. */
    e.error = 8.8817841970012523e-16 * (fabs(e.x0) + fabs(e.x1) + 1.0);
    return e;
}

/* By the estimate alone: the smallest integer c with c + offset at or right of the crossing with the line at y. */
FN Ceiling estimate(Edge e, double y, double offset) {
    Ceiling c;
    double x = fma(y - e.y0, e.slope, e.x0) - offset, up = ceil(x);
    c.sure = fabs(x - rint(x)) > e.error && e.error < 0.25; /* false for NaN */
    c.exact = 0;
    if (e.x0 == e.x1) { /* x − ½ may round, its ceiling does not for columns of the grid */
        x = e.x0 - offset, up = ceil(x);
        c.exact = up == x, c.sure = 1;
    }
    c.column = c.sure ? to_int(up) : 0;
    return c;
}

/* The same, whatever the estimate says. */
FAR_FN Ceiling decided(Edge e, double y, double offset) {
    Ceiling c;
    int low = -FAR_PIXEL, high = FAR_PIXEL, sign;
    double x = fma(y - e.y0, e.slope, e.x0) - offset;
    c.sure = 1, c.exact = 0;
    if (e.error < 0.25 && fabs(x) < (double)FAR_PIXEL) { /* one of the two integers around the nearest */
        double nearest = rint(x);
        sign = orientation(e.x0, e.y0, e.x1, e.y1, nearest + offset, y);
        c.exact = sign == 0;
        c.column = (int)nearest + (sign > 0);
        return c;
    }
    while (high - low > 1) { /* smallest in (low, high] */
        int middle = low + (high - low) / 2;
        sign = orientation(e.x0, e.y0, e.x1, e.y1, (double)middle + offset, y);
        if (sign <= 0) high = middle, c.exact = sign == 0; else low = middle;
    }
    c.column = high;
    return c;
}

/* Rows that a half-open edge crosses at an offset from their upper borders, ½ for their centre lines: from that of its
   upper vertex to before that of its lower one. */
FN int crossed_row(double y, double offset) { return ceil_int(y - offset); }
