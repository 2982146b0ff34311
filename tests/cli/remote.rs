//! Rasters behind URLs.

use crate::program::Folder;

#[cfg(feature = "http")]
mod with_http {
    use crate::{features::row, program::Folder, raster::Raster, server::Server};
    use std::fs;

    /// A folder with `local.tif`, the counties as a COG of small tiles, and a server that has it too.
    fn counties() -> (Folder, Server) {
        let folder = Folder::new();
        let line = "@us_counties_5070.gpkg --column state_fips --resolution 4000 --nodata 0 --tile-size 64 --cog";
        folder.xr(&format!("rasterize {line} --compress none -o local.tif")).succeeded();
        let server = Server::of(fs::read(folder.path("local.tif")).unwrap());
        (folder, server)
    }

    #[test]
    fn info_and_validate_say_of_a_url_what_they_say_of_the_file() {
        let (folder, server) = counties();
        assert_eq!(folder.info(&server.url), folder.info("local.tif"));
        // The head alone: tables of some three hundred tiles are in it.
        assert_eq!(server.take().len(), 1);
        let remote = folder.xr(&format!("validate {} --cog", server.url)).succeeded().stdout;
        assert_eq!(remote, format!("{}: a valid Cloud Optimized GeoTIFF\n", server.url));
        // The head, and the frames of a level's tiles, which are read along with their tiles of 4 KiB.
        let asked = server.take();
        assert!(asked.len() <= 12, "{asked:?}");
    }

    #[test]
    fn a_window_of_a_url_is_fetched_in_part() {
        let (folder, server) = counties();
        for (input, output) in [("local.tif", "a.tif"), (&server.url, "b.tif")] {
            let options = "--window 640,320,128,128 --predictor none --verify";
            folder.xr(&format!("translate {input} {output} {options}")).succeeded();
        }
        let read = |name: &str| Raster::read(&folder.path(name));
        let (local, remote) = (read("a.tif"), read("b.tif"));
        assert!(local.pixels == remote.pixels && local.origin == remote.origin);
        // The head, and 2 × 2 tiles in two runs at most, once to translate and once to verify.
        let asked = server.take();
        assert!((2..=5).contains(&asked.len()), "{asked:?}");
        let bytes: u64 = asked[1..].iter().map(|range| range.end - range.start).sum();
        assert!((4 * 4096..4 * (4 * 4096 + 65536)).contains(&bytes), "{asked:?}");
    }

    #[test]
    fn a_grid_is_taken_from_a_url() {
        let (folder, server) = counties();
        folder.write("a.geojson", row([1]));
        let raster = folder.burn(&format!("a.geojson --like {} --crs EPSG:5070 --column v", server.url));
        let like = Raster::read(&folder.path("local.tif"));
        assert_eq!((raster.width, raster.height, raster.origin), (like.width, like.height, like.origin));
    }

    #[test]
    fn refusals_name_the_url_and_the_remedy() {
        let folder = Folder::with("out.tif", "");
        let server = Server::of(b"{\"type\": \"FeatureCollection\"}".to_vec());
        folder.xr(&format!("info {}", server.url)).failed(1, &[&server.url, "is no TIFF", "download it"]);
        folder.xr("info http://127.0.0.1:9/a.tif").failed(1, &["http://127.0.0.1:9/a.tif", "check the address"]);
    }
}

#[cfg(not(feature = "http"))]
#[test]
fn a_build_without_http_names_the_feature() {
    let folder = Folder::new();
    for command in
        ["info URL", "validate URL", "translate URL out.tif", "rasterize @airports_co.csv -o a.tif --like URL"]
    {
        let line = command.replace("URL", "https://example.org/a.tif");
        folder.xr(&line).failed(1, &["https://example.org/a.tif: ", "download the file", "--features http"]);
    }
}

#[test]
fn object_stores_are_read_by_their_https_addresses() {
    Folder::new().xr("info s3://bucket/a.tif").failed(1, &["s3://bucket/a.tif: ", "presigned"]);
}
