//! Definitions in PROJJSON (<https://proj.org/schemas/v0.7/projjson.schema.json>).

use serde_json::Value;

use crate::CrsError;
use crate::authority::epsg_code;
use crate::definition::{Definition, fingerprint};
use crate::geographic::{Ellipsoid, Geographic, PrimeMeridian};
use crate::method::ParameterSet;
use crate::parameter::{Parameter, Quantity};
use crate::projection::Projection;
use crate::unit::Unit;

/// The geographic or projected CRS: itself, the horizontal part of a compound one, or the source of a bound one.
pub(crate) fn horizontal(crs: &Value) -> Result<&Value, CrsError> {
    let kind = match text(crs, "type") {
        "ProjectedCRS" | "GeographicCRS" => return Ok(crs),
        "GeodeticCRS" if crs["coordinate_system"]["subtype"] != "Cartesian" => return Ok(crs),
        "BoundCRS" => return horizontal(&crs["source_crs"]),
        "CompoundCRS" => {
            let mut parts = crs["components"].as_array().into_iter().flatten().map(horizontal);
            let first = parts.next().unwrap_or_else(|| Err(missing(crs, "components")));
            return first.or_else(|error| parts.find_map(Result::ok).ok_or(error));
        }
        "GeodeticCRS" => "geocentric",
        "VerticalCRS" => "vertical",
        "EngineeringCRS" => "local (engineering)",
        "TemporalCRS" => "temporal",
        "ParametricCRS" => "parametric",
        kind if kind.starts_with("Derived") => "derived",
        _ => return Err(missing(crs, "type")),
    };
    Err(CrsError::UnsupportedKind { name: text(crs, "name").to_owned(), kind })
}

/// The EPSG code that `crs` states in `id` or `ids`.
pub(crate) fn stated_code(crs: &Value) -> Option<u32> {
    let listed = crs["ids"].as_array().into_iter().flatten();
    std::iter::once(&crs["id"]).chain(listed).find_map(|id| {
        let code = match &id["code"] {
            Value::String(code) => code.clone(),
            code => code.as_u64()?.to_string(),
        };
        epsg_code(text(id, "authority"), &code)
    })
}

/// What `crs`, a geographic or projected CRS, defines.
pub(crate) fn definition(crs: &Value) -> Result<Definition, CrsError> {
    if text(crs, "type") != "ProjectedCRS" {
        return geographic(crs).map(Definition::Geographic);
    }
    let geographic = geographic(&crs["base_crs"])?;
    Ok(match projection(crs, geographic.clone()) {
        Some(projection) => Definition::Projected(projection),
        None => Definition::OtherProjected {
            name: text(crs, "name").to_owned(),
            geographic: Some(geographic),
            fingerprint: fingerprint(&crs.to_string()),
        },
    })
}

fn projection(crs: &Value, geographic: Geographic) -> Option<Projection> {
    let unit = axis_unit(crs, Unit::metre())?;
    let conversion = &crs["conversion"];
    let mut parameters = ParameterSet::new();
    for given in conversion["parameters"].as_array()? {
        let value = given["value"].as_f64()?;
        let Some(parameter) = Parameter::from_name(text(given, "name")) else {
            if value == 0.0 { continue } else { return None }
        };
        let own = &given["unit"];
        let value = match parameter.quantity() {
            Quantity::Angle => unit_of(own, Unit::degree())?.to_degrees(value),
            Quantity::Length => unit_of(own, unit.clone())?.to_length(value, &unit),
            Quantity::Scale => value * unit_of(own, Unit { name: "unity".into(), factor: 1.0 })?.factor,
        };
        parameters.insert(parameter, value);
    }
    Projection::new(text(crs, "name"), geographic, text(&conversion["method"], "name"), parameters, unit)
}

fn geographic(crs: &Value) -> Result<Geographic, CrsError> {
    let datum = if crs["datum"].is_object() { &crs["datum"] } else { &crs["datum_ensemble"] };
    if !datum.is_object() {
        return Err(missing(crs, "datum or datum_ensemble"));
    }
    let ellipsoid = ellipsoid(&datum["ellipsoid"]).ok_or_else(|| missing(crs, "ellipsoid"))?;
    let meridian = &datum["prime_meridian"];
    let prime_meridian = match &meridian["longitude"] {
        Value::Null => PrimeMeridian::greenwich(),
        longitude => {
            let (value, unit) = measure(longitude, Unit::degree()).ok_or_else(|| missing(crs, "prime_meridian"))?;
            PrimeMeridian { name: text(meridian, "name").to_owned(), longitude: unit.to_degrees(value) }
        }
    };
    let unit = axis_unit(crs, Unit::degree()).ok_or_else(|| missing(crs, "unit"))?;
    let (name, datum) = (text(crs, "name").to_owned(), text(datum, "name").to_owned());
    Ok(Geographic { name, epsg: None, datum, ellipsoid, prime_meridian, unit })
}

fn ellipsoid(ellipsoid: &Value) -> Option<Ellipsoid> {
    let metres = |key: &str| measure(&ellipsoid[key], Unit::metre()).map(|(value, unit)| value * unit.factor);
    let name = text(ellipsoid, "name");
    if let Some(radius) = metres("radius") {
        return Ellipsoid::new(name, radius, 0.0);
    }
    let semi_major = metres("semi_major_axis")?;
    let inverse_flattening = match (ellipsoid["inverse_flattening"].as_f64(), metres("semi_minor_axis")) {
        (Some(inverse_flattening), _) => inverse_flattening,
        (None, Some(semi_minor)) if semi_minor == semi_major => 0.0,
        (None, Some(semi_minor)) => semi_major / (semi_major - semi_minor),
        (None, None) => return None,
    };
    Ellipsoid::new(name, semi_major, inverse_flattening)
}

/// A bare number in `default`, or `{"value": …, "unit": …}`.
fn measure(value: &Value, default: Unit) -> Option<(f64, Unit)> {
    match value.as_f64() {
        Some(number) => Some((number, default)),
        None => Some((value["value"].as_f64()?, unit_of(&value["unit"], default)?)),
    }
}

fn axis_unit(crs: &Value, default: Unit) -> Option<Unit> {
    unit_of(&crs["coordinate_system"]["axis"][0]["unit"], default)
}

/// A unit by one of the schema's three names, or by its factor.
fn unit_of(unit: &Value, default: Unit) -> Option<Unit> {
    match unit {
        Value::Null => Some(default),
        Value::String(name) => match name.as_str() {
            "metre" => Some(Unit::metre()),
            "degree" => Some(Unit::degree()),
            "unity" => Some(Unit { name: name.clone(), factor: 1.0 }),
            _ => None,
        },
        _ => {
            let factor = unit["conversion_factor"].as_f64().filter(|factor| *factor > 0.0)?;
            Some(Unit { name: text(unit, "name").to_owned(), factor })
        }
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or("")
}

fn missing(crs: &Value, part: &'static str) -> CrsError {
    CrsError::Missing { name: text(crs, "name").to_owned(), part }
}
