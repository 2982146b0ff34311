//! `xr spline`. Expected values are SciPy's: RBFInterpolator, thin_plate_spline, on points scaled to the unit box.

use crate::{
    program::Folder,
    raster::{Pixels, Raster},
};

const POINTS: &str = "x,y,z,w,sd\n0.5,0.5,1,10,1\n7.5,1.5,4,20,1\n2.5,6.5,-2,30,1\n6.5,7.5,3,40,1\n4.5,3.5,7,50,1\n";
/// Pixel centres at x.5, y.5, rows from y = 7.5 down.
const GRID: &str = "--extent 0,0,8,8 --resolution 1";

fn surface(folder: &Folder, options: &str) -> Raster {
    folder.xr(&format!("spline points.csv --crs EPSG:32632 {options} -o out.tif --overwrite")).succeeded();
    Raster::read(&folder.path("out.tif"))
}

/// The pixel whose centre is `(x, y)`.
fn at(raster: &Raster, x: f64, y: f64) -> f64 {
    match &raster.pixels {
        Pixels::Floats(pixels) => pixels[(7.5 - y) as usize * 8 + x as usize],
        Pixels::Integers(_) => panic!("a surface of integers"),
    }
}

#[track_caller]
fn close(got: f64, expected: f64) {
    assert!((got - expected).abs() < 9e-9, "{got} instead of {expected}"); // 1e-9 of the range
}

#[test]
fn values_are_those_of_scipy() {
    let folder = Folder::with("points.csv", POINTS);
    let raster = surface(&folder, &format!("--column z {GRID}"));
    assert_eq!((raster.dtype, raster.epsg, raster.nodata.as_deref()), ("f64", Some(32632), None));
    for (x, y, z) in [(0.5, 0.5, 1.0), (7.5, 1.5, 4.0), (2.5, 6.5, -2.0), (6.5, 7.5, 3.0), (4.5, 3.5, 7.0)] {
        close(at(&raster, x, y), z);
    }
    close(at(&raster, 0.5, 7.5), -6.207857178642332);
    close(at(&raster, 7.5, 7.5), 3.599567407241235);
    close(at(&raster, 3.5, 4.5), 4.144594576188612);
    close(at(&raster, 7.5, 0.5), 3.713609443807195);
    let smooth = surface(&folder, &format!("--column z {GRID} --smoothing 0.01"));
    close(at(&smooth, 0.5, 7.5), -6.030085931447584);
    close(at(&smooth, 3.5, 4.5), 4.0515258077154845);
}

#[test]
fn masked_pixels_are_nodata_and_clamped_ones_in_range() {
    let folder = Folder::with("points.csv", POINTS);
    let hull = surface(&folder, &format!("--column z {GRID} --mask HULL"));
    assert_eq!(hull.nodata.as_deref(), Some("nan"));
    assert!(at(&hull, 0.5, 7.5).is_nan() && at(&hull, 7.5, 7.5).is_nan());
    close(at(&hull, 3.5, 4.5), 4.144594576188612);
    let square = r#"{"type":"Polygon","coordinates":[[[3,4],[5,4],[5,5],[3,5],[3,4]]]}"#;
    folder.write("mask.geojson", format!(r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"EPSG:32632"}}}},"features":[{{"type":"Feature","properties":{{}},"geometry":{square}}}]}}"#));
    let file = surface(&folder, &format!("--column z {GRID} --mask mask.geojson --nodata -9999 --dtype f32"));
    let Pixels::Floats(pixels) = &file.pixels else { panic!("floats") };
    assert_eq!((file.dtype, file.nodata.as_deref()), ("f32", Some("-9999")));
    assert_eq!(pixels.iter().filter(|&&pixel| pixel != -9999.0).count(), 2);
    let clamped = surface(&folder, &format!("--column z {GRID} --clamp"));
    assert_eq!(at(&clamped, 0.5, 7.5), -2.0);
    close(at(&clamped, 3.5, 4.5), 4.144594576188612);
}

