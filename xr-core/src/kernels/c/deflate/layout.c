/* Where blocks and tiles go, from the sizes of the blocks: a tile is the zlib header, its blocks bit after bit, and its
   Adler-32 (RFC 1950). Tiles follow each other without gaps; an empty one has no bytes. */

/* Bits of the zlib header, and of the blocks' place in their tile. */
#define ZLIB_HEADER_BITS 16u

/* Bits of a stored block's type and alignment, behind `bits`. */
FN uint stored_start(uint bits) { return ((bits + 3 + 7) & ~7u) - bits; }

/* A work-item has a tile: bits before each of its blocks, and its bytes. */
KERNEL(LAYOUT_ITEMS) lay_out_blocks(Batch batch, GLOBAL uchar *slab) {
    uint tile = GLOBAL_ITEM, bits = ZLIB_HEADER_BITS;
    GLOBAL uint4 *blocks = IN_SLAB(uint4, batch.blocks) + (size_t)tile * batch.segments;
    if (tile >= batch.tiles) return;
    for (uint i = 0; i < batch.segments; i++) {
        uint4 block = blocks[i];
        uint bytes = MIN(SEGMENT, batch.tile_bytes - i * SEGMENT);
        block.w = bits;
        blocks[i] = block;
        bits += block.x == STORED ? stored_start(bits) + 32 + 8 * bytes : block.z;
    }
    tile += batch.first;
    IN_SLAB(uint, batch.sizes)[tile] = IN_SLAB(const uint, batch.empty)[tile] ? 0 : (bits + 7) / 8 + 4;
}

/* The bytes before each tile, and before the next part, by one work-group. */
KERNEL(LAYOUT_ITEMS) lay_out_tiles(Batch batch, GLOBAL uchar *slab) {
    LOCAL xr_u64 sums[2][LAYOUT_ITEMS];
    GLOBAL const uint *sizes = IN_SLAB(const uint, batch.sizes) + batch.first;
    GLOBAL xr_u64 *places = IN_SLAB(xr_u64, batch.places) + batch.first;
    xr_u64 before = batch.first ? places[0] : 0; /* the same in all work-items */
    BARRIER;
    for (uint begin = 0; begin < batch.tiles; begin += LAYOUT_ITEMS) {
        uint i = begin + ITEM, side = 0;
        sums[0][ITEM] = i < batch.tiles ? sizes[i] : 0;
        BARRIER;
        for (uint step = 1; step < LAYOUT_ITEMS; step <<= 1, side ^= 1) {
            sums[side ^ 1][ITEM] = sums[side][ITEM] + (ITEM >= step ? sums[side][ITEM - step] : 0);
            BARRIER;
        }
        if (i < batch.tiles) places[i] = before + (ITEM ? sums[side][ITEM - 1] : 0);
        before += sums[side][LAYOUT_ITEMS - 1];
        BARRIER;
    }
    if (ITEM == 0) places[batch.tiles] = before;
}
