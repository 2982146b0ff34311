use std::fmt;
use std::path::Path;

/// A supported file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// One GeoJSON text: a FeatureCollection, a Feature or a bare geometry.
    GeoJson,
    /// GeoJSON texts one after the other, separated by newlines or RS characters (RFC 8142).
    GeoJsonSeq,
    /// ESRI Shapefile with its side files.
    Shapefile,
    /// FlatGeobuf.
    FlatGeobuf,
    /// OGC GeoPackage.
    GeoPackage,
    /// GeoParquet.
    GeoParquet,
    /// Delimited text with a WKT column or coordinate columns.
    Csv,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::GeoJson => "GeoJSON",
            Format::GeoJsonSeq => "newline-delimited GeoJSON",
            Format::Shapefile => "Shapefile",
            Format::FlatGeobuf => "FlatGeobuf",
            Format::GeoPackage => "GeoPackage",
            Format::GeoParquet => "GeoParquet",
            Format::Csv => "CSV",
        })
    }
}

/// Bytes of the start of a file that [`detect`] wants.
pub(crate) const HEAD: usize = 512;

/// The format of a file that starts with `head`, or what it looks like instead. The two GeoJSON forms look alike here:
/// both are [`Format::GeoJson`].
pub(crate) fn detect(path: &Path, head: &[u8]) -> Result<Format, String> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if head.is_empty() {
        return Err("the file is empty".into());
    }
    if head.starts_with(&[0x00, 0x00, 0x27, 0x0a]) {
        return match extension.as_str() {
            "shx" => Err("this is the index of a Shapefile; name its .shp".into()),
            _ => Ok(Format::Shapefile),
        };
    }
    if head.starts_with(b"fgb\x03") {
        return Ok(Format::FlatGeobuf);
    }
    if head.starts_with(b"SQLite format 3\0") {
        return Ok(Format::GeoPackage);
    }
    if head.starts_with(b"PAR1") {
        return Ok(Format::GeoParquet);
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    match text.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x1e)) {
        Some(b'{') => return Ok(Format::GeoJson),
        Some(b'[') => return Err("a bare JSON array is not GeoJSON".into()),
        _ => {}
    }
    match extension.as_str() {
        "csv" | "tsv" | "txt" | "wkt" => Ok(Format::Csv),
        "dbf" | "prj" | "cpg" => Err("this is a side file of a Shapefile; name its .shp".into()),
        "json" | "geojson" | "geojsonl" | "geojsons" | "geojsonseq" | "ndjson" => {
            Err("the extension says GeoJSON but no object starts the file".into())
        }
        "shp" | "fgb" | "gpkg" | "parquet" | "geoparquet" => {
            Err(format!("the extension says .{extension} but the file does not start like one (truncated?)"))
        }
        _ if head.starts_with(&[0x1f, 0x8b]) => Err("gzip-compressed; decompress it first".into()),
        _ if head.starts_with(b"PK\x03\x04") => Err("a zip archive; unpack it first".into()),
        _ => Err("unknown format".into()),
    }
}
