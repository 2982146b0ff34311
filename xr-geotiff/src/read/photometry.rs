//! What the samples of a pixel mean: palette, and samples beyond the colours.

use super::directory::Directory;
use crate::{Result, tag};

/// PhotometricInterpretation of an image with a palette.
const PALETTE: u16 = 3;
/// PhotometricInterpretation of luma and chroma.
pub(super) const YCBCR: u16 = 6;

impl Directory {
    /// Red, green and blue (0…65535) of each value of an image with a palette.
    ///
    /// # Errors
    /// A tag ColorMap that does not hold three equally long tables.
    pub fn palette(&self) -> Result<Option<Vec<[u16; 3]>>> {
        if self.photometric() != PALETTE {
            return Ok(None);
        }
        let Some(entry) = self.entry(tag::COLOR_MAP) else { return Ok(None) };
        let values: Vec<u16> =
            entry.unsigned().into_iter().flatten().map_while(|value| value.try_into().ok()).collect();
        let colours = values.len() / 3;
        if colours == 0 || values.len() as u64 != entry.count() || !values.len().is_multiple_of(3) {
            return Err(self.malformed(tag::COLOR_MAP, "does not hold three tables of 16-bit numbers"));
        }
        Ok(Some((0..colours).map(|i| [values[i], values[colours + i], values[2 * colours + i]]).collect()))
    }

    /// Meaning of the samples beyond the colours: 0 unspecified, 1 alpha that the colours are multiplied with, 2 alpha.
    pub fn extra_samples(&self) -> Vec<u16> {
        let values = self.entry(tag::EXTRA_SAMPLES).and_then(|entry| Some(entry.unsigned()?.collect::<Vec<_>>()));
        values.unwrap_or_default().into_iter().map(|value| value.min(u64::from(u16::MAX)) as u16).collect()
    }
}
