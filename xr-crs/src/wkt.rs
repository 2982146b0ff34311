//! Definitions in well-known text: OGC and ESRI WKT1, WKT2.

use crate::CrsError;
use crate::definition::{Definition, fingerprint};
use crate::geographic::{Ellipsoid, Geographic, PrimeMeridian};
use crate::method::ParameterSet;
use crate::names::normalised;
use crate::parameter::{Parameter, Quantity};
use crate::projection::Projection;
use crate::unit::Unit;
use crate::wkt_tree::{Argument, Node};

const PROJECTED: &[&str] = &["PROJCS", "PROJCRS", "PROJECTEDCRS"];
const GEOGRAPHIC: &[&str] = &["GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS"];
const UNUSABLE: &[(&str, &[&str])] = &[
    ("vertical", &["VERT_CS", "VERTCS", "VERTCRS", "VERTICALCRS"]),
    ("geocentric", &["GEOCCS"]),
    ("local (engineering)", &["LOCAL_CS", "ENGCRS", "ENGINEERINGCRS", "IMAGECRS"]),
    ("temporal", &["TIMECRS"]),
    ("parametric", &["PARAMETRICCRS"]),
    ("derived projected", &["DERIVEDPROJCRS"]),
    ("fitted", &["FITTED_CS"]),
];
const LENGTH_UNIT: &[&str] = &["LENGTHUNIT", "UNIT"];
const ANGLE_UNIT: &[&str] = &["ANGLEUNIT", "UNIT"];

/// Whether the node is a geographic or projected CRS of WKT1.
pub(crate) fn is_wkt1(node: &Node) -> bool {
    node.is(&["PROJCS", "GEOGCS"])
}

/// The geographic or projected CRS among `nodes`: itself, the horizontal part of a compound one, or the source of a bound
/// one.
pub(crate) fn horizontal<'n, 'a>(nodes: &mut dyn Iterator<Item = &'n Node<'a>>) -> Result<&'n Node<'a>, CrsError> {
    let mut unusable = None;
    for node in nodes {
        if node.is(PROJECTED) || node.is(GEOGRAPHIC) {
            match derived_or_geocentric(node) {
                None => return Ok(node),
                Some(kind) => unusable = unusable.or(Some((node, kind))),
            }
        } else if node.is(&["COMPD_CS", "COMPOUNDCRS"]) {
            return horizontal(&mut node.children());
        } else if node.is(&["BOUNDCRS"]) {
            return horizontal(&mut node.child(&["SOURCECRS"]).into_iter().flat_map(Node::children));
        } else if let Some((kind, _)) = UNUSABLE.iter().find(|(_, keywords)| node.is(keywords)) {
            unusable = unusable.or(Some((node, kind)));
        }
    }
    Err(match unusable {
        Some((node, kind)) => CrsError::UnsupportedKind { name: node.name().to_owned(), kind },
        None => CrsError::WktSyntax { offset: 0, problem: "no GEOGCS, PROJCS, GEOGCRS or PROJCRS in the definition" },
    })
}

/// WKT2 gives geocentric and derived systems the keywords of geographic ones.
fn derived_or_geocentric(node: &Node) -> Option<&'static str> {
    let cs = node.child(&["CS"]);
    let cartesian = cs.is_some_and(
        |cs| matches!(cs.arguments.first(), Some(Argument::Word(word)) if word.eq_ignore_ascii_case("cartesian")),
    );
    if node.is(GEOGRAPHIC) && cartesian {
        return Some("geocentric");
    }
    node.child(&["DERIVINGCONVERSION"]).map(|_| "derived")
}

/// What `node`, a geographic or projected CRS in `text`, defines.
pub(crate) fn definition(node: &Node, text: &str) -> Result<Definition, CrsError> {
    if node.is(GEOGRAPHIC) {
        return geographic(node).map(Definition::Geographic);
    }
    let missing = |part| CrsError::Missing { name: node.name().to_owned(), part };
    let base = node
        .child(&["GEOGCS", "BASEGEOGCRS", "BASEGEODCRS", "GEOGCRS", "GEODCRS"])
        .ok_or_else(|| missing("GEOGCS or BASEGEOGCRS"))?;
    let geographic = geographic(base)?;
    let unit = unit(node, LENGTH_UNIT)?.unwrap_or_else(Unit::metre);
    Ok(match projection(node, geographic.clone(), unit) {
        Some(projection) => Definition::Projected(projection),
        None => Definition::OtherProjected {
            name: node.name().to_owned(),
            geographic: Some(geographic),
            fingerprint: fingerprint(text.get(node.span.clone()).unwrap_or(text)),
        },
    })
}

