use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::Deserializer;
use serde_json::de::StrRead;
use xr_vector::{Format, OpenOptions, open};

use crate::collect::{Rows, Scratch, failure, read, rows};

fn rows_of(text: &str, columns: &[&str]) -> Vec<String> {
    let scratch = Scratch::new();
    rows(&scratch.file("a.geojson", text), columns)
}

fn failure_of(text: &str, columns: &[&str]) -> String {
    let scratch = Scratch::new();
    let path = scratch.file("a.geojson", text);
    let message = failure(&path, columns);
    message.strip_prefix(&format!("{}: ", path.display())).unwrap().to_owned()
}

fn feature(geometry: &str, properties: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#)
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

const POINT: &str = r#"{"type":"Point","coordinates":[1,2]}"#;

#[test]
fn every_geometry_is_read() {
    let cases = [
        (r#"{"type":"Point","coordinates":[1.5,-2e2,9]}"#, "POINT(1.5 -200)"),
        (r#"{"coordinates":[[1,2],[3,4]],"type":"LineString"}"#, "LINE(1 2,3 4)"),
        (r#"{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}"#, "POINTS(1 2,3 4)"),
        (
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]],[[5,5],[6,6],[5,5]]]}"#,
            "POLYGON((0 0,1 0,0 0),(5 5,6 6,5 5))",
        ),
        (r#"{"type":"MultiLineString","coordinates":[[[0,0],[1,0]],[[5,5]]]}"#, "LINES((0 0,1 0),(5 5))"),
        (
            r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0]]],[[[2,2]],[[3,3]]]]}"#,
            "POLYGONS(((0 0,1 0)),((2 2),(3 3)))",
        ),
        (
            r#"{"geometries":[{"type":"Point","coordinates":[1,2]},{"type":"GeometryCollection","geometries":[{"type":"Polygon","coordinates":[[[0,0]]]}]},{"type":"Point","coordinates":[3,4]}],"type":"GeometryCollection"}"#,
            "COLLECTION(POINT(1 2),COLLECTION(POLYGON((0 0))),POINT(3 4))",
        ),
        (r#"{"type":"Point","coordinates":[]}"#, "POINT()"),
        (r#"{"type":"MultiPolygon","coordinates":[[]]}"#, "POLYGONS()"),
        (r#"{"type":"GeometryCollection","geometries":[]}"#, "COLLECTION()"),
        (r#"{"type":"Point","coordinates":[null,2]}"#, "POINT(NaN 2)"),
        (r#"{"type":"Point","coordinates":[0.1,4.35]}"#, "POINT(0.1 4.35)"),
        ("null", "null"),
    ];
    for (json, expected) in cases {
        let rows = rows_of(&collection(&[feature(json, "null"), feature(json, "{}")]), &[]);
        assert_eq!(rows, [format!("0 {expected} []"), format!("1 {expected} []")]);
        if json != "null" {
            assert_eq!(rows_of(json, &[]), [format!("0 {expected} []")], "bare");
        }
    }
}

#[test]
fn every_form_has_the_same_features() {
    let features: Vec<String> = (0..5).map(|i| feature(POINT, &format!(r#"{{"i":{i}}}"#))).collect();
    let expected: Vec<String> = (0..5).map(|i| format!("{i} POINT(1 2) [Int({i})]")).collect();
    let spread = collection(&features).replace('{', " \r\n{\t").replace(',', "\r\n ,\n").replace(':', " :\n ");
    let forms = [
        collection(&features),
        spread,
        format!("\u{feff}{}\r\n", collection(&features)),
        features.join("\n"),
        features.join("\r\n\r\n"),
        features.iter().map(|feature| format!("\u{1e}{feature}\n")).collect(),
        format!("{}\n{}", collection(&features[..2]), collection(&features[2..])),
        collection(&features)
            .replace(r#"{"type":"FeatureCollection","#, r#"{"a":"features","b":{"features":[{}]},"c":"\"{[","#),
        format!(r#"{{"features":[{}],"type":"FeatureCollection","z":"{{"}}"#, features.join(",")),
    ];
    for form in forms {
        assert_eq!(rows_of(&form, &["i"]), expected, "{form}");
    }
    let scratch = Scratch::new();
    let format = |text: &str| open(&scratch.file("a.json", text), &OpenOptions::default()).unwrap().format();
    assert_eq!(format(&collection(&features)), Format::GeoJson);
    assert_eq!(format(&features[0]), Format::GeoJson);
    assert_eq!(format(&features.join("\n")), Format::GeoJsonSeq);
}

#[test]
fn scalars_keep_their_digits() {
    let properties = r#"{"a":9007199254740993,"b":18446744073709551615,"c":-9223372036854775808,"d":0.1,"e":true,
        "f":null,"g":"caf\u00e9 \"x\"","h":[1,{"k":2}],"i":1e3,"a":9007199254740995}"#;
    let columns = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "a"];
    let expected = "0 POINT(1 2) [Int(9007199254740995), UInt(18446744073709551615), Int(-9223372036854775808), \
        Float(0.1), Bool(true), Null, Text(\"café \\\"x\\\"\"), Text(\"[1,{\\\"k\\\":2}]\"), Float(1000.0), \
        Int(9007199254740995)]";
    assert_eq!(rows_of(&feature(POINT, properties), &columns), [expected]);
}

#[test]
fn wrong_content_is_malformed_and_reading_goes_on() {
    let nested =
        (0..40).fold(POINT.to_owned(), |inner, _| format!(r#"{{"type":"GeometryCollection","geometries":[{inner}]}}"#));
    let cases = [
        (r#"{"type":"Curve","coordinates":[1,2]}"#, "\"Curve\" is not a GeoJSON geometry type"),
        (r#"{"type":"Point","coordinates":[[1,2]]}"#, "the coordinates of a Point must be a position"),
        (r#"{"type":"Point","coordinates":[1]}"#, "a position of one number"),
        (r#"{"type":"Point","coordinates":["1","2"]}"#, "invalid type: string"),
        (r#"{"type":"Point","coordinates":[1e999,2]}"#, "number out of range"),
        (r#"{"type":"Point"}"#, "a Point without \"coordinates\""),
        (r#"{"type":"LineString","coordinates":[[1,2],3]}"#, "coordinates of different nesting"),
        (r#"{"type":"LineString","coordinates":[[[[[[1]]]]]]}"#, "coordinates nested too deep"),
        (r#"{"coordinates":[1,2]}"#, "no member \"type\""),
        ("3", "expected a geometry or null"),
        (&nested, "geometry collections nested deeper than 32"),
    ];
    for (json, reason) in cases {
        let rows = rows_of(&collection(&[feature(json, "null"), feature(POINT, "null")]), &[]);
        assert!(rows[0].starts_with("0 malformed: ") && rows[0].contains(reason), "{}", rows[0]);
        assert_eq!(rows[1], "1 POINT(1 2) []");
    }
}

#[test]
fn broken_json_fails_with_its_place() {
    let good = feature(POINT, "null");
    let text = collection(&[good.clone(), good.replace("[1,2]", "[1,NaN]")]);
    let expected = format!("feature 1: byte {}: expected value", text.find("NaN").unwrap());
    assert_eq!(failure_of(&text, &[]), expected);
    assert_eq!(
        failure_of(&text.replace(',', ",\n"), &[]),
        format!("feature 1: byte {}: expected value", text.replace(',', ",\n").find("NaN").unwrap())
    );

    let bomb = good.replace("[1,2]", &"[".repeat(200_000));
    assert!(rows_of(&collection(&[bomb]), &[])[0].contains("malformed: coordinates nested too deep"));
    let bomb = good.replace("[1,2]", &format!("{}{}", "[".repeat(200), "]".repeat(200)));
    assert!(rows_of(&bomb, &[])[0].contains("malformed: coordinates nested too deep"));
    let bomb = good.replace("null", &format!("{}1{}", r#"{"a":"#.repeat(300), "}".repeat(300)));
    assert_eq!(rows_of(&bomb, &[]).len(), 1);
    assert!(failure_of(&bomb, &["a"]).ends_with("recursion limit exceeded"));

    let unclosed = [good.clone(), good.replace("Feature", "Feature\n"), good.clone()].join("\n");
    let place = format!(
        "feature 1: byte {}: the string that starts here is not closed",
        unclosed.rfind("\"Feature\n").unwrap()
    );
    assert_eq!(failure_of(&unclosed, &[]), place);

    assert_eq!(
        failure_of(&collection(&[good.clone(), good.clone()]).replace("},{", "} {"), &[]),
        format!("feature 1: byte {}: expected a comma or ], found '{{'", 41 + good.len())
    );
    assert!(failure_of(&format!("{good} x"), &[]).contains("expected the start of a GeoJSON object, found 'x'"));
    assert!(failure_of(&collection(&["null".into()]), &[]).contains("expected a feature object, found 'n'"));
    assert!(failure_of("", &[]).contains("the file is empty"));
    assert!(failure_of(" \n ", &[]).contains("no object starts the file"));
    assert!(failure_of("[1]", &[]).contains("a bare JSON array is not GeoJSON"));
}

#[test]
fn features_before_the_broken_one_are_delivered() {
    let scratch = Scratch::new();
    let good = feature(POINT, "null");
    let path = scratch.file("a.geojson", format!("{good}\n{good}\n{{\"type\":\n"));
    let (rows, end) = read(&path, &[]);
    assert_eq!(rows.len(), 2);
    let place = format!(
        "feature 2: byte {}: the file ends within the object that starts here (truncated?)",
        2 * good.len() + 2
    );
    assert!(end.unwrap_err().to_string().ends_with(&place));
}

#[test]
fn features_longer_than_a_chunk_are_read() {
    let scratch = Scratch::new();
    let mut line = String::from(r#"{"type":"LineString","coordinates":["#);
    for i in 0..1_200_000 {
        write!(line, "[{i},{i}],").unwrap();
    }
    line.push_str("[0,0]]}");
    assert!(line.len() > 17 << 20);
    let text = collection(&[feature(POINT, "null"), feature(&line, "null"), feature(POINT, "null")]);
    let rows = rows(&scratch.file("a.geojson", text), &[]);
    assert_eq!((rows.len(), &*rows[2]), (3, "2 POINT(1 2) []"));
    assert!(rows[1].ends_with("1199999 1199999,0 0) []"));
}

#[test]
fn visitor_may_stop() {
    let scratch = Scratch::new();
    let path = scratch.file("a.geojson", collection(&vec![feature(POINT, "null"); 9]));
    let mut seen = Rows { stop_after: Some(3), ..Rows::default() };
    assert_eq!(open(&path, &OpenOptions::default()).unwrap().read(&[], &mut seen).unwrap(), 3);
    assert_eq!(seen.rows.len(), 3);
}

#[test]
fn unknown_columns_are_told_with_the_known_ones() {
    let text = [feature(POINT, r#"{"a":1}"#), feature(POINT, r#"{"b":2}"#)].join("\n");
    assert_eq!(failure_of(&text, &["a", "c"]), "no column \"c\"; columns: a, b");
    assert_eq!(rows_of(&text, &["b"]), ["0 POINT(1 2) [Null]", "1 POINT(1 2) [Int(2)]"]);
}

#[test]
fn crs_member_counts() {
    let scratch = Scratch::new();
    let with = |member: &str| {
        let text = collection(&[feature(POINT, "null")]).replace(r#""features""#, &format!(r#"{member}"features""#));
        let source = open(&scratch.file("a.geojson", text), &OpenOptions::default()).unwrap();
        (source.crs().is_some(), source.crs_problem().is_some(), source.layer().map(str::to_owned))
    };
    let name = Some("a".to_owned());
    assert_eq!(with(""), (true, false, name.clone()));
    assert_eq!(with(r#""crs":null,"#), (false, false, name.clone()));
    let named = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2056"}},"name":"n","#;
    assert_eq!(with(named), (true, false, Some("n".to_owned())));
    assert_eq!(with(r#""crs":{"type":"link"},"#), (false, true, name));
    let late = collection(&[feature(POINT, "null")]).replace("]}", &format!("],{}}}", named.trim_end_matches(',')));
    assert!(failure_of(&late, &[]).contains("a member \"crs\" after the features"), "{late}");
}

#[test]
fn only_layer_must_match() {
    let scratch = Scratch::new();
    let path = scratch.file("a.geojson", feature(POINT, "null"));
    let layer = |name: &str| OpenOptions { layer: Some(name.to_owned()), ..OpenOptions::default() };
    assert!(open(&path, &layer("a")).is_ok());
    let message = open(&path, &layer("b")).err().unwrap().to_string();
    assert!(message.ends_with("no layer \"b\"; layers: a"), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is read without complaint is JSON, and JSON is read without error, by serde_json's judgement.
    #[test]
    fn mutations_are_judged_as_by_a_json_parser(
        lines in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3, prop::sample::select(&b"{}[]\",:\\ \n019.-eEtnaN\xc3\x00x"[..])), 1..4),
    ) {
        let features: Vec<String> = (0..3).map(|i| feature(POINT, &format!(r#"{{"a":{i},"b":"{{é\\\""}}"#))).collect();
        let mut text = if lines { features.join("\n") } else { collection(&features) }.into_bytes();
        for (place, edit, byte) in edits {
            let at = place.index(text.len());
            match edit {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => { text.remove(at); }
            }
        }
        let scratch = Scratch::new();
        let (rows, end) = read(&scratch.file("a.geojson", &text), &["a"]);
        let clean = end.is_ok() && !rows.iter().any(|row| row.contains("malformed"));
        let lossy = String::from_utf8_lossy(&text);
        let json = Deserializer::new(StrRead::new(&lossy)).into_iter::<serde::de::IgnoredAny>().all(|value| value.is_ok());
        prop_assert!(json || !clean, "read without complaint: {lossy}");
        if let Ok(serde_json::Value::Object(_)) = serde_json::from_slice(&text) {
            let unknown_column = matches!(end, Err(xr_vector::VectorError::UnknownColumn { .. }));
            prop_assert!(end.is_ok() || unknown_column || rows.is_empty(), "refused: {lossy}: {end:?}");
        }
    }
}
