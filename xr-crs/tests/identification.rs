//! The EPSG code found in what files contain.
#![allow(clippy::unwrap_used)]

use xr_crs::{Crs, CrsError};

/// Definitions that PROJ wrote, by the code that it wrote them for.
fn definitions(table: &str) -> Vec<(u16, &str)> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once('\t').unwrap()).map(|(code, text)| (code.parse().unwrap(), text)).collect()
}

fn assert_identified(table: &str) {
    for (code, text) in definitions(table) {
        let crs = Crs::parse(text).unwrap();
        assert_eq!(crs.epsg(), Some(code), "{crs} from {text}");
        let table = Crs::from_epsg(code.into()).unwrap();
        assert_eq!(crs.name(), table.name());
        assert_eq!(crs.is_geographic(), (4000..5000).contains(&code) && !matches!(code, 4087));
    }
}

#[test]
fn esri_wkt_leads_to_the_code() {
    assert_identified(include_str!("data/esri_wkt1.tsv"));
}

#[test]
fn wkt2_without_identifiers_leads_to_the_code() {
    assert_identified(include_str!("data/wkt2_without_ids.tsv"));
}

#[test]
fn projjson_without_identifiers_leads_to_the_code() {
    assert_identified(include_str!("data/projjson_without_ids.tsv"));
}

#[test]
fn a_prj_file_keeps_its_text() {
    let prj = "PROJCS[\"NAD_1983_Contiguous_USA_Albers\",GEOGCS[\"GCS_North_American_1983\",\
        DATUM[\"D_North_American_1983\",SPHEROID[\"GRS_1980\",6378137.0,298.257222101]],PRIMEM[\"Greenwich\",0.0],\
        UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Albers\"],PARAMETER[\"False_Easting\",0.0],\
        PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",-96.0],PARAMETER[\"Standard_Parallel_1\",29.5],\
        PARAMETER[\"Standard_Parallel_2\",45.5],PARAMETER[\"Latitude_Of_Origin\",23.0],UNIT[\"Meter\",1.0]]";
    let crs = Crs::from_wkt(&format!("\u{feff}{prj}\r\n")).unwrap();
    assert_eq!(crs.to_string(), "EPSG:5070 (NAD83 / Conus Albers)");
    assert_eq!(crs.wkt().as_deref(), Some(prj));
    assert!(!crs.is_geographic());
}

#[test]
fn a_misleading_esri_name_does_not_count() {
    let (_, utm) =
        definitions(include_str!("data/esri_wkt1.tsv")).into_iter().find(|(code, _)| *code == 32613).unwrap();
    let moved = utm.replace("500000.0", "500123.0");
    let crs = Crs::from_wkt(&moved).unwrap();
    assert_eq!(crs.epsg(), None);
    assert_eq!(crs.to_string(), "WGS_1984_UTM_Zone_13N");
    assert_eq!(crs.geographic().unwrap().epsg, Some(4326));
    assert_eq!(Crs::from_wkt(&utm.replace("-105.0", "-99.0")).unwrap().epsg(), Some(32614));
}

#[test]
fn a_stated_code_is_believed_in_every_format() {
    // GeoPackage: WKT1 with AUTHORITY, shortened.
    let gpkg = r#"PROJCS["NAD83 / Conus Albers",GEOGCS["NAD83",AUTHORITY["EPSG","4269"]],AUTHORITY["EPSG","5070"]]"#;
    // FlatGeobuf: WKT2 with ID.
    let fgb = r#"GEOGCRS["WGS 84",ENSEMBLE["World Geodetic System 1984 ensemble",MEMBER["World Geodetic System 1984 (Transit)"],
        ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]],ENSEMBLEACCURACY[2.0]],
        PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],
        AXIS["geodetic latitude (Lat)",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],
        AXIS["geodetic longitude (Lon)",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4326]]"#;
    // GeoParquet: PROJJSON with id.
    let parquet = r#"{"type": "ProjectedCRS", "name": "x", "id": {"authority": "EPSG", "code": 5070}}"#;
    let crs84 = r#"{"type": "GeographicCRS", "name": "WGS 84 (CRS84)", "id": {"authority": "OGC", "code": "CRS84"}}"#;
    for (text, code) in [(gpkg, 5070), (fgb, 4326), (parquet, 5070), (crs84, 4326)] {
        assert_eq!(Crs::parse(text).unwrap().epsg(), Some(code), "{text}");
    }
}

