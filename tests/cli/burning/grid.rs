//! Which grid the options mean.

use crate::{features::boxes, program::Folder, raster::Raster};

/// Bounds 1,1 to 8,5.
fn folder() -> Folder {
    Folder::with("a.geojson", boxes([([1, 1, 3, 2], 1), ([6, 3, 8, 5], 1)]))
}

#[test]
fn a_resolution_covers_the_data() {
    let raster = folder().burn("a.geojson --resolution 2");
    assert_eq!((raster.width, raster.height), (4, 2));
    assert_eq!((raster.origin, raster.pixel_size), ([1.0, 5.0], [2.0, 2.0]));
    let raster = folder().burn("a.geojson --resolution 3.5,1");
    assert_eq!((raster.width, raster.height), (2, 4));
    assert_eq!((raster.origin, raster.pixel_size), ([1.0, 5.0], [3.5, 1.0]));
}

#[test]
fn tap_aligns_to_multiples_of_the_resolution() {
    let raster = folder().burn("a.geojson --resolution 2 --tap");
    assert_eq!((raster.width, raster.height), (4, 3));
    assert_eq!((raster.origin, raster.pixel_size), ([0.0, 6.0], [2.0, 2.0]));
    let raster = folder().burn("a.geojson --resolution 2 --tap --extent -3,-1,3,3");
    assert_eq!((raster.width, raster.height, raster.origin), (4, 3, [-4.0, 4.0]));
}

#[test]
fn a_size_divides_the_bounds() {
    let raster = folder().burn("a.geojson --size 14,4");
    assert_eq!((raster.width, raster.height), (14, 4));
    assert_eq!((raster.origin, raster.pixel_size), ([1.0, 5.0], [0.5, 1.0]));
    let raster = folder().burn("a.geojson --size 3,2 --extent 0,0,9,6");
    assert_eq!((raster.origin, raster.pixel_size), ([0.0, 6.0], [3.0, 3.0]));
    assert_eq!(raster.rows(), ["0 0 1", "1 0 0"]);
}

#[test]
fn an_extent_may_cut_through_features() {
    let raster = folder().burn("a.geojson --resolution 1 --extent 2,1,7,4");
    assert_eq!(raster.rows(), ["0 0 0 0 1", "0 0 0 0 0", "1 0 0 0 0"]);
}

#[test]
fn like_takes_grid_and_crs_from_a_raster() {
    let folder = folder();
    folder.xr("rasterize a.geojson --resolution 0.5,1 --extent -2,0,8,6 --crs EPSG:4326 -o like.tif").succeeded();
    let raster = folder.burn("a.geojson --like like.tif");
    assert_eq!((raster.width, raster.height, raster.epsg), (20, 6, Some(4326)));
    assert_eq!((raster.origin, raster.pixel_size), ([-2.0, 6.0], [0.5, 1.0]));
    folder.xr("rasterize a.geojson --like like.tif -o like.tif --overwrite").succeeded();
    let again = Raster::read(&folder.path("like.tif"));
    assert_eq!((again.width, again.pixels), (20, raster.pixels));
}
