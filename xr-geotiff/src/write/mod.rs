//! Writing: what an image is (`spec`, `check`), the images of its file (`image`), the bytes before the first tile
//! (`head`, made of `ghost`, `directory`, `field` and `metadata`), the tiles (`tiles`, `writer`; for the order of a
//! COG `spool` and `cog`), and the file that appears under its name only when it is complete (`replacement`).

mod check;
mod cog;
mod directory;
mod field;
mod ghost;
mod head;
mod image;
mod metadata;
mod replacement;
mod spec;
mod spool;
mod tiles;
mod writer;

pub use metadata::Statistics;
pub use spec::{BigTiff, ImageSpec, Layout, Photometric};
pub use spool::{Spool, SpoolReader};
pub use writer::{CompleteFile, GeoTiffWriter, WriteSummary};