fn projection(node: &Node, geographic: Geographic, unit: Unit) -> Option<Projection> {
    let conversion = node.child(&["CONVERSION"]).unwrap_or(node);
    let method = conversion.child(&["PROJECTION", "METHOD"])?.name();
    let mut parameters = ParameterSet::new();
    for node in conversion.children().filter(|child| child.is(&["PARAMETER"])) {
        let value = node.number(0)?;
        let Some(parameter) = Parameter::from_name(node.name()) else {
            // An unknown parameter may be left out only where it says nothing (ESRI's Auxiliary_Sphere_Type 0).
            if value == 0.0 { continue } else { return None }
        };
        let own_unit = self::unit(node, &["ANGLEUNIT", "LENGTHUNIT", "SCALEUNIT", "UNIT"]).ok()?;
        let value = match (parameter.quantity(), own_unit) {
            (Quantity::Angle, own) => own.as_ref().unwrap_or(&geographic.unit).to_degrees(value),
            (Quantity::Length, Some(own)) => own.to_length(value, &unit),
            (Quantity::Scale, Some(own)) => value * own.factor,
            (_, None) => value,
        };
        parameters.insert(parameter, value);
    }
    let method = if is_pseudo_mercator(node, method) { "Popular Visualisation Pseudo Mercator" } else { method };
    Projection::new(node.name(), geographic, method, parameters, unit)
}

/// WKT1 has no method for the Mercator of web maps: it is written as the ellipsoidal one and told by its name, or by a
/// PROJ.4 string on a sphere.
fn is_pseudo_mercator(node: &Node, method: &str) -> bool {
    let name = normalised(node.name());
    let extension = node.child(&["EXTENSION"]).is_some_and(|extension| {
        extension
            .arguments
            .iter()
            .any(|argument| matches!(argument, Argument::Text(text) if text.contains("+nadgrids=@null")))
    });
    normalised(method) == "mercator1sp"
        && (extension || name.contains("pseudomercator") || name.contains("webmercator"))
}

fn geographic(node: &Node) -> Result<Geographic, CrsError> {
    let missing = |part| CrsError::Missing { name: node.name().to_owned(), part };
    let datum =
        node.child(&["DATUM", "ENSEMBLE", "GEODETICDATUM", "TRF"]).ok_or_else(|| missing("DATUM or ENSEMBLE"))?;
    let ellipsoid = datum
        .child(&["SPHEROID", "ELLIPSOID"])
        .and_then(|ellipsoid| {
            let unit = unit(ellipsoid, LENGTH_UNIT).ok()?.unwrap_or_else(Unit::metre);
            Ellipsoid::new(ellipsoid.name(), ellipsoid.number(0)? * unit.factor, ellipsoid.number(1)?)
        })
        .ok_or_else(|| missing("SPHEROID or ELLIPSOID"))?;
    let prime_meridian = match node.child(&["PRIMEM", "PRIMEMERIDIAN"]) {
        None => PrimeMeridian::greenwich(),
        Some(meridian) => {
            // WKT1 in practice has degrees here whatever the unit of the CRS is.
            let unit = unit(meridian, ANGLE_UNIT)?.unwrap_or_else(Unit::degree);
            let longitude = meridian.number(0).ok_or_else(|| missing("PRIMEM"))?;
            PrimeMeridian { name: meridian.name().to_owned(), longitude: unit.to_degrees(longitude) }
        }
    };
    Ok(Geographic {
        name: node.name().to_owned(),
        epsg: None,
        datum: datum.name().to_owned(),
        ellipsoid,
        prime_meridian,
        unit: unit(node, ANGLE_UNIT)?.unwrap_or_else(Unit::degree),
    })
}

/// The unit that the node states, itself or in its first axis.
fn unit(node: &Node, keywords: &[&str]) -> Result<Option<Unit>, CrsError> {
    let Some(unit) = node.child(keywords).or_else(|| node.child(&["AXIS"])?.child(keywords)) else {
        return Ok(None);
    };
    match unit.number(0) {
        Some(factor) if factor > 0.0 => Ok(Some(Unit { name: unit.name().to_owned(), factor })),
        _ => Err(CrsError::Missing { name: node.name().to_owned(), part: "UNIT" }),
    }
}