#[test]
fn slopes_of_a_plane_are_the_same_everywhere() {
    // z = 2x − 3y + 1 at UTM offsets, in two columns.
    let mut csv = "x,y,a,b\n".to_owned();
    for (x, y) in [(0.0, 0.0), (90.0, 10.0), (30.0, 80.0), (70.0, 60.0), (50.0, 20.0)] {
        let (e, n) = (500_000.0 + x, 5_100_000.0 + y);
        csv += &format!("{e},{n},{},{}\n", 2.0 * x - 3.0 * y + 1.0, x);
    }
    let folder = Folder::with("points.csv", csv);
    let run = "spline points.csv --crs EPSG:32632 --column a,b --size 30,20 -o out.tif --gradient slopes.tif";
    folder.xr(run).succeeded();
    let file = std::io::BufReader::new(std::fs::File::open(folder.path("slopes.tif")).unwrap());
    let mut slopes = tiff::decoder::Decoder::new(file).unwrap();
    let tiff::decoder::DecodingResult::F64(pixels) = slopes.read_chunk(0).unwrap() else { panic!("f64") };
    assert_eq!(pixels.len(), 30 * 20 * 4);
    for pixel in pixels.chunks(4) {
        for (slope, expected) in pixel.iter().zip([2.0, -3.0, 1.0, 0.0]) {
            assert!((slope - expected).abs() < 1e-9, "{pixel:?}");
        }
    }
}

#[test]
fn pixels_do_not_depend_on_threads_memory_or_tiles() {
    let folder = Folder::with("points.csv", POINTS);
    let run = |columns: &str, options: &str| {
        let line =
            format!("spline points.csv --crs EPSG:32632 --column {columns} --extent 0,0,8,8 --size 700,620 {options}");
        let json = folder.xr(&format!("{line} --mask HULL --json -o out.tif --overwrite")).succeeded().json();
        (json["traffic"]["downloads"].as_u64().unwrap(), Raster::read(&folder.path("out.tif")).pixels)
    };
    let bits = |pixels: &Pixels| match pixels {
        Pixels::Floats(pixels) => pixels.iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
        Pixels::Integers(_) => panic!("a surface of integers"),
    };
    for method in ["direct", "fmm"] {
        let (_, expected) = run("z", &format!("--method {method}"));
        for options in ["--threads 1", "--tile-size 16", "--tile-size 64 --max-memory 36MiB", "--overviews 2"] {
            let (windows, pixels) = run("z", &format!("--method {method} {options}"));
            assert_eq!(windows > 1, options.contains("--max-memory"), "{method} {options}");
            assert!(bits(&pixels) == bits(&expected), "{method} {options}");
        }
    }
}

#[test]
fn many_points_are_summed_fast_and_within_the_bound() {
    // The multiples of two irrationals, wrapped.
    let part = |n: usize, step: f64| (n as f64 * step).fract();
    let mut csv = "x,y,z,w\n".to_owned();
    for n in 1..700 {
        let (x, y) = (8.0 * part(n, 0.754_877_666), 8.0 * part(n, 0.569_840_29));
        csv += &format!("{x},{y},{},{}\n", (0.7 * x).sin() * y, part(n, 0.618_034));
    }
    let folder = Folder::with("points.csv", csv);
    let line =
        "spline points.csv --crs EPSG:32632 --column z,w --extent 0,0,8,8 --size 500,400 -o out.tif --overwrite --json";
    let run = |options: &str| {
        let json = folder.xr(&format!("{line} {options}")).succeeded().json();
        let Pixels::Floats(pixels) = Raster::read(&folder.path("out.tif")).pixels else { panic!("floats") };
        (json, pixels)
    };
    let (_, direct) = run("--method direct");
    for options in ["", "--tolerance 1e-13"] {
        let (json, fast) = run(&format!("{options} --error-report errors.json"));
        assert_eq!((json["method"].as_str(), json["traffic"]["uploads"].as_u64()), (Some("fmm"), Some(3)));
        let report: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(folder.path("errors.json")).unwrap()).unwrap();
        for (band, column) in report["columns"].as_array().unwrap().iter().enumerate() {
            let bound = column["error_bound"].as_f64().unwrap();
            assert!(bound > 0.0 && bound < 1e-8, "{options}, band {band}: {bound:e}");
            assert!(column["error_at_pixels"]["max"].as_f64().unwrap() <= bound);
            let pairs = direct.iter().zip(&fast).skip(band).step_by(2);
            let worst = pairs.fold(0.0, |worst: f64, (a, b)| worst.max((a - b).abs()));
            assert!(worst > 0.0 && worst <= bound, "{options}, band {band}: {worst:e} above {bound:e}");
        }
    }
    let warned = folder.xr(&format!("{line} --tolerance 1e-30")).succeeded();
    assert!(warned.stderr.contains("above --tolerance"), "{}", warned.stderr);
}

