/* How a work-group divides a tile. */

/* Parts that are drawn into masks at a time. */
#define PARTS 32u
/* Pixels of a work-item. */
#define EACH (TILE * TILE / ITEMS)
/* An edge is shared by at most 2^SHARES work-items. */
#define SHARES 5
/* Bits of all pixels of a work-item. */
#define ALL_PIXELS ((uint)((1ul << EACH) - 1))
/* Column and row in the window of a work-item's pixel. */
#define PIXEL_AT(k, x, y) \
    int x = column + (int)(ITEM % TILE) - window.column, y = row + (int)(ITEM / TILE + (k) * (ITEMS / TILE)) - window.row
/* The pair that is walked as number `n`. */
#define WALKED(n) (MERGE == LAST ? length - 1 - (n) : (n))
#define PAIR_AT(n) (length <= SHORT_LIST ? ordered[WALKED(n)] : lists[from + WALKED(n)])
