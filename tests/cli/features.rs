//! Hand-made GeoJSON.

use serde_json::{Value, json};

/// A box `[xmin, ymin, xmax, ymax]`.
pub fn rectangle([x0, y0, x1, y1]: [i32; 4]) -> Value {
    json!({ "type": "Polygon", "coordinates": [[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]] })
}

/// A feature whose only attribute is `v`.
pub fn feature(geometry: Value, value: impl Into<Value>) -> Value {
    let value: Value = value.into();
    json!({ "type": "Feature", "properties": { "v": value }, "geometry": geometry })
}

pub fn collection(features: impl IntoIterator<Item = Value>) -> String {
    let features: Vec<Value> = features.into_iter().collect();
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

/// Boxes with their values, in order.
pub fn boxes<V: Into<Value>>(boxes: impl IntoIterator<Item = ([i32; 4], V)>) -> String {
    collection(boxes.into_iter().map(|(bounds, value)| feature(rectangle(bounds), value)))
}

/// Unit boxes in a row from x = 0, one per value.
pub fn row<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> String {
    boxes((0..).zip(values).map(|(x, value)| ([x, 0, x + 1, 1], value)))
}
