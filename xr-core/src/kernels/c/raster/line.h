/* Lines one pixel wide, in integers: along the longer axis one pixel per step, the nearest to the line between the end
   pixels' centres, a tie going to the smaller row or column whatever the direction. Each row's columns come from the
   whole segment by a division of their own. */

/* A segment between two pixels; `from` is the left one if it is at least as wide as high, else the upper one. */
typedef struct { xr_i64 column, row; xr_u64 across, down; int wide, falling; } Segment;

/* End pixels are clamped to this magnitude. */
#define FAR_END 2305843009213693952.0

FN xr_i64 end_pixel(double v) {
    v = floor(v);
    return (xr_i64)(v < -FAR_END ? -FAR_END : v > FAR_END ? FAR_END : v);
}

FN Segment segment_from(GLOBAL const double *vertices, uint v) {
    xr_i64 ac = end_pixel(vertices[2 * v]), ar = end_pixel(vertices[2 * v + 1]);
    xr_i64 bc = end_pixel(vertices[2 * v + 2]), br = end_pixel(vertices[2 * v + 3]);
    xr_i64 across = bc - ac, down = br - ar;
    Segment s;
    int swap;
    s.across = (xr_u64)MAX(across, -across);
    s.down = (xr_u64)MAX(down, -down);
    s.wide = s.across >= s.down;
    swap = s.wide ? across < 0 : down < 0;
    s.column = swap ? bc : ac, s.row = swap ? br : ar;
    s.falling = s.wide ? (swap ? down <= 0 : down >= 0) : (swap ? across <= 0 : across >= 0);
    return s;
}

/* ⌊a·b / d⌋ and what is left, for quotients below 2⁶⁴. */
FAR_FN xr_u64 long_division(xr_u64 high, xr_u64 low, xr_u64 d, xr_u64 *rest) {
    xr_u64 quotient = 0;
    for (int bit = 63; bit >= 0; bit--) {
        xr_u64 carry = high >> 63;
        high = high << 1 | (low >> bit & 1);
        quotient <<= 1;
        if (carry || high >= d) high -= d, quotient |= 1;
    }
    *rest = high;
    return quotient;
}

FN xr_u64 multiply_divide(xr_u64 a, xr_u64 b, xr_u64 d, xr_u64 *rest) {
    xr_u64 low = a * b, high = MUL_HIGH(a, b);
    if (high) return long_division(high, low, d, rest);
    *rest = low % d;
    return low / d;
}

/* The first and the last column of a segment on a row; none if the first is the larger. */
FN void line_columns(Segment s, int row, xr_i64 *first, xr_i64 *last) {
    xr_i64 offset = (xr_i64)row - s.row;
    xr_u64 step = (xr_u64)MAX(offset, -offset), rest;
    *first = 1, *last = 0;
    if (step > s.down || (offset != 0 && (s.wide ? (offset > 0) != s.falling : offset < 0))) return;
    if (!s.wide) { /* round(step·across / down), halves to the smaller column */
        xr_u64 moved = multiply_divide(step, s.across, s.down, &rest);
        if (s.falling) *first = s.column + (xr_i64)(moved + (2 * rest > s.down));
        else *first = s.column - (xr_i64)(moved + (2 * rest >= s.down));
        *last = *first;
        return;
    }
    /* Column n is on this row when n·down / across rounds to step; halves round to the smaller row. */
    xr_u64 from = 0, to = s.across;
    if (s.down) {
        if (step) from = multiply_divide(s.across, 2 * step - 1, 2 * s.down, &rest) + (s.falling || rest);
        to = multiply_divide(s.across, 2 * step + 1, 2 * s.down, &rest);
        if (!s.falling && !rest) to--;
        if (to > s.across) to = s.across;
    }
    *first = s.column + (xr_i64)from;
    *last = s.column + (xr_i64)to;
}
