//! What an image passes on to the file that takes its place: a copy in another layout, or with features burned in.

mod tags;

use crate::{
    failure::Failure,
    output::options::{OutputOptions, Overview, compression, predictor},
    rows::ImageRows,
};
use std::path::Path;
use xr::Encoding;
use xr_geotiff::{Directory, ImageSpec, MetadataItem, Photometric};

/// The file of the rows of `input` with its metadata; its statistics only if they still hold.
pub fn image_spec(
    input: &Path,
    options: &OutputOptions,
    keeps_statistics: bool,
    rows: &ImageRows<'_>,
    encoding: &Encoding,
    overviews: &[Overview],
) -> Result<ImageSpec, Failure> {
    let image = rows.reader.directory(rows.image)?;
    let area = rows.area;
    let (column, row) = (f64::from(area.column), f64::from(area.row));
    let moved =
        |[x0, dx, rx, y0, ry, dy]: [f64; 6]| [x0 + column * dx + row * rx, dx, rx, y0 + column * ry + row * dy, ry, dy];
    let keys = image.geo_keys()?;
    let photometric = photometric(image, input)?;
    let is_kept = |item: &MetadataItem| keeps_statistics || !item.name.starts_with("STATISTICS_");
    Ok(ImageSpec {
        samples: image.samples(),
        tile_width: encoding.tile_width,
        tile_height: encoding.tile_height,
        compression: compression(encoding.codec)?,
        predictor: predictor(encoding.predictor),
        extra_samples: extra_samples(image, &photometric),
        photometric,
        transform: image.transform()?.map(moved),
        pixel_is_point: keys.is_pixel_point(),
        geo_keys: Some(keys).filter(|keys| keys.iter().next().is_some()),
        nodata: image.nodata(),
        description: image.description(),
        metadata: image.metadata()?.items.into_iter().filter(is_kept).collect(),
        verbatim: tags::tags(rows, input)?,
        mask: rows.mask.is_some(),
        statistics: options.stats,
        overviews: overviews.iter().map(|overview| overview.size).collect(),
        layout: options.layout(),
        bigtiff: options.bigtiff.into(),
        ..ImageSpec::new(area.width, area.height, image.pixel_type()?)
    })
}

fn photometric(image: &Directory, path: &Path) -> Result<Photometric, Failure> {
    let becomes_gray = |what: &str| {
        tracing::warn!("{}: {what}; samples stay as they are, and readers will take them as gray", path.display());
    };
    if let Some(palette) = image.palette()? {
        return Ok(Photometric::Palette(palette));
    }
    match image.photometric() {
        1 => {}
        2 => return Ok(Photometric::Rgb),
        0 => becomes_gray("its zero is white"),
        3 => becomes_gray("its palette is missing"),
        5 => becomes_gray("its colours are cyan, magenta, yellow and black"),
        6 => becomes_gray("its colours are luma and chroma"),
        8..=10 => becomes_gray("its colours are of L*a*b*"),
        other => becomes_gray(&format!("its photometric interpretation is {other}")),
    }
    Ok(Photometric::Gray)
}

/// What the bands beyond the colours mean, if the colours stay what they are.
fn extra_samples(image: &Directory, photometric: &Photometric) -> Vec<u16> {
    let (code, colours) = match photometric {
        Photometric::Gray => (1, 1),
        Photometric::Rgb => (2, 3),
        Photometric::Palette(_) => (3, 1),
    };
    let extra = usize::from(image.samples()).saturating_sub(colours);
    let is_same = matches!((image.photometric(), code), (0 | 1, 1) | (2, 2) | (3, 3));
    if is_same { image.extra_samples().into_iter().take(extra).collect() } else { Vec::new() }
}
