/* What a work-group is given, and how it divides a tile. */

typedef struct { int column, row, width, height; } Window;

#define BURN_PARAMETERS \
    Window window, int first_tile, int tiles_across, int window_tiles_across, GLOBAL uchar *slab, xr_u64 pixels_at, \
    xr_u64 status_at, xr_u64 hard_at, PIXEL fill, int fill_is_empty, PIXEL start, GLOBAL const PIXEL *values, \
    GLOBAL const Part *parts, GLOBAL const uint *kinds, GLOBAL const double *pixels, GLOBAL const uint *tile_offsets, \
    GLOBAL const uint *lists, GLOBAL const uint *part_of_pair, GLOBAL const uint *offsets, \
    GLOBAL const uint *backdrops, GLOBAL const uint *entries USER_TABLES

/* Tiles of the window row by row, as tiles of the grid. */
#define TILE_OF(n) \
    ((uint)first_tile + (n) / (uint)window_tiles_across * (uint)tiles_across + (n) % (uint)window_tiles_across)

/* Parts that are drawn into masks at a time. */
#define PARTS 32u
/* Pixels of a work-item. */
#define EACH (TILE * TILE / ITEMS)
/* An edge is shared by at most 2^SHARES work-items. */
#define SHARES 5
/* Column and row in the window of a work-item's pixel. */
#define PIXEL_AT(k, x, y) \
    int x = column + (int)(ITEM % TILE) - window.column, y = row + (int)(ITEM / TILE + (k) * (ITEMS / TILE)) - window.row

/* The pairs of a tile, in order in local memory if they are few, else already where they are. */
typedef struct { LOCAL_PTR const uint *ordered; GLOBAL const uint *list; uint length; } Listed;

/* The pair that is met as number `n`: `LAST` meets features from the last to the first. */
FN uint pair_at(Listed pairs, uint n) {
    uint at = MERGE == LAST ? pairs.length - 1 - n : n;
    return pairs.length <= SHORT_LIST ? pairs.ordered[at] : pairs.list[at];
}

/* Sorts a short list; all work-items of the group take part. */
FN Listed put_in_order(GLOBAL const uint *list, uint length, LOCAL_PTR uint *unordered, LOCAL_PTR uint *ordered) {
    Listed pairs;
    pairs.ordered = ordered, pairs.list = list, pairs.length = length;
    if (length <= SHORT_LIST)
        for (uint i = ITEM; i < length; i += ITEMS) unordered[i] = ordered[i] = list[i];
    BARRIER;
    if (length > 1 && length <= SHORT_LIST) {
        for (uint j = ITEM; j < length; j += ITEMS) {
            uint pair = unordered[j], rank = 0;
            for (uint i = 0; i < length; i++) rank += unordered[i] < pair;
            ordered[rank] = pair;
        }
        BARRIER;
    }
    return pairs;
}
