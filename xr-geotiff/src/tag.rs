//! Numbers of the TIFF 6.0, GeoTIFF 1.1 and GDAL tags that the crate writes or understands.

/// Kind of image: bit 0 overview, bit 1 page, bit 2 transparency mask.
pub const NEW_SUBFILE_TYPE: u16 = 254;
/// Width of the image in pixels.
pub const IMAGE_WIDTH: u16 = 256;
/// Height of the image in pixels.
pub const IMAGE_LENGTH: u16 = 257;
/// Bits of each sample of a pixel.
pub const BITS_PER_SAMPLE: u16 = 258;
/// Codec of tiles or strips.
pub const COMPRESSION: u16 = 259;
/// Meaning of the samples; 1 is "black is zero".
pub const PHOTOMETRIC_INTERPRETATION: u16 = 262;
/// Order of the bits in a byte; 2 is "lowest first".
pub const FILL_ORDER: u16 = 266;
/// Free text.
pub const IMAGE_DESCRIPTION: u16 = 270;
/// Where the strips are.
pub const STRIP_OFFSETS: u16 = 273;
/// Samples of a pixel.
pub const SAMPLES_PER_PIXEL: u16 = 277;
/// Rows of a strip.
pub const ROWS_PER_STRIP: u16 = 278;
/// Encoded bytes of each strip.
pub const STRIP_BYTE_COUNTS: u16 = 279;
/// 1: samples of a pixel together; 2: a plane for each sample.
pub const PLANAR_CONFIGURATION: u16 = 284;
/// Program that wrote the file.
pub const SOFTWARE: u16 = 305;
/// What the codec's predictor did.
pub const PREDICTOR: u16 = 317;
/// Colours of the values of an image with a palette.
pub const COLOR_MAP: u16 = 320;
/// Width of a tile in pixels.
pub const TILE_WIDTH: u16 = 322;
/// Height of a tile in pixels.
pub const TILE_LENGTH: u16 = 323;
/// Where the tiles are.
pub const TILE_OFFSETS: u16 = 324;
/// Encoded bytes of each tile.
pub const TILE_BYTE_COUNTS: u16 = 325;
/// Directories that hang below this one.
pub const SUB_IFDS: u16 = 330;
/// Meaning of samples beyond the photometric ones; 0 is unspecified.
pub const EXTRA_SAMPLES: u16 = 338;
/// 1 unsigned, 2 signed, 3 floating point.
pub const SAMPLE_FORMAT: u16 = 339;
/// Columns and rows of pixels that share their chroma samples.
pub const YCBCR_SUBSAMPLING: u16 = 530;
/// GeoTIFF: size of a pixel.
pub const MODEL_PIXEL_SCALE: u16 = 33550;
/// GeoTIFF: pairs of raster and model coordinates.
pub const MODEL_TIEPOINT: u16 = 33922;
/// GeoTIFF: 4 × 4 matrix from raster to model coordinates.
pub const MODEL_TRANSFORMATION: u16 = 34264;
/// GeoTIFF: the keys.
pub const GEO_KEY_DIRECTORY: u16 = 34735;
/// GeoTIFF: floating-point values of keys.
pub const GEO_DOUBLE_PARAMS: u16 = 34736;
/// GeoTIFF: texts of keys.
pub const GEO_ASCII_PARAMS: u16 = 34737;
/// DGIWG: rational polynomial coefficients of a sensor, 92 numbers, the third and fourth being a line and a sample.
pub const RPC_COEFFICIENTS: u16 = 50844;
/// GDAL: metadata as XML.
pub const GDAL_METADATA: u16 = 42112;
/// GDAL: nodata value as text.
pub const GDAL_NODATA: u16 = 42113;
