//! User-defined projections as GeoKeys, against those that GDAL 3.10.3 wrote into a file for the same WKT.
#![allow(clippy::unwrap_used)]

use xr_crs::{Crs, Method, Parameter};

const NAD83: &str = r#"GEOGCS["NAD83",DATUM["North_American_Datum_1983",SPHEROID["GRS 1980",6378137,298.257222101]],
    PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]"#;
const NTF_PARIS: &str = r#"GEOGCS["NTF (Paris)",DATUM["Nouvelle_Triangulation_Francaise_Paris",
    SPHEROID["Clarke 1880 (IGN)",6378249.2,293.4660212936269]],PRIMEM["Paris",2.33722917],UNIT["grad",0.01570796326794897]]"#;

fn projected(base: &str, method: &str, parameters: &[(&str, f64)]) -> Crs {
    let parameters: String = parameters.iter().map(|(name, value)| format!("PARAMETER[\"{name}\",{value}],")).collect();
    Crs::from_wkt(&format!("PROJCS[\"custom\",{base},PROJECTION[\"{method}\"],{parameters}UNIT[\"metre\",1]]")).unwrap()
}

/// ProjMethodGeoKey and the parameters' keys in ascending order.
fn geokeys(crs: &Crs) -> (u16, Vec<(u16, f64)>) {
    assert_eq!(crs.epsg(), None);
    let projection = crs.projection().unwrap();
    let mut keys = projection.geokey_parameters().unwrap();
    keys.sort_by_key(|(key, _)| *key);
    (projection.method.geotiff_code().unwrap(), keys)
}

/// Method, groups of its parameters, ProjMethodGeoKey, parameter keys.
type Case<'a> = (&'a str, Vec<&'a [(&'a str, f64)]>, u16, Vec<(u16, f64)>);

#[test]
fn every_method_has_the_keys_that_gdal_writes() {
    let easting = [("false_easting", 1000.0), ("false_northing", 2000.0)];
    let natural = [("latitude_of_origin", 40.5), ("central_meridian", -100.25), ("scale_factor", 0.9997)];
    let center = [("latitude_of_center", 40.5), ("longitude_of_center", -100.25)];
    let oblique = [("azimuth", 60.5), ("rectified_grid_angle", 61.5), ("scale_factor", 0.9997)];
    let parallels = [("standard_parallel_1", 41.5), ("standard_parallel_2", 43.5)];
    let (lon, lat, k) = ((3080, -100.25), (3081, 40.5), (3092, 0.9997));
    let (e, n) = ((3082, 1000.0), (3083, 2000.0));
    let oblique_keys = vec![e, n, (3088, -100.25), (3089, 40.5), (3093, 0.9997), (3094, 60.5), (3096, 61.5)];
    let cases: Vec<Case> = vec![
        ("Transverse_Mercator", vec![&natural], 1, vec![lon, lat, e, n, k]),
        ("Transverse_Mercator_South_Orientated", vec![&natural], 27, vec![lon, lat, e, n, k]),
        ("Mercator_1SP", vec![&natural], 7, vec![lon, lat, e, n, k]),
        ("Mercator_2SP", vec![&parallels[..1], &natural[1..2]], 7, vec![(3078, 41.5), lon, (3081, 0.0), e, n]),
        ("Lambert_Conformal_Conic_1SP", vec![&natural], 9, vec![lon, lat, e, n, k]),
        (
            "Lambert_Conformal_Conic_2SP",
            vec![&parallels, &natural[..2]],
            8,
            vec![(3078, 41.5), (3079, 43.5), (3084, -100.25), (3085, 40.5), (3086, 1000.0), (3087, 2000.0)],
        ),
        ("Albers_Conic_Equal_Area", vec![&parallels, &center], 11, vec![(3078, 41.5), (3079, 43.5), lon, lat, e, n]),
        ("Lambert_Azimuthal_Equal_Area", vec![&center], 10, vec![e, n, (3088, -100.25), (3089, 40.5)]),
        (
            "Polar_Stereographic",
            vec![&[("latitude_of_origin", 90.0)], &natural[1..]],
            15,
            vec![(3081, 90.0), e, n, k, (3095, -100.25)],
        ),
        (
            "Polar_Stereographic",
            vec![&[("latitude_of_origin", 71.5), ("scale_factor", 1.0)], &natural[1..2]],
            15,
            vec![(3081, 71.5), e, n, (3092, 1.0), (3095, -100.25)],
        ),
        ("Oblique_Stereographic", vec![&natural], 16, vec![lon, lat, e, n, k]),
        ("Hotine_Oblique_Mercator", vec![&center, &oblique], 3, oblique_keys.clone()),
        ("Hotine_Oblique_Mercator_Azimuth_Center", vec![&center, &oblique], 9815, oblique_keys),
        ("Cassini_Soldner", vec![&natural[..2]], 18, vec![lon, lat, e, n]),
        (
            "Equirectangular",
            vec![&parallels[..1], &[("latitude_of_origin", 0.0)], &natural[1..2]],
            17,
            vec![(3078, 41.5), e, n, (3088, -100.25), (3089, 0.0)],
        ),
        ("Cylindrical_Equal_Area", vec![&parallels[..1], &natural[1..2]], 28, vec![(3078, 41.5), lon, e, n]),
    ];
    for (method, parameters, code, keys) in cases {
        let crs = projected(NAD83, method, &[parameters.concat(), easting.to_vec()].concat());
        assert_eq!(geokeys(&crs), (code, keys), "{method}");
        assert_eq!(crs.geographic().unwrap().epsg, Some(4269), "{method}");
        assert_eq!(crs.projection().unwrap().unit.linear_code(), Some(9001));
    }
}

