//! The GeoKey directory (GeoTIFF 1.1 section 7.1): numbered keys with numbers or texts, kept in three TIFF tags.

mod from_crs;
pub mod key;
mod to_crs;

use std::collections::BTreeMap;

/// Value of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum GeoKeyValue {
    /// A code.
    Short(u16),
    /// Numbers; nearly always one.
    Doubles(Vec<f64>),
    /// A text.
    Text(String),
}

/// Keys by number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GeoKeys(BTreeMap<u16, GeoKeyValue>);

impl GeoKeys {
    /// Reads the values of the tags GeoKeyDirectory, GeoDoubleParams and GeoAsciiParams. The error is a sentence.
    pub fn from_tags(directory: &[u16], doubles: &[f64], text: &[u8]) -> Result<Self, String> {
        let Some((&[_version, _revision, _minor, count], entries)) = directory.split_first_chunk() else {
            return Err(format!("the GeoKey directory has {} numbers, its header alone has 4", directory.len()));
        };
        let (entries, _) = entries.as_chunks::<4>();
        if usize::from(count) > entries.len() {
            return Err(format!("the GeoKey directory announces {count} keys and holds {}", entries.len()));
        }
        let mut keys = BTreeMap::new();
        for &[id, location, count, value] in &entries[..usize::from(count)] {
            let range = usize::from(value)..usize::from(value) + usize::from(count);
            let outside = |what| format!("GeoKey {id} lies at {}..{} of the {what}", range.start, range.end);
            let value = match location {
                0 => GeoKeyValue::Short(value),
                crate::tag::GEO_DOUBLE_PARAMS => {
                    let values = doubles.get(range.clone());
                    GeoKeyValue::Doubles(values.ok_or_else(|| outside("GeoDoubleParams"))?.to_vec())
                }
                crate::tag::GEO_ASCII_PARAMS => {
                    let bytes = text.get(range.clone()).ok_or_else(|| outside("GeoAsciiParams"))?;
                    let text = String::from_utf8_lossy(bytes);
                    GeoKeyValue::Text(text.trim_end_matches(['|', '\0']).to_owned())
                }
                // Lists of shorts and private tags: no key of the specification needs them.
                _ => continue,
            };
            keys.entry(id).or_insert(value);
        }
        Ok(Self(keys))
    }

    /// Whether the keys fit the three tags, which count their numbers and characters in 16 bits.
    pub(crate) fn fit_tags(&self) -> bool {
        let (mut doubles, mut characters) = (0, 0);
        for value in self.0.values() {
            match value {
                GeoKeyValue::Short(_) => {}
                GeoKeyValue::Doubles(values) => doubles += values.len(),
                GeoKeyValue::Text(text) => characters += text.len() + 1,
            }
        }
        [self.0.len(), doubles, characters].into_iter().all(|count| count < usize::from(u16::MAX))
    }

    /// Values of the three tags, which they must fit; texts end with `|` each.
    pub(crate) fn to_tags(&self) -> (Vec<u16>, Vec<f64>, String) {
        // As GDAL: what GeoTIFF 1.1 says of vertical systems and epochs holds for files that have them.
        let minor = u16::from(self.0.range(key::VERTICAL..).next().is_some());
        let mut directory = vec![1, 1, minor, self.0.len() as u16];
        let (mut doubles, mut texts) = (Vec::new(), String::new());
        for (&id, value) in &self.0 {
            let entry = match value {
                GeoKeyValue::Short(value) => [id, 0, 1, *value],
                GeoKeyValue::Doubles(values) => {
                    let start = doubles.len() as u16;
                    doubles.extend(values);
                    [id, crate::tag::GEO_DOUBLE_PARAMS, values.len() as u16, start]
                }
                GeoKeyValue::Text(text) => {
                    let start = texts.len() as u16;
                    texts.push_str(text);
                    texts.push('|');
                    [id, crate::tag::GEO_ASCII_PARAMS, text.len() as u16 + 1, start]
                }
            };
            directory.extend(entry);
        }
        (directory, doubles, texts)
    }

    /// Keys in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &GeoKeyValue)> {
        self.0.iter().map(|(&id, value)| (id, value))
    }

    /// Value of a key that is a code.
    pub fn short(&self, id: u16) -> Option<u16> {
        match self.0.get(&id)? {
            GeoKeyValue::Short(value) => Some(*value),
            _ => None,
        }
    }

    /// Value of a key that is one number.
    pub fn double(&self, id: u16) -> Option<f64> {
        match self.0.get(&id)? {
            GeoKeyValue::Doubles(values) => values.first().copied(),
            _ => None,
        }
    }

    /// Value of a key that is a text.
    pub fn text(&self, id: u16) -> Option<&str> {
        match self.0.get(&id)? {
            GeoKeyValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether coordinates name the centre of pixel (0, 0) rather than its corner.
    pub fn is_pixel_point(&self) -> bool {
        self.short(key::RASTER_TYPE) == Some(2)
    }

    pub(crate) fn set_pixel_is_point(&mut self) {
        self.set_short(key::RASTER_TYPE, 2);
    }

    fn set_short(&mut self, id: u16, value: u16) {
        self.0.insert(id, GeoKeyValue::Short(value));
    }

    fn set_double(&mut self, id: u16, value: f64) {
        self.0.insert(id, GeoKeyValue::Doubles(vec![value]));
    }

    fn set_text(&mut self, id: u16, text: &str) {
        self.0.insert(id, GeoKeyValue::Text(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_the_tags() {
        let mut keys = GeoKeys::default();
        keys.set_short(key::MODEL_TYPE, 1);
        keys.set_text(key::CITATION, "a|b");
        keys.set_text(key::GEOGRAPHIC_CITATION, "second");
        keys.set_double(key::SEMI_MAJOR_AXIS, 6378137.0);
        keys.set_double(key::INVERSE_FLATTENING, 298.25);
        let (directory, doubles, text) = keys.to_tags();
        assert_eq!(text, "a|b|second|");
        assert_eq!(doubles, [6378137.0, 298.25]);
        assert_eq!(GeoKeys::from_tags(&directory, &doubles, text.as_bytes()).unwrap(), keys);
    }

    #[test]
    fn ranges_outside_their_tags_are_errors() {
        for (location, text) in [(34736, "GeoDoubleParams"), (34737, "GeoAsciiParams")] {
            let error = GeoKeys::from_tags(&[1, 1, 0, 1, 2057, location, 2, 9], &[1.0], b"abc").unwrap_err();
            assert!(error.contains(text) && error.contains("2057"), "{error}");
        }
        assert!(GeoKeys::from_tags(&[1, 1, 0], &[], b"").is_err());
        assert!(GeoKeys::from_tags(&[1, 1, 0, 2, 1024, 0, 1, 1], &[], b"").unwrap_err().contains("announces 2"));
    }
}
