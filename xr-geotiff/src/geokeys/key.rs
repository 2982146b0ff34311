//! Numbers of the GeoKeys that the crate writes or understands (GeoTIFF 1.1 section 7.5 and annex B).

/// 1 projected, 2 geographic.
pub const MODEL_TYPE: u16 = 1024;
/// 1 a pixel is an area, 2 a point.
pub const RASTER_TYPE: u16 = 1025;
/// Name of the coordinate reference system.
pub const CITATION: u16 = 1026;
/// EPSG code of the geographic system.
pub const GEOGRAPHIC_TYPE: u16 = 2048;
/// Name of the geographic system.
pub const GEOGRAPHIC_CITATION: u16 = 2049;
/// EPSG code of the datum.
pub const DATUM: u16 = 2050;
/// EPSG code of the prime meridian.
pub const PRIME_MERIDIAN: u16 = 2051;
/// EPSG code of the angular unit.
pub const ANGULAR_UNITS: u16 = 2054;
/// Radians of the angular unit.
pub const ANGULAR_UNIT_SIZE: u16 = 2055;
/// EPSG code of the ellipsoid.
pub const ELLIPSOID: u16 = 2056;
/// Semi-major axis, metres.
pub const SEMI_MAJOR_AXIS: u16 = 2057;
/// Semi-minor axis, metres.
pub const SEMI_MINOR_AXIS: u16 = 2058;
/// Inverse flattening.
pub const INVERSE_FLATTENING: u16 = 2059;
/// Longitude of the prime meridian, in the angular unit.
pub const PRIME_MERIDIAN_LONGITUDE: u16 = 2061;
/// EPSG code of the projected system.
pub const PROJECTED_TYPE: u16 = 3072;
/// EPSG code of the projection.
pub const PROJECTION: u16 = 3074;
/// Method of the projection.
pub const METHOD: u16 = 3075;
/// EPSG code of the linear unit.
pub const LINEAR_UNITS: u16 = 3076;
/// Metres of the linear unit.
pub const LINEAR_UNIT_SIZE: u16 = 3077;
/// Code of the vertical system; all keys from here on are of it, or of an epoch.
pub const VERTICAL: u16 = 4096;

/// Code of what is described by other keys.
pub const USER_DEFINED: u16 = 32767;
