//! How an image is cut into tiles or strips ("chunks").

/// Grid of equally large chunks over an image; those at the right and lower edges reach beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkGrid {
    /// Width of the image, pixels.
    pub image_width: u32,
    /// Height of the image, pixels.
    pub image_height: u32,
    /// Width of a chunk, pixels, not 0.
    pub chunk_width: u32,
    /// Height of a chunk, pixels, not 0.
    pub chunk_height: u32,
    /// Planes that are stored one after another: 1, or the number of samples with planar configuration 2.
    pub planes: u16,
}

impl ChunkGrid {
    /// Chunks beside each other.
    pub fn across(&self) -> u64 {
        u64::from(self.image_width).div_ceil(u64::from(self.chunk_width.max(1)))
    }

    /// Chunks above each other.
    pub fn down(&self) -> u64 {
        u64::from(self.image_height).div_ceil(u64::from(self.chunk_height.max(1)))
    }

    /// All chunks of all planes; `None` beyond 64 bits.
    pub fn count(&self) -> Option<u64> {
        self.across().checked_mul(self.down())?.checked_mul(u64::from(self.planes))
    }
}
