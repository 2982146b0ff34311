//! References to a CRS by authority and code.

/// The EPSG code for an authority's code. The OGC's CRS84, CRS83 and CRS27 are the EPSG CRSs in GIS axis order; 900913 and
/// 102100 are what web maps used before EPSG gave them a code.
pub(crate) fn epsg_code(authority: &str, code: &str) -> Option<u32> {
    if authority.eq_ignore_ascii_case("EPSG") {
        if !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        return code.parse().ok().map(|code| if matches!(code, 900_913 | 102_100) { 3857 } else { code });
    }
    match (authority.to_ascii_uppercase().as_str(), code.to_ascii_uppercase().as_str()) {
        ("OGC", "CRS84") | ("CRS", "84") => Some(4326),
        ("OGC", "CRS83") | ("CRS", "83") => Some(4269),
        ("OGC", "CRS27") | ("CRS", "27") => Some(4267),
        _ => None,
    }
}

/// The EPSG code for `EPSG:5070`, `OGC:CRS84`, `CRS84`, an OGC URN or an OGC URL.
pub(crate) fn epsg_of_reference(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let urn = ["urn:ogc:def:crs:", "urn:x-ogc:def:crs:"].iter().find_map(|prefix| lower.strip_prefix(prefix));
    let url = lower.strip_prefix("http://").or(lower.strip_prefix("https://"));
    if let Some(urn) = urn {
        // authority:version:code, the version often empty
        let (authority, rest) = urn.split_once(':')?;
        return epsg_code(authority, rest.rsplit(':').next()?);
    }
    if let Some(url) = url {
        if let Some(path) = url.strip_prefix("www.opengis.net/def/crs/") {
            let (authority, rest) = path.split_once('/')?;
            return epsg_code(authority, rest.rsplit('/').next()?);
        }
        return epsg_code("EPSG", url.strip_prefix("www.opengis.net/gml/srs/epsg.xml#")?);
    }
    match lower.split_once(':') {
        Some((authority, code)) => epsg_code(authority.trim(), code.trim()),
        None => epsg_code("OGC", &lower),
    }
}

#[cfg(test)]
mod tests {
    use super::epsg_of_reference;

    #[test]
    fn every_form_of_reference_is_read() {
        for text in [
            "EPSG:5070",
            "epsg:5070",
            "urn:ogc:def:crs:EPSG::5070",
            "urn:ogc:def:crs:EPSG:9.8.15:5070",
            "urn:x-ogc:def:crs:EPSG:5070",
            "http://www.opengis.net/def/crs/EPSG/0/5070",
            "https://www.opengis.net/def/crs/EPSG/0/5070",
            "http://www.opengis.net/gml/srs/epsg.xml#5070",
        ] {
            assert_eq!(epsg_of_reference(text), Some(5070), "{text}");
        }
        for text in [
            "OGC:CRS84",
            "CRS84",
            "CRS:84",
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "urn:ogc:def:crs:OGC::CRS84",
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        ] {
            assert_eq!(epsg_of_reference(text), Some(4326), "{text}");
        }
        assert_eq!(epsg_of_reference("EPSG:900913"), Some(3857));
    }

    #[test]
    fn other_text_is_no_reference() {
        for text in [
            "",
            "84",
            "5070",
            "EPSG:",
            "EPSG:+5",
            "EPSG:5070 ft",
            "ESRI:102008",
            "http://example.com/5070",
            "urn:ogc:def:crs:",
        ] {
            assert_eq!(epsg_of_reference(text), None, "{text}");
        }
    }
}
