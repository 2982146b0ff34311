//! What the output is: the source's image in the layout asked for.

use super::Translate;
use crate::{
    failure::Failure,
    output::options::{Overview, compression, predictor},
};
use std::path::Path;
use xr::Encoding;
use xr_geotiff::{Directory, ImageSpec, Photometric, PixelWindow};

pub fn image_spec(
    options: &Translate,
    image: &Directory,
    area: PixelWindow,
    encoding: &Encoding,
    overviews: &[Overview],
) -> Result<ImageSpec, Failure> {
    let [x0, dx, rx, y0, ry, dy] = image.transform()?.unwrap_or([0.0, 1.0, 0.0, 0.0, 0.0, -1.0]);
    let (column, row) = (f64::from(area.column), f64::from(area.row));
    let keys = image.geo_keys()?;
    Ok(ImageSpec {
        samples: image.samples(),
        tile_width: encoding.tile_width,
        tile_height: encoding.tile_height,
        compression: compression(encoding.codec)?,
        predictor: predictor(encoding.predictor),
        photometric: photometric(image, &options.input)?,
        alpha: image.extra_samples().last() == Some(&2),
        transform: [x0 + column * dx + row * rx, dx, rx, y0 + column * ry + row * dy, ry, dy],
        pixel_is_point: keys.is_pixel_point(),
        crs: image.crs()?,
        nodata: image.nodata(),
        description: image.description(),
        metadata: image.metadata()?.items.into_iter().filter(|item| !item.name.starts_with("STATISTICS_")).collect(),
        statistics: options.file.stats,
        overviews: overviews.iter().map(|overview| overview.size).collect(),
        layout: options.file.layout(),
        bigtiff: options.file.bigtiff.into(),
        ..ImageSpec::new(area.width, area.height, image.pixel_type()?)
    })
}

fn photometric(image: &Directory, path: &Path) -> Result<Photometric, Failure> {
    const RGB: u16 = 2;
    if let Some(palette) = image.palette()? {
        let high = |v: u16| (v >> 8) as u8; // tables hold 16 bits, writers put the same byte in both
        return Ok(Photometric::Palette(palette.into_iter().map(|[r, g, b]| [high(r), high(g), high(b)]).collect()));
    }
    match image.photometric() {
        RGB => Ok(Photometric::Rgb),
        0 => {
            tracing::warn!("{}: its zero is white; pixels stay as they are, and zero becomes black", path.display());
            Ok(Photometric::Gray)
        }
        _ => Ok(Photometric::Gray),
    }
}
