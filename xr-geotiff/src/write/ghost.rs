//! The ghost area of a COG: lines between header and first directory that tell GDAL how the tiles lie
//! (<https://gdal.org/en/stable/drivers/raster/cog.html>, "Header ghost area").

use crate::{ImageSpec, Interleave};

/// The area: its first line gives the length of what follows it in six digits.
pub(super) fn ghost_area(spec: &ImageSpec) -> String {
    // The blank is there so that a program that breaks the layout can make YES of NO in place.
    let mut lines = "LAYOUT=IFDS_BEFORE_DATA\n\
         BLOCK_ORDER=ROW_MAJOR\n\
         BLOCK_LEADER=SIZE_AS_UINT4\n\
         BLOCK_TRAILER=LAST_4_BYTES_REPEATED\n\
         KNOWN_INCOMPATIBLE_EDITION=NO\n "
        .to_owned();
    if masks_are_interleaved(spec) {
        lines += "MASK_INTERLEAVED_WITH_IMAGERY=YES\n";
    }
    format!("GDAL_STRUCTURAL_METADATA_SIZE={:06} bytes\n{lines}", lines.len())
}

/// Whether each tile of a mask follows the tile of the image that it belongs to.
pub(super) fn masks_are_interleaved(spec: &ImageSpec) -> bool {
    spec.mask && spec.interleave == Interleave::Pixel
}
