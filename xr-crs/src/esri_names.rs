use crate::names::normalised;

/// Names in ESRI's WKT1, which has no codes, for CRSs whose parameters alone do not lead to one code, and for the most
/// usual ones, which then need no search.
const NAMES: &[(&str, u16)] = &[
    ("GCS_WGS_1984", 4326),
    ("GCS_North_American_1983", 4269),
    ("GCS_North_American_1927", 4267),
    ("GCS_ETRS_1989", 4258),
    ("NAD_1983_Contiguous_USA_Albers", 5070),
    ("WGS_1984_Web_Mercator_Auxiliary_Sphere", 3857),
    ("WGS_1984_World_Mercator", 3395),
    ("WGS_1984_NSIDC_EASE-Grid_2.0_Global", 6933),
    ("WGS_1984_EASE-Grid_2.0_Global", 6933),
    ("ETRS_1989_LAEA", 3035),
    ("ETRS_1989_LCC", 3034),
    ("RGF_1993_Lambert_93", 2154),
    ("British_National_Grid", 27700),
    ("NZGD_2000_New_Zealand_Transverse_Mercator", 2193),
    ("GDA_1994_Australia_Albers", 3577),
    ("RD_New", 28992),
    ("CH1903_LV03", 21781),
    ("CH1903+_LV95", 2056),
    ("SWEREF99_TM", 3006),
    ("EUREF_FIN_TM35FIN", 3067),
    ("S-JTSK_Krovak_East_North", 5514),
    ("Belge_Lambert_1972", 31370),
    ("Belge_Lambert_2008", 3812),
];

/// UTM zones: name before the zone's number and hemisphere, code of zone 0 north, code of zone 0 south, zones.
type Utm = (&'static str, u16, Option<u16>, std::ops::RangeInclusive<u16>);

const UTM: &[Utm] = &[
    ("wgs1984utmzone", 32600, Some(32700), 1..=60),
    ("nad1983utmzone", 26900, None, 1..=23),
    ("nad1927utmzone", 26700, None, 1..=22),
    ("etrs1989utmzone", 25800, None, 28..=38),
];

/// The EPSG code that an ESRI name stands for. The caller verifies that the definition agrees.
pub(crate) fn code(name: &str) -> Option<u16> {
    let name = normalised(name);
    NAMES.iter().find(|(esri, _)| normalised(esri) == name).map(|(_, code)| *code).or_else(|| utm_code(&name))
}

fn utm_code(name: &str) -> Option<u16> {
    let (zone, (_, north, south, zones)) =
        UTM.iter().find_map(|utm| name.strip_prefix(utm.0).map(|zone| (zone, utm)))?;
    let (zone, base) = match zone.strip_suffix('n') {
        Some(zone) => (zone, *north),
        None => (zone.strip_suffix('s')?, (*south)?),
    };
    let zone = zone.parse().ok().filter(|zone| zones.contains(zone))?;
    Some(base + zone)
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn zones_have_codes() {
        assert_eq!(code("WGS_1984_UTM_Zone_13N"), Some(32613));
        assert_eq!(code("WGS_1984_UTM_Zone_33S"), Some(32733));
        assert_eq!(code("NAD_1983_UTM_Zone_13N"), Some(26913));
        assert_eq!(code("ETRS_1989_UTM_Zone_32N"), Some(25832));
        for name in ["WGS_1984_UTM_Zone_61N", "WGS_1984_UTM_Zone_0N", "ETRS_1989_UTM_Zone_32S", "WGS_1984_UTM_Zone_1é"]
        {
            assert_eq!(code(name), None, "{name}");
        }
    }
}