#[test]
fn a_code_newer_than_the_table_keeps_its_definition() {
    let (_, esri) =
        definitions(include_str!("data/esri_wkt1.tsv")).into_iter().find(|(code, _)| *code == 5070).unwrap();
    let newer = esri.replace("UNIT[\"Meter\",1.0]]", "UNIT[\"Meter\",1.0],AUTHORITY[\"EPSG\",\"20999\"]]");
    let crs = Crs::from_wkt(&newer).unwrap();
    assert_eq!((crs.epsg(), crs.name()), (Some(20999), "NAD_1983_Contiguous_USA_Albers"));
    assert!(matches!(Crs::from_epsg(20999), Err(CrsError::UnknownCode { code: 20999 })));
}

#[test]
fn heights_are_left_out() {
    assert_eq!(Crs::from_epsg(4979).unwrap().epsg(), Some(4326));
    // NAD83 + NAVD88 height
    assert_eq!(Crs::from_epsg(5498).unwrap().epsg(), Some(4269));
    let (_, esri) =
        definitions(include_str!("data/esri_wkt1.tsv")).into_iter().find(|(code, _)| *code == 32613).unwrap();
    let with_height = format!(r#"{esri},VERTCS["EGM96_Geoid",VDATUM["EGM96_Geoid"],PARAMETER["Vertical_Shift",0.0]]"#);
    assert_eq!(Crs::from_wkt(&with_height).unwrap().epsg(), Some(32613));
    let compound = format!(r#"COMPD_CS["both",{esri},VERT_CS["EGM96 height",VERT_DATUM["EGM96 geoid",2005]]]"#);
    let crs = Crs::from_wkt(&compound).unwrap();
    assert_eq!((crs.epsg(), crs.wkt().as_deref()), (Some(32613), Some(esri)));
}

#[test]
fn unusable_kinds_are_named() {
    let kind = |text: &str| match Crs::parse(text) {
        Err(CrsError::UnsupportedKind { name, kind }) => (name, kind),
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(r#"VERT_CS["NAVD88 height",VERT_DATUM["x",2005]]"#), ("NAVD88 height".into(), "vertical"));
    assert_eq!(kind(r#"LOCAL_CS["site"]"#), ("site".into(), "local (engineering)"));
    assert_eq!(kind(r#"GEODCRS["WGS 84",CS[Cartesian,3],ID["EPSG",4978]]"#), ("WGS 84".into(), "geocentric"));
    assert_eq!(kind("EPSG:4978").1, "geocentric");
    assert_eq!(kind(r#"{"type": "VerticalCRS", "name": "NAVD88 height"}"#), ("NAVD88 height".into(), "vertical"));
    assert_eq!(
        Crs::parse("EPSG:4978").unwrap_err().to_string(),
        "'WGS 84' is a geocentric reference system; a geographic or projected one is needed"
    );
}

#[test]
fn errors_say_what_is_wrong() {
    let message = |text: &str| Crs::parse(text).unwrap_err().to_string();
    assert!(message("EPSG:99999").contains("EPSG:99999"), "{}", message("EPSG:99999"));
    assert!(message("EPSG:999999999").contains("EPSG:999999999"));
    assert!(message("somewhere").contains("'somewhere'"));
    assert!(message(r#"GEOGCS["a",DATUM["b"]]"#).contains("'a' has no usable SPHEROID"));
    assert!(message(r#"PROJCS["a",UNIT["metre",1]]"#).contains("'a' has no usable GEOGCS"));
    assert!(message(r#"GEOGCS["a""#).contains("byte 10"));
    assert!(message("{\"type\": ").contains("PROJJSON is malformed"));
}
