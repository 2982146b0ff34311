use parquet::file::metadata::FileMetaData;
use serde_json::Value;
use xr_crs::Crs;

use crate::VectorError;
use crate::error::FileName;
use crate::source::About;

/// Reads the `geo` entry: sets the CRS and returns the name of the geometry column. Without the entry, a column of a
/// usual name is taken and the CRS stays unknown.
pub(super) fn apply(
    file: &FileName,
    metadata: &FileMetaData,
    names: &[&str],
    about: &mut About,
) -> Result<String, VectorError> {
    let entry = metadata.key_value_metadata().into_iter().flatten().find(|entry| entry.key == "geo");
    let Some(json) = entry.and_then(|entry| entry.value.as_deref()) else {
        let usual = ["geometry", "geom", "wkb_geometry", "wkb"];
        return match usual.iter().find(|usual| names.contains(usual)) {
            Some(name) => Ok((*name).to_owned()),
            None => Err(file.unsupported("Parquet without the metadata entry \"geo\": not a GeoParquet file")),
        };
    };
    let geo: Value = serde_json::from_str(json)
        .map_err(|e| file.corrupt(None, None, format!("the metadata entry \"geo\" is not JSON: {e}")))?;
    let primary = geo["primary_column"]
        .as_str()
        .ok_or_else(|| file.corrupt(None, None, "the metadata entry \"geo\" has no \"primary_column\""))?;
    let column = &geo["columns"][primary];
    match column["encoding"].as_str() {
        Some("WKB") => {}
        other => {
            let found = other.unwrap_or("none");
            return Err(file.unsupported(format!("geometry encoding {found} is not supported; write WKB")));
        }
    }
    match column.get("crs") {
        None => about.crs = Some(Crs::crs84()),
        Some(Value::Null) => {}
        Some(projjson) => about.set_crs(Crs::from_projjson(&projjson.to_string())),
    }
    Ok(primary.to_owned())
}
