/* What the raster kernels share: tables, grid, tiles. */

/* Side of a tile in pixels: a row of one is the bits of a word. Tiles begin at the grid's origin. */
#define TILE 32
/* Magnitude that pixel indices are clamped to; grids are smaller. */
#define FAR_PIXEL 1000000000
/* Tile lists up to this length are put in order where they are drawn. */
#define SHORT_LIST 256u
/* The part of a vertex that begins no edge. */
#define NO_PART 0xffffffffu

#define POLYGON 0u
#define LINE 1u
#define POINT 2u

/* A ring, a line or a set of points: where its vertices end, and its part. */
typedef struct { uint end, part; } Path;
/* One geometry of one kind, of a feature. */
typedef struct { uint feature, kind; } Part;
/* Pixels, and where they lie in the world. */
typedef struct { double x0, dx, y0, dy; int width, height; } Grid;
/* The smallest and the largest column and row that a part can touch, the largest negated: all four are minima. */
typedef struct { int at[4]; } Box;
/* The tiles of a box. */
typedef struct { int column, row, across, down; } Tiles;

FN int to_int(double v) {
    return v < -(double)FAR_PIXEL ? -FAR_PIXEL : v > (double)FAR_PIXEL ? FAR_PIXEL : (int)v;
}
FN int floor_int(double v) { return to_int(floor(v)); }
FN int ceil_int(double v) { return to_int(ceil(v)); }

/* The last of `n` ascending numbers that is not above `v`; the first is not. */
FN uint last_below(GLOBAL const uint *numbers, uint n, uint v) {
    uint low = 0, high = n;
    while (high - low > 1) {
        uint middle = low + (high - low) / 2;
        if (numbers[middle] <= v) low = middle; else high = middle;
    }
    return low;
}

/* The tiles of the grid that a part's box meets. */
FN Tiles tiles_of(Box box, Grid grid) {
    Tiles t = {0, 0, 0, 0};
    int left = MAX(box.at[0], 0), top = MAX(box.at[1], 0);
    int right = MIN(-box.at[2], grid.width - 1), bottom = MIN(-box.at[3], grid.height - 1);
    if (left <= right && top <= bottom) {
        t.column = left / TILE;
        t.row = top / TILE;
        t.across = right / TILE - t.column + 1;
        t.down = bottom / TILE - t.row + 1;
    }
    return t;
}
