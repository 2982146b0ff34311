use xr_vector::{Format, OpenOptions, Source, open};

use crate::collect::{Totals, example};

fn source(name: &str) -> Source {
    open(&example(name), &OpenOptions::default()).unwrap()
}

/// Compares with (features, vertices, rings, Σx, Σy, Σarea_km2) as GDAL and shapely read the same file.
fn check(name: &str, columns: &[&str], expected: (u64, u64, u64, f64, f64, f64)) {
    let mut totals = Totals::default();
    assert_eq!(source(name).read(columns, &mut totals).unwrap(), expected.0, "{name}");
    assert_eq!((totals.features, totals.vertices, totals.rings), (expected.0, expected.1, expected.2), "{name}");
    for (found, expected) in [(totals.sum_x, expected.3), (totals.sum_y, expected.4), (totals.area, expected.5)] {
        assert!((found - expected).abs() <= 1e-12 * expected.abs() + 1e-6, "{name}: {found} is not {expected}");
    }
}

const WEST: (u64, u64, u64, f64, f64, f64) = (164, 4177, 164, -4441741524.74642, 7414446735.225789, 1353055.888);

#[test]
fn shapefile_has_gdals_figures() {
    check("west_counties.shp", &["area_km2"], WEST);
}

#[cfg(feature = "parquet")]
#[test]
fn geoparquet_has_gdals_figures() {
    check("west_counties.parquet", &["area_km2"], WEST);
}

#[test]
fn csv_has_shapelys_figures() {
    check("west_counties_wkt.csv", &["area_km2"], (164, 4177, 164, -4441741521.4, 7414446730.0, 1353055.888));
}

#[test]
fn geojson_lines_have_gdals_figures() {
    check("west_counties.geojsonl", &["area_km2"], (164, 4177, 164, -452449.09848, 160173.67255, 1353055.888));
}

#[test]
fn flatgeobuf_has_gdals_figures() {
    check("us_counties.fgb", &["area_km2"], (3107, 61317, 3235, -5703999.787458, 2349048.701517, 7810103.271));
    check("state_borders.fgb", &[], (254, 7192, 254, -654593.12021, 277634.6152, 0.0));
}

#[cfg(feature = "gpkg")]
#[test]
fn geopackage_has_gdals_figures() {
    let expected = (3107, 61272, 3235, 17250332445.30007, 109381721591.19788, 7810103.271);
    check("us_counties_5070.gpkg", &["area_km2"], expected);
}

#[test]
fn sources_describe_themselves() {
    let cases = [
        ("west_counties.shp", Format::Shapefile, Some("west_counties"), Some(164), false, true),
        ("west_counties.geojsonl", Format::GeoJsonSeq, Some("west_counties"), None, false, true),
        ("west_counties_wkt.csv", Format::Csv, Some("west_counties_wkt"), None, false, false),
        ("us_counties.fgb", Format::FlatGeobuf, Some("us_counties"), Some(3107), true, true),
        #[cfg(feature = "gpkg")]
        ("us_counties_5070.gpkg", Format::GeoPackage, Some("us_counties"), Some(3107), false, true),
        #[cfg(feature = "parquet")]
        ("west_counties.parquet", Format::GeoParquet, Some("west_counties"), Some(164), false, true),
    ];
    for (name, format, layer, count, reordered, has_crs) in cases {
        let source = source(name);
        let found = (source.format(), source.layer(), source.feature_count(), source.reordered());
        assert_eq!(found, (format, layer, count, reordered), "{name}");
        assert_eq!((source.crs().is_some(), source.crs_problem()), (has_crs, None), "{name}");
        assert!(source.other_layers().is_empty());
        let columns = source.columns().map(|columns| columns.iter().any(|column| column.name == "area_km2"));
        assert!(columns.unwrap_or(true), "{name}");
    }
}