#[test]
fn angles_are_written_in_the_unit_of_the_base() {
    // Lambert zone II with another scale factor; WKT1 states angles in grads here.
    let crs = projected(
        NTF_PARIS,
        "Lambert_Conformal_Conic_1SP",
        &[
            ("latitude_of_origin", 52.0),
            ("central_meridian", 0.5),
            ("scale_factor", 0.9998),
            ("false_easting", 600_000.0),
            ("false_northing", 2_200_000.0),
        ],
    );
    let projection = crs.projection().unwrap();
    assert_eq!(projection.method, Method::LambertConformalConic1sp);
    assert!((projection.parameter(Parameter::LatitudeOfOrigin).unwrap() - 46.8).abs() < 1e-12);
    assert_eq!(projection.geographic.unit.angular_code(), Some(9105));
    assert_eq!(projection.geographic.epsg, Some(4807));
    let (_, keys) = geokeys(&crs);
    for (key, value) in [(3080, 0.5), (3081, 52.0), (3082, 600_000.0)] {
        let written = keys.iter().find(|(candidate, _)| *candidate == key).unwrap().1;
        assert!((written - value).abs() < 1e-12, "{key}: {written}");
    }
}

#[test]
fn an_unknown_datum_is_described() {
    let crs = Crs::from_wkt(
        r#"GEOGCS["Moon 2000",DATUM["D_Moon_2000",SPHEROID["Moon_2000_IAU_IAG",1737400.0,0.0]],
        PRIMEM["Reference_Meridian",0.0],UNIT["Degree",0.0174532925199433]]"#,
    )
    .unwrap();
    let geographic = crs.geographic().unwrap();
    assert!(crs.is_geographic() && crs.epsg().is_none());
    assert_eq!((geographic.datum.as_str(), geographic.epsg), ("D_Moon_2000", None));
    assert_eq!((geographic.ellipsoid.semi_major, geographic.ellipsoid.inverse_flattening), (1_737_400.0, 0.0));
}

#[test]
fn a_projection_in_feet_keeps_its_offsets_in_feet() {
    let crs = Crs::from_epsg(2263).unwrap();
    let projection = crs.projection().unwrap();
    assert_eq!(projection.unit.linear_code(), Some(9003));
    assert!((projection.parameter(Parameter::FalseEasting).unwrap() - 984_250.0).abs() < 1e-6);
}
