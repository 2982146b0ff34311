//! Coordinate reference systems as vector files and GeoTIFFs state them: recognised, compared, and described well
//! enough to write GeoKeys.
//!
//! A [`Crs`] comes from an EPSG code, WKT (OGC and ESRI WKT1, WKT2), PROJJSON or one of the short forms that
//! [`Crs::parse`] lists. The EPSG code is found in this order: the code that the text states, the name that ESRI
//! software gives, the parameters. A CRS whose code stays unknown still has its [`Geographic`] and, for the usual
//! methods, [`Projection`] part, from which user-defined GeoKeys are written.
//!
//! Coordinates are taken in GIS order (x = easting or longitude, y = northing or latitude) as every supported format
//! stores them, so the axis order that a definition states is ignored. Heights are ignored too: of a compound or
//! three-dimensional CRS the horizontal part counts. Coordinates are transformed by [`Transform`] only.
//!
//! ```
//! let file = xr_crs::Crs::parse("urn:ogc:def:crs:EPSG::5070")?;
//! assert_eq!(file.to_string(), "EPSG:5070 (NAD83 / Conus Albers)");
//! assert!(!file.same(&xr_crs::Crs::crs84()));
//! # Ok::<(), xr_crs::CrsError>(())
//! ```
#![forbid(unsafe_code)]

mod authority;
mod crs;
mod datum_names;
mod definition;
mod epsg;
mod error;
mod esri_names;
mod geographic;
mod method;
mod names;
mod parameter;
mod projection;
mod projjson;
mod transform;
mod unit;
mod wkt;
mod wkt_tree;

pub use crs::Crs;
pub use error::CrsError;
pub use geographic::{Ellipsoid, Geographic, PrimeMeridian};
pub use method::Method;
pub use parameter::Parameter;
pub use projection::Projection;
pub use transform::Transform;
pub use unit::Unit;
