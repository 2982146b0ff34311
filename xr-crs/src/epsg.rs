//! The table of EPSG definitions: looked up by code, searched by parameters.

use std::cmp::Reverse;
use std::sync::OnceLock;

use crate::CrsError;
use crate::definition::Definition;
use crate::geographic::Geographic;
use crate::names::normalised;
use crate::wkt;
use crate::wkt_tree;

/// The first EASE grids: projected as on a sphere from WGS 84, which their WKT1 in the table does not say.
const SPHERICAL: [u16; 2] = [3973, 3974];

/// A definition of the table.
pub(crate) struct Entry {
    /// Differs from the code asked for where that has heights: then it is the horizontal part's.
    pub code: u16,
    pub definition: Definition,
    pub wkt1: Option<String>,
}

/// The definition of `code`.
pub(crate) fn entry(code: u32) -> Result<Entry, CrsError> {
    let unknown = CrsError::UnknownCode { code };
    let Ok(short) = u16::try_from(code) else { return Err(unknown) };
    let Some(text) = crs_definitions::from_code(short).map(|entry| entry.wkt) else { return Err(unknown) };
    if text.is_empty() {
        // A few methods cannot be written as WKT1; the table then has the code only.
        let name = format!("EPSG:{code}");
        let definition = Definition::OtherProjected { fingerprint: name.clone(), name, geographic: None };
        return Ok(Entry { code: short, definition, wkt1: None });
    }
    let nodes = wkt_tree::parse(text)?;
    let node = wkt::horizontal(&mut nodes.iter())?;
    if !wkt::is_wkt1(&nodes[0]) {
        if let Some(part) = stated_code(node).filter(|part| u32::from(*part) != code && nodes[0].is(&["COMPD_CS"])) {
            return entry(part.into());
        }
        // A three-dimensional geographic CRS is written as WKT2.
        let definition = wkt::definition(node, text)?;
        return match find(&definition) {
            Some(flat) => entry(flat.into()),
            None => Ok(Entry { code: short, definition, wkt1: None }),
        };
    }
    let mut definition = wkt::definition(node, text)?;
    if SPHERICAL.contains(&short) {
        let (name, geographic) = (definition.name().to_owned(), definition.geographic().cloned());
        definition = Definition::OtherProjected { fingerprint: name.clone(), name, geographic };
    }
    if let Some(geographic) = definition.geographic_mut() {
        geographic.epsg = stated_code(node.child(&["GEOGCS"]).unwrap_or(node));
    }
    Ok(Entry { code: short, definition, wkt1: Some(text.to_owned()) })
}

fn stated_code(node: &wkt_tree::Node) -> Option<u16> {
    let (authority, code) = node.authority()?;
    crate::authority::epsg_code(authority, &code)?.try_into().ok()
}

/// The code of the definition in the table that is equivalent to `definition`. Several may be, which differ in what does not
/// count here (name, axis order, area of use). Of them the one of the same name is taken, else one that is not set back by
/// [`rank`], else the one whose name shares the most words (New Jersey and New York East are one projection), else the
/// highest code, since EPSG replaces a definition by one with a later code.
pub(crate) fn find(definition: &Definition) -> Option<u16> {
    static GEOGRAPHIC: OnceLock<Vec<(u16, Definition)>> = OnceLock::new();
    static PROJECTED: OnceLock<Vec<(u16, Definition)>> = OnceLock::new();
    let candidates = match definition {
        Definition::Geographic(_) => GEOGRAPHIC.get_or_init(|| definitions_with("GEOGCS")),
        Definition::Projected(_) => PROJECTED.get_or_init(|| definitions_with("PROJCS")),
        Definition::OtherProjected { .. } => return None,
    };
    let name = normalised(definition.name());
    candidates
        .iter()
        .filter(|(_, candidate)| definition.equivalent(candidate))
        .min_by_key(|(code, candidate)| {
            let candidate = candidate.name();
            let shared = words(candidate).filter(|word| words(definition.name()).any(|given| given == *word)).count();
            (normalised(candidate) != name, rank(candidate), Reverse(shared), Reverse(*code))
        })
        .map(|(code, _)| *code)
}

/// Sets back definitions that are deprecated, and before them those for an axis order that another code has more usually.
fn rank(name: &str) -> u8 {
    if name.ends_with("(deprecated)") {
        2
    } else {
        u8::from(["(N-E)", "(N,E)", "(N-zE)", "(lon-lat)"].iter().any(|order| name.ends_with(order)))
    }
}

fn words(name: &str) -> impl Iterator<Item = String> {
    name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase)
}

/// The code of a geographic CRS.
pub(crate) fn find_geographic(geographic: &Geographic) -> Option<u16> {
    find(&Definition::Geographic(geographic.clone()))
}

/// Every definition of the table that begins with `keyword` and whose parameters are known.
fn definitions_with(keyword: &str) -> Vec<(u16, Definition)> {
    (0..=u16::MAX)
        .filter_map(|code| {
            let text = crs_definitions::from_code(code)?.wkt;
            let nodes = text.starts_with(keyword).then(|| wkt_tree::parse(text))?.ok()?;
            match wkt::definition(&nodes[0], text).ok()? {
                Definition::OtherProjected { .. } => None,
                _ if SPHERICAL.contains(&code) => None,
                definition => Some((code, definition)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_of_the_table_is_read() {
        for code in (0..=u16::MAX).filter(|code| crs_definitions::from_code(*code).is_some()) {
            match entry(code.into()) {
                Ok(entry) => assert!(!entry.definition.name().is_empty(), "{code}"),
                Err(CrsError::UnsupportedKind { kind: "geocentric", .. }) => {}
                Err(error) => panic!("{code}: {error}"),
            }
        }
    }

    #[test]
    fn words_of_the_name_choose_among_equals() {
        // 32111 and 32115 are one projection.
        for (code, name) in [(32111, "NAD_1983_StatePlane_New_Jersey"), (32115, "NAD_1983_StatePlane_New_York_East")] {
            let Definition::Projected(mut projection) = entry(32111).unwrap().definition else { panic!() };
            projection.name = name.into();
            assert_eq!(find(&Definition::Projected(projection)), Some(code));
        }
    }
}
