//! GeoTIFF: one object per directory that is an image of its own, overviews and masks listed by size.

use crate::failure::Failure;
use serde_json::{Map, Value, json};
use std::path::Path;
use xr_geotiff::{ByteSource, ChunkLayout, Directory, Limits, Reader, key};

pub fn describe(source: Box<dyn ByteSource>, path: &Path, stats: bool) -> Result<Map<String, Value>, Failure> {
    let reader = Reader::new(source, path, &Limits::default())?;
    let directories = reader.directories();
    let Some(image) = directories.iter().find(|d| !d.is_overview() && !d.is_mask()).or(directories.first()) else {
        return Err(Failure::data(format!("{}: holds no image", path.display()), "name another file"));
    };
    let table = reader.chunk_table(image.index())?;
    let mut facts = Map::new();
    let mut say = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    say("format", json!(if image.is_bigtiff() { "BigTIFF" } else { "TIFF" }));
    say("width", json!(image.width()));
    say("height", json!(image.height()));
    say("bands", json!(image.samples()));
    say("dtype", json!(pixel_type(image)));
    say("layout", layout(image));
    say("compression", json!(image.compression_name()));
    say("predictor", json!(image.predictor().map(|p| p.code())));
    let raw = u64::from(image.width()) * u64::from(image.height()) * bits(image) / 8;
    say("raw_bytes", json!(raw));
    say("stored_bytes", json!(table.stored_bytes()));
    say("sparse_tiles", json!(table.sparse()));
    let transform = image.transform()?;
    say("transform", json!(transform));
    if let Some([x0, dx, _, y0, _, dy]) = transform {
        let (x1, y1) = (x0 + dx * f64::from(image.width()), y0 + dy * f64::from(image.height()));
        say("extent", json!([x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)]));
    }
    let crs = match image.crs()? {
        Some(crs) => Some(crs.to_string()),
        None => image.geo_keys()?.text(key::CITATION).map(str::to_owned),
    };
    say("crs", json!(crs));
    say("nodata", json!(image.nodata()));
    say("description", json!(image.description()));
    let sizes = |wanted: &dyn Fn(&&Directory) -> bool| -> Vec<String> {
        directories.iter().filter(wanted).map(|d| format!("{} × {}", d.width(), d.height())).collect()
    };
    say("overviews", json!(sizes(&|d| d.is_overview() && !d.is_mask())));
    say("masks", json!(sizes(&|d| d.is_mask())));
    say("stored_statistics", super::statistics::stored(image)?);
    if stats {
        say("statistics", super::statistics::compute(&reader, image.index())?);
    }
    Ok(facts)
}

fn bits(image: &Directory) -> u64 {
    image.bits_per_sample().iter().map(|&b| u64::from(b)).sum()
}

fn pixel_type(image: &Directory) -> String {
    image.sample_type().map_or_else(
        || format!("{} bits, sample format {}", image.bits_per_sample()[0], image.sample_formats()[0]),
        |t| t.to_string(),
    )
}

fn layout(image: &Directory) -> Value {
    match image.layout() {
        ChunkLayout::Strips { rows } => json!(format!("strips of {rows} rows")),
        ChunkLayout::Tiles { width, height } => json!(format!("tiles of {width} × {height}")),
    }
}
