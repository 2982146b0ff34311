//! Writing: what an image is (`spec`), the bytes before the first tile (`head`), the tiles (`writer`), and the file
//! that appears under its name only when it is complete (`replacement`).

mod head;
mod replacement;
mod spec;
mod writer;

pub use spec::{BigTiff, ImageSpec};
pub use writer::{GeoTiffWriter, WriteSummary};