#[test]
fn points_weights_and_polynomials_go_up_once() {
    let folder = Folder::with("points.csv", POINTS);
    let run = "spline points.csv --crs EPSG:32632 --column z,w,sd --size 64,64 -o out.tif --json";
    let json = folder.xr(run).succeeded().json();
    assert_eq!(json["traffic"]["uploads"], 3);
    assert_eq!((json["bands"].as_u64(), json["points"].as_u64()), (Some(3), Some(5)));
    assert!(["fit", "evaluate"].iter().all(|phase| json["phases"][phase].as_f64() > Some(0.0)));
}

#[test]
fn the_error_report_says_what_is_known() {
    let folder = Folder::with("points.csv", POINTS);
    let line = format!("spline points.csv --crs EPSG:32632 --column z {GRID} -o out.tif --error-report errors.json");
    folder.xr(&line).succeeded();
    let text = std::fs::read_to_string(folder.path("errors.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let column = &report["columns"][0];
    assert_eq!((report["lambda"].as_f64(), report["unit"].as_f64()), (Some(0.0), Some(7.0)));
    assert!(column["residual"]["max"].as_f64().unwrap() < 1e-12);
    assert!(column["error_bound"].as_f64().unwrap() < 1e-12);
    assert_eq!((report["method"].as_str(), column["error_at_pixels"]["max"].as_f64()), (Some("direct"), Some(0.0)));
    assert_eq!(column["worst"].as_array().unwrap().len(), 5);
    // By brute force: the five splines through four of the points each.
    close(column["leave_one_out_rmse"].as_f64().unwrap(), 6.621897796982727);
    assert_eq!(column["worst"][0]["feature"], "points.csv: feature 1");
    close(column["worst"][0]["leave_one_out"].as_f64().unwrap(), -11.349286189600944);
}

#[test]
fn degrees_are_warned_of_and_projected() {
    let csv = "lon,lat,z\n9.1,47.1,1\n9.9,47.2,2\n9.5,47.8,3\n9.4,47.4,2\n";
    let folder = Folder::with("points.csv", csv);
    let run = "spline points.csv --crs EPSG:4326 --column z --size 20,20 -o out.tif --overwrite";
    let warned = folder.xr(run).succeeded();
    assert!(warned.stderr.contains("distances are in degrees") && warned.stderr.contains("--project auto"));
    let projected = folder.xr(&format!("{run} --project auto")).succeeded();
    assert!(!projected.stderr.contains("degrees"), "{}", projected.stderr);
    let raster = Raster::read(&folder.path("out.tif"));
    assert_eq!(raster.epsg, Some(32632));
    // PROJ puts 9.1° E 47.1° N, the westernmost point, at 507588.36 m E.
    assert!((raster.origin[0] - 507_588.361).abs() < 0.01, "{:?}", raster.origin);
    folder.xr(&run.replace("--crs EPSG:4326", "--project auto")).failed(2, &["--project", "--crs EPSG:n"]);
    folder.xr(&format!("{run} --project EPSG:4326")).failed(2, &["degrees", "projected"]);
    folder.write("points.csv", "lon,lat,z\n-120,10,1\n60,20,2\n10,50,3\n");
    folder.xr(&format!("{run} --project auto")).failed(1, &["UTM", "EPSG:6933"]);
}

#[test]
fn few_points_and_far_grids_are_warned_of() {
    let folder = Folder::with("points.csv", "x,y,z\n3,4,7.5\n");
    let line = "spline points.csv --crs EPSG:32632 --column z --extent 0,0,2000,2000 --size 4,4 -o out.tif --overwrite";
    assert!(folder.xr(line).succeeded().stderr.contains("one point"));
    assert_eq!(Raster::read(&folder.path("out.tif")).pixels, Pixels::Floats(vec![7.5; 16]));
    folder.write("points.csv", "x,y,z\n0,0,1\n1000,1000,3\n");
    assert!(folder.xr(line).succeeded().stderr.contains("on one line"));
    folder.write("points.csv", POINTS);
    let far = "spline points.csv --crs EPSG:32632 --column z --size 4,4 -o out.tif --overwrite --extent";
    assert!(folder.xr(&format!("{far} 0,0,80,80")).succeeded().stderr.contains("18.9 times as far as the points"));
    folder.xr(&format!("{far} 0,0,1e6,1e6")).failed(1, &["times as far as the points", "limit"]);
}

#[test]
fn bad_points_are_named() {
    let bad = |points: &str, options: &str, status: i32, phrases: &[&str]| {
        let folder = Folder::with("points.csv", points);
        let line = format!("spline points.csv --crs EPSG:32632 --size 8,8 -o out.tif {options}");
        folder.xr(&line).failed(status, phrases);
        assert!(!folder.path("out.tif").exists());
    };
    let z = "--column z";
    bad("x,y,z\n0,0,1\n5,5,2\n1,8,3\n5,5,4\n", z, 1, &["feature 1", "feature 3", "(5, 5)", "--duplicates mean"]);
    bad("x,y,z\n0,0,1\n5,5,nan\n1,8,3\n", z, 1, &["feature 1", "\"z\" is NaN"]);
    bad("x,y,z\n0,0,1\n5,inf,2\n1,8,3\n", z, 1, &["feature 1"]);
    bad("x,y,z\n0,0,1\n5,5,high\n1,8,3\n", z, 1, &["feature 1", "\"z\"", "high"]);
    bad("x,y,z\n", z, 1, &["no points"]);
    bad(POINTS, "--column q", 1, &["q"]);
    bad("x,y,z,s\n0,0,1,1\n5,5,2,0\n1,8,3,1\n", "--column z --weights s", 1, &["feature 1", "\"s\" is 0", "positive"]);
    bad("x,y,z\n0,0,1\n1,1,2\n2,2,3\n", "--column z --mask HULL --extent 0,0,2,2", 1, &["one line", "--mask"]);
    bad(POINTS, "--column z --smoothing -1", 2, &["--smoothing"]);
    bad(POINTS, "--column z --tolerance 0", 2, &["--tolerance", "positive"]);
    bad(POINTS, "--column z --preview out.tif", 2, &["two outputs"]);
    let folder = Folder::with("shapes.geojson", crate::features::row([1.0]));
    folder.xr("spline shapes.geojson --column v --size 4,4 -o out.tif").failed(1, &["feature 0", "points"]);
    let mean = Folder::with("points.csv", "x,y,z\n0,0,1\n5,5,2\n1,8,3\n5,5,4\n");
    let line = "spline points.csv --crs EPSG:32632 --size 8,8 -o out.tif --column z --duplicates mean";
    assert!(mean.xr(line).succeeded().stderr.contains("1 point is at the place of another"));
}
