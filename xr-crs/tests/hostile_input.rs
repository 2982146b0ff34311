//! Text that is no definition, or the beginning of one, is an error and never a panic.

use proptest::prelude::*;
use xr_crs::Crs;

const DEFINITIONS: [&str; 3] = [
    include_str!("data/esri_wkt1.tsv"),
    include_str!("data/wkt2_without_ids.tsv"),
    include_str!("data/projjson_without_ids.tsv"),
];

fn definitions() -> impl Iterator<Item = &'static str> {
    DEFINITIONS.iter().flat_map(|table| table.lines().skip(1)).filter_map(|line| line.split('\t').nth(1))
}

#[test]
fn every_truncation_is_an_error() {
    for text in definitions().step_by(7) {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(Crs::parse(&text[..end]).is_err(), "{}", &text[..end]);
        }
    }
}

#[test]
fn deep_and_long_texts_are_errors() {
    for text in ["A[".repeat(120_000), "{\"source_crs\":".repeat(10_000), "GEOGCS[".to_owned() + &"1,".repeat(200_000)]
    {
        assert!(Crs::parse(&text).is_err());
    }
    let bound = r#"{"type":"BoundCRS","source_crs":"#;
    assert!(Crs::parse(&format!("{}1{}", bound.repeat(100), "}".repeat(100))).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_panics(text in "\\PC{0,80}") {
        let _ = Crs::parse(&text);
        let _ = Crs::from_wkt(&text);
        let _ = Crs::from_projjson(&text);
    }

    #[test]
    fn no_changed_definition_panics(which in 0_usize..70, at in 0_usize..2000, byte in 32_u8..127, length in 0_usize..20) {
        let text = definitions().nth(which).unwrap_or("GEOGCS[]");
        let mut bytes = text.as_bytes().to_vec();
        let start = at % bytes.len();
        bytes.splice(start..(start + length).min(text.len()), [byte]);
        if let Ok(crs) = Crs::parse(&String::from_utf8_lossy(&bytes)) {
            prop_assert!(crs.same(&crs));
        }
    }
}
