//! What is to be written.

use xr_crs::Crs;

use crate::chunks::ChunkGrid;
use crate::{Compression, GeoKeys, Interleave, MetadataItem, Predictor, SampleType, VerbatimTag};

/// Which of the two file formats is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BigTiff {
    /// BigTIFF if the file needs it: with [`Layout::Cog`] if it reaches 4 GiB, else if it could even when nothing
    /// compresses.
    #[default]
    Auto,
    /// BigTIFF.
    Yes,
    /// Classic TIFF; data past 4 GiB is an error.
    No,
}

/// Order of the parts of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Layout {
    /// Directories, then tiles as they come.
    #[default]
    Plain,
    /// Cloud-optimised, as GDAL's COG driver: directories, then the tiles row by row, those of the smallest overview
    /// first, each with its size before it and its last four bytes again after it. Until the file is finished the
    /// tiles lie in a second temporary file.
    Cog,
}

/// What the first bands mean.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Photometric {
    /// One band, black is zero.
    #[default]
    Gray,
    /// Red, green, blue.
    Rgb,
    /// One band of indices into this table of red, green, blue, of 0 to 65535; for `u8` and `u16`.
    Palette(Vec<[u16; 3]>),
}

/// An image of tiles, with its overviews and masks.
///
/// [`ImageSpec::new`] gives the usual values of all fields.
#[derive(Debug, Clone)]
pub struct ImageSpec {
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// Bands.
    pub samples: u16,
    /// Type of every band.
    pub sample_type: SampleType,
    /// Width of a tile, a multiple of 16.
    pub tile_width: u32,
    /// Height of a tile, a multiple of 16.
    pub tile_height: u32,
    /// Whether a tile holds all bands of its pixels, or one band: then the tiles of the first band come before those
    /// of the second.
    pub interleave: Interleave,
    /// Codec that the tiles were encoded with, those of masks too.
    pub compression: Compression,
    /// Predictor that the tiles were encoded with; masks have none.
    pub predictor: Predictor,
    /// What the first bands mean.
    pub photometric: Photometric,
    /// What the bands beyond those of `photometric` mean: 0 anything, 1 opacity that is multiplied into the colours,
    /// 2 opacity. Bands that are not listed are 0.
    pub extra_samples: Vec<u16>,
    /// From pixel corner to model coordinates, in GDAL's order `[x0, dx, rx, y0, ry, dy]`:
    /// x = x0 + column·dx + row·rx, y = y0 + column·ry + row·dy. `None` for an image that lies nowhere.
    pub transform: Option<[f64; 6]>,
    /// Whether pixels are points (GeoTIFF's PixelIsPoint): samples hold for the centres of pixels.
    pub pixel_is_point: bool,
    /// Coordinate reference system.
    pub crs: Option<Crs>,
    /// GeoKeys to take as they are for those of `crs`: of another file, with all that it says.
    pub geo_keys: Option<GeoKeys>,
    /// Text of the nodata value, as GDAL reads it.
    pub nodata: Option<String>,
    /// Text of the tag ImageDescription.
    pub description: Option<String>,
    /// GDAL's metadata: names of bands, scale and offset, and whatever else.
    pub metadata: Vec<MetadataItem>,
    /// Further tags of the image.
    pub verbatim: Vec<VerbatimTag>,
    /// Whether to leave room for [`GeoTiffWriter::set_statistics`](crate::GeoTiffWriter::set_statistics).
    pub statistics: bool,
    /// Width and height of overviews, from large to small.
    pub overviews: Vec<(u32, u32)>,
    /// Whether the image and its overviews have masks: tiles of 1 bit a pixel, 1 being valid, rows of whole bytes,
    /// highest bit first.
    pub mask: bool,
    /// Order of the parts of the file.
    pub layout: Layout,
    /// Classic or BigTIFF.
    pub bigtiff: BigTiff,
}

impl ImageSpec {
    /// An image of one band in tiles of 256 × 256 pixels without compression, pixels of one unit, nothing else.
    pub fn new(width: u32, height: u32, sample_type: SampleType) -> Self {
        Self {
            width,
            height,
            samples: 1,
            sample_type,
            tile_width: 256,
            tile_height: 256,
            interleave: Interleave::Pixel,
            compression: Compression::None,
            predictor: Predictor::None,
            photometric: Photometric::Gray,
            extra_samples: Vec::new(),
            transform: Some([0.0, 1.0, 0.0, 0.0, 0.0, -1.0]),
            pixel_is_point: false,
            crs: None,
            geo_keys: None,
            nodata: None,
            description: None,
            metadata: Vec::new(),
            verbatim: Vec::new(),
            statistics: false,
            overviews: Vec::new(),
            mask: false,
            layout: Layout::Plain,
            bigtiff: BigTiff::Auto,
        }
    }

    /// Tiles beside each other.
    pub fn tiles_across(&self) -> u64 {
        self.grid(self.width, self.height).across()
    }

    /// Tiles above each other.
    pub fn tiles_down(&self) -> u64 {
        self.grid(self.width, self.height).down()
    }

    /// All tiles of the full image; with [`Interleave::Band`] those of each band.
    pub fn tile_count(&self) -> u64 {
        self.grid(self.width, self.height).count().unwrap_or(u64::MAX)
    }

    /// The tiles of a level: 0 is the full image, 1 the first overview. `None` for a level that there is not.
    pub fn level_grid(&self, level: usize) -> Option<ChunkGrid> {
        match level.checked_sub(1) {
            None => Some(self.grid(self.width, self.height)),
            Some(overview) => self.overviews.get(overview).map(|&(width, height)| self.grid(width, height)),
        }
    }

    /// Bytes of a decoded tile, padding at the edges included.
    pub fn tile_bytes(&self) -> u64 {
        let pixels = u64::from(self.tile_width) * u64::from(self.tile_height);
        let samples = if self.interleave == Interleave::Pixel { self.samples } else { 1 };
        pixels.saturating_mul(u64::from(samples)).saturating_mul(self.sample_type.bytes() as u64)
    }

    fn grid(&self, image_width: u32, image_height: u32) -> ChunkGrid {
        let planes = if self.interleave == Interleave::Band { self.samples } else { 1 };
        ChunkGrid { image_width, image_height, chunk_width: self.tile_width, chunk_height: self.tile_height, planes }
    }
}
