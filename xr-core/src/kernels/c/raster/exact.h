/* Signs of sums of products, exactly (Shewchuk 1997). Contraction is off; `fma` is meant. */

FN void two_sum(double a, double b, double *sum, double *error) {
    double s = a + b, part = s - a;
    *error = (a - (s - part)) + (b - part);
    *sum = s;
}

/* The sign of the sum of p[i]·q[i] over n ≤ 6 terms: an expansion grown term by term. */
FAR_FN int sign_of_sum(int n, const double *p, const double *q) {
    double expansion[12];
    int length = 0;
    for (int i = 0; i < n; i++) {
        double product = p[i] * q[i], parts[2];
        parts[0] = fma(p[i], q[i], -product);
        parts[1] = product;
        for (int k = 0; k < 2; k++) {
            double carry = parts[k];
            for (int j = 0; j < length; j++) two_sum(carry, expansion[j], &carry, &expansion[j]);
            expansion[length++] = carry;
        }
    }
    for (int j = length - 1; j >= 0; j--)
        if (expansion[j] != 0.0) return expansion[j] > 0.0 ? 1 : -1;
    return 0;
}

/* The sign of (b − a) × (c − a). */
FAR_FN int orientation(double ax, double ay, double bx, double by, double cx, double cy) {
    double p[6], q[6], bxa = bx - ax, bya = by - ay, cxa = cx - ax, cya = cy - ay, sum, e[4];
    two_sum(bx, -ax, &sum, &e[0]);
    two_sum(by, -ay, &sum, &e[1]);
    two_sum(cx, -ax, &sum, &e[2]);
    two_sum(cy, -ay, &sum, &e[3]);
    if (e[0] == 0.0 && e[1] == 0.0 && e[2] == 0.0 && e[3] == 0.0) { /* as on lattices */
        p[0] = bxa, q[0] = cya;
        p[1] = -bya, q[1] = cxa;
        return sign_of_sum(2, p, q);
    }
    p[0] = bx, q[0] = cy;
    p[1] = -bx, q[1] = ay;
    p[2] = -ax, q[2] = cy;
    p[3] = -by, q[3] = cx;
    p[4] = by, q[4] = ax;
    p[5] = ay, q[5] = cx;
    return sign_of_sum(6, p, q);
}
