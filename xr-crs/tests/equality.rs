//! Which coordinate reference systems are the same.
#![allow(clippy::unwrap_used)]

use xr_crs::Crs;

fn crs(text: &str) -> Crs {
    Crs::parse(text).unwrap()
}

fn same(a: &str, b: &str) -> bool {
    let (a, b) = (crs(a), crs(b));
    assert_eq!(a.same(&b), b.same(&a), "{a} and {b}");
    a.same(&b)
}

#[test]
fn one_system_in_two_forms_is_the_same() {
    assert!(Crs::crs84().same(&crs("EPSG:4326")));
    assert!(same("OGC:CRS84", "urn:ogc:def:crs:EPSG::4326"));
    assert!(same("EPSG:4979", "EPSG:4326"));
    // They differ in axis order only.
    assert!(same("EPSG:3044", "EPSG:25832"));
    assert!(same("EPSG:900913", "EPSG:3857"));
}

#[test]
fn another_datum_unit_zone_or_method_is_not() {
    for (a, b) in [
        ("EPSG:26913", "EPSG:32613"),
        ("EPSG:4269", "EPSG:4326"),
        ("EPSG:4267", "EPSG:4269"),
        ("EPSG:32613", "EPSG:32614"),
        ("EPSG:32613", "EPSG:32713"),
        ("EPSG:5070", "EPSG:6350"),
        ("EPSG:5070", "EPSG:4269"),
        // metre and US survey foot
        ("EPSG:32118", "EPSG:2263"),
        // Mercator on the ellipsoid and as on the sphere
        ("EPSG:3395", "EPSG:3857"),
        // EASE grids 1 and 2
        ("EPSG:3973", "EPSG:6931"),
        ("EPSG:21781", "EPSG:2056"),
        ("EPSG:5513", "EPSG:5514"),
        ("EPSG:8857", "EPSG:8858"),
    ] {
        assert!(!same(a, b), "{a} and {b}");
    }
}

const CUSTOM: &str = r#"PROJCS["Site",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],
    PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],
    PARAMETER["Central_Meridian",11.5],PARAMETER["Scale_Factor",0.9999],UNIT["Meter",1.0]]"#;

#[test]
fn without_codes_the_parameters_decide() {
    let renamed = CUSTOM.replace("Site", "Yard").replace("D_WGS_1984", "World Geodetic System 1984");
    assert!(same(CUSTOM, &renamed));
    assert!(!same(CUSTOM, &CUSTOM.replace("11.5", "11.50001")));
    assert!(!same(CUSTOM, &CUSTOM.replace("0.9999]", "0.99991]")));
    assert!(!same(CUSTOM, &CUSTOM.replace("\"Meter\",1.0", "\"Foot\",0.3048")));
    assert!(!same(CUSTOM, "EPSG:4326"));
}

#[test]
fn an_unknown_method_is_the_same_only_as_its_own_text() {
    let other = CUSTOM.replace("Transverse_Mercator", "Winkel_Tripel");
    assert!(same(&other, &other.replace(' ', "")));
    assert!(!same(&other, &other.replace("11.5", "12.5")));
    assert!(!same(&other, CUSTOM));
    assert_eq!((crs(&other).epsg(), crs(&other).wkt()), (None, Some(other.clone())));
    assert!(crs(&other).projection().is_none());
}
