//! Tags that go from the source to the output as they are, and those that get lost, by name.

use crate::{failure::Failure, rows::ImageRows};
use std::path::Path;
use xr_geotiff::{
    FieldType::{Ifd, Ifd8, Long8, SLong8},
    VerbatimTag, tag,
};

/// Whether coordinates of pixels in a tag's numbers are columns (`Some(0)`), rows (`Some(1)`), or none.
type Axis = fn(usize) -> Option<usize>;

/// Texts, resolution and profiles that hold for any part of the image: DocumentName, Make, Model, MinSampleValue,
/// MaxSampleValue, XResolution, YResolution, PageName, ResolutionUnit, PageNumber, TransferFunction, Software, DateTime,
/// Artist, HostComputer, WhitePoint, PrimaryChromaticities, SMinSampleValue, SMaxSampleValue, XMP, Copyright, IPTC,
/// ICC profile.
const CARRIED: [u16; 23] = [
    269, 271, 272, 280, 281, 282, 283, 285, 296, 297, 301, 305, 306, 315, 316, 318, 319, 340, 341, 700, 33432, 33723,
    34675,
];

/// Tags that the writer makes anew or that only tell how the source stores its pixels: of TIFF 6.0 beside those that the
/// writer knows SubfileType, Thresholding, CellWidth and CellLength, FillOrder, Orientation (pixels are read in the
/// file's order), FreeOffsets, FreeByteCounts, T4Options, T6Options, BadFaxLines and its kin, SubIFDs, JPEG's and
/// YCbCr's; LERC's parameters.
const STORAGE: [u16; 57] = [
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 270, 273, 274, 277, 278, 279, 284, 288, 289, 292, 293, 317,
    320, 322, 323, 324, 325, 326, 327, 328, 330, 332, 338, 339, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529,
    530, 531, 532, 33550, 34264, 34735, 34736, 34737, 42112, 42113, 50674,
];

/// Tags that name pixels: ground control points (column, row, depth, x, y, z), and the sensor model with its errors, line
/// and sample first.
const PIXELS: [(u16, Axis); 2] = [
    (tag::MODEL_TIEPOINT, |i| (i % 6 < 2).then_some(i % 6)),
    (tag::RPC_COEFFICIENTS, |i| match i {
        2 => Some(1),
        3 => Some(0),
        _ => None,
    }),
];

/// The tags to carry, those that name pixels moved to the part that is taken. What is left behind is warned of.
pub fn tags(rows: &ImageRows<'_>, path: &Path) -> Result<Vec<VerbatimTag>, Failure> {
    let image = rows.reader.directory(rows.image)?;
    let first = [rows.area.column, rows.area.row].map(f64::from);
    let has_transform = image.transform()?.is_some();
    let (mut carried, mut lost) = (Vec::new(), Vec::new());
    for entry in image.entries() {
        let tag = entry.tag();
        let axis = PIXELS.iter().find(|(pixels, _)| *pixels == tag).map(|(_, axis)| axis);
        if STORAGE.contains(&tag) || tag == tag::MODEL_TIEPOINT && has_transform {
            continue;
        }
        // Only BigTIFF has numbers of 64 bits, and positions in a file mean nothing in another.
        let is_bound = matches!(entry.field_type(), Ifd | Ifd8 | Long8 | SLong8);
        if is_bound || !CARRIED.contains(&tag) && axis.is_none() {
            lost.push(tag.to_string());
            continue;
        }
        if let Some(mut value) = rows.reader.verbatim(rows.image, tag)?.filter(|value| !value.bytes.is_empty()) {
            if let Some(axis) = axis {
                value.edit_doubles(|i, number| axis(i).map_or(number, |axis| number - first[axis]));
            }
            carried.push(value);
        }
    }
    if !lost.is_empty() {
        tracing::warn!("{}: left behind: tag {}", path.display(), lost.join(", "));
    }
    Ok(carried)
}
