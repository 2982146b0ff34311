//! `--verify`: the file read again and compared.

use crate::{
    failure::Failure,
    rows::{ImageRows, mask_of},
};
use std::path::Path;
use xr::Engine;
use xr_geotiff::{Limits, PixelWindow, Reader};

/// Compares every pixel of the rows, and of their mask, with the file at `written`, which is to be called `output`.
pub fn same(rows: &ImageRows<'_>, written: &Path, output: &Path, engine: &mut dyn Engine) -> Result<(), Failure> {
    let reader = Reader::open(written, &Limits::default())?;
    let area = PixelWindow { column: 0, row: 0, ..rows.area };
    let copy = ImageRows { reader: &reader, image: 0, mask: mask_of(&reader, 0)?, area, ..*rows };
    for (window, place) in rows.windows().zip(copy.windows()) {
        let (wanted, found) = (rows.read(window, engine)?, copy.read(place, engine)?);
        // A valid pixel is any number but 0.
        let valid = |mask: Option<Vec<u8>>| mask.map(|mask| mask.iter().map(|&m| m != 0).collect::<Vec<_>>());
        if wanted.pixels != found.pixels || valid(wanted.mask) != valid(found.mask) {
            let (first, last) = (place.row, place.row + place.height - 1);
            let message = format!("{}: rows {first} to {last} differ from the input", output.display());
            return Err(Failure::data(message, "please report this, with the input if you can"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use xr_geotiff::{GeoTiffWriter, ImageSpec, SampleType};

    /// A file of 16 × 32 pixels in two tiles, with a mask if its bits are given.
    fn file(path: &Path, pixels: [u8; 2], mask: Option<u8>) {
        let spec = ImageSpec {
            tile_width: 16,
            tile_height: 16,
            mask: mask.is_some(),
            ..ImageSpec::new(16, 32, SampleType::U8)
        };
        let mut writer = GeoTiffWriter::create(path, &spec, true).unwrap();
        for (index, value) in (0..).zip(pixels) {
            writer.write_tile(index, &[value; 256]).unwrap();
            mask.map_or(Ok(()), |bits| writer.write_mask_tile(0, index, &[bits; 32])).unwrap();
        }
        writer.finish().unwrap();
    }

    #[test]
    fn a_wrong_pixel_or_mask_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let (input, output) = (folder.path().join("in.tif"), folder.path().join("out.tif"));
        file(&input, [1, 2], Some(0xf0));
        let reader = Reader::open(&input, &Limits::default()).unwrap();
        let area = PixelWindow { column: 0, row: 0, width: 16, height: 32 };
        let rows = ImageRows {
            reader: &reader,
            image: 0,
            mask: mask_of(&reader, 0).unwrap(),
            area,
            height: 16,
            memory: 1 << 20,
        };
        let mut engine = xr::engine("cpu", xr::OpenOptions::default()).unwrap();
        let mut compare = |pixels, mask| {
            file(&output, pixels, mask);
            same(&rows, &output, Path::new("name.tif"), &mut *engine).map_err(|failure| failure.to_string())
        };
        assert_eq!(compare([1, 2], Some(0xf0)), Ok(()));
        assert_eq!(compare([1, 3], Some(0xf0)), Err("name.tif: rows 16 to 31 differ from the input".to_owned()));
        assert_eq!(compare([1, 2], Some(0xf1)), Err("name.tif: rows 0 to 15 differ from the input".to_owned()));
        assert_eq!(compare([1, 2], None), Err("name.tif: rows 0 to 15 differ from the input".to_owned()));
    }
}
