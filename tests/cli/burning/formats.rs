//! The same counties from every format give the same pixels.

use crate::{
    program::Folder,
    raster::{Pixels, Raster},
};

const FIVE_STATES: &str = r#"--where "state_fips IN (4, 8, 35, 49, 56)""#;
const ALBERS: &str = "--column area_km2 --resolution 5000 --extent -1750000,990000,-500000,2540000";
const DEGREES: &str = "--column area_km2 --resolution 0.05 --extent -115,31,-102,45.05";

/// Pixels of a county, and the sum of their values in thousandths: areas have three decimals.
fn figures(raster: &Raster) -> (usize, i64) {
    let Pixels::Floats(pixels) = &raster.pixels else { panic!("{} pixels", raster.dtype) };
    let burned = pixels.iter().filter(|&&v| v != 0.0);
    (burned.clone().count(), burned.map(|v| (v * 1000.0).round() as i64).sum())
}

#[test]
fn projected_counties_agree() {
    let folder = Folder::new();
    let shapefile = folder.burn(&format!("@west_counties.shp {ALBERS}"));
    assert_eq!((shapefile.width, shapefile.height, shapefile.dtype), (250, 310, "f64"));
    // gdal.Rasterize of GDAL 3.6.2 on the same grid.
    assert_eq!(figures(&shapefile), (54_119, 768_564_046_978));
    let Pixels::Floats(pixels) = &shapefile.pixels else { panic!("{} pixels", shapefile.dtype) };
    assert_eq!(pixels[173 * 250 + 60], 48_365.993);

    for input in [
        "@west_counties.parquet".into(),
        "@west_counties_wkt.csv".into(),
        format!("@us_counties_5070.gpkg {FIVE_STATES}"),
    ] {
        let raster = folder.burn(&format!("{input} {ALBERS}"));
        assert!(raster.pixels == shapefile.pixels, "{input}");
        assert_eq!((raster.origin, raster.pixel_size), ([-1_750_000.0, 2_540_000.0], [5000.0, 5000.0]), "{input}");
    }
}

#[test]
fn geographic_counties_agree() {
    let folder = Folder::new();
    let lines = folder.burn(&format!("@west_counties.geojsonl {DEGREES}"));
    assert_eq!((lines.width, lines.height, lines.dtype), (260, 281, "f64"));
    assert_eq!(figures(&lines), (55_508, 783_269_640_570)); // GDAL 3.6.2
    let flatgeobuf = folder.burn(&format!("@us_counties.fgb {FIVE_STATES} {DEGREES}"));
    assert!(flatgeobuf.pixels == lines.pixels);
}

#[test]
fn lines_and_points_of_the_samples_burn() {
    let folder = Folder::new();
    let borders = folder.burn("@state_borders.fgb --resolution 0.5 --extent -125,24,-66,50 --column n_states");
    assert_eq!((borders.width, borders.height, borders.dtype), (118, 52, "u8"));
    let Pixels::Integers(pixels) = &borders.pixels else { panic!("{} pixels", borders.dtype) };
    assert!(pixels.iter().all(|v| (0..=2).contains(v)) && pixels.contains(&1) && pixels.contains(&2));
    let airports = folder.burn("@airports_co.csv --resolution 1 --extent -110,36,-101,42 --merge count");
    let Pixels::Integers(pixels) = &airports.pixels else { panic!("{} pixels", airports.dtype) };
    assert_eq!((airports.dtype, pixels.iter().sum::<i128>()), ("u32", 324));
}

#[test]
fn the_crs_is_the_inputs() {
    let folder = Folder::new();
    for (input, grid, epsg) in [
        ("@west_counties.shp", "--resolution 50000", Some((5070, "EPSG:5070 (NAD83 / Conus Albers)"))),
        ("@west_counties.parquet", "--resolution 50000", Some((5070, "EPSG:5070 (NAD83 / Conus Albers)"))),
        ("@us_counties_5070.gpkg", "--resolution 50000", Some((5070, "EPSG:5070 (NAD83 / Conus Albers)"))),
        ("@west_counties.geojsonl", "--resolution 0.5", Some((4326, "EPSG:4326 (WGS 84)"))),
        ("@state_borders.fgb", "--resolution 0.5", Some((4326, "EPSG:4326 (WGS 84)"))),
        ("@west_counties_wkt.csv", "--resolution 50000", None),
    ] {
        let raster = folder.burn(&format!("{input} {grid}"));
        assert_eq!(raster.epsg, epsg.map(|(code, _)| code), "{input}");
        assert_eq!(folder.info("out.tif")["crs"].as_str(), epsg.map(|(_, text)| text), "{input}");
    }
}

#[test]
fn the_crs_can_be_named() {
    let folder = Folder::new();
    let csv = "rasterize @west_counties_wkt.csv --resolution 50000 -o out.tif --overwrite";
    let run = folder.xr(csv).succeeded();
    assert!(run.stderr.contains("no input states a coordinate reference system"), "{}", run.stderr);
    for crs in ["EPSG:5070", "@west_counties.prj"] {
        let run = folder.xr(&format!("{csv} --crs {crs}")).succeeded();
        assert_eq!(run.stderr, "", "{crs}");
        assert_eq!(Raster::read(&folder.path("out.tif")).epsg, Some(5070), "{crs}");
    }
    let run = folder.xr("rasterize @west_counties.geojsonl --resolution 1 --crs EPSG:5070 -o other.tif").succeeded();
    assert!(run.stderr.contains("labelled EPSG:5070 (NAD83 / Conus Albers) without reprojection"), "{}", run.stderr);
}
