//! GDAL's metadata as the XML text that GDAL reads.

use crate::{GeoTiffError, ImageSpec, MetadataItem, Result};

/// Characters of the longest number: sign, 17 digits, point and exponent, as −1.7976931348623157e-308.
const NUMBER_CHARS: usize = 24;
/// Characters of a band's statistics with the longest numbers.
const STATISTICS_CHARS: usize = 5 * (NUMBER_CHARS + 64);

/// Statistics of the valid samples of a band, as `gdalinfo` shows them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// Smallest value.
    pub minimum: f64,
    /// Largest value.
    pub maximum: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation, of the whole population.
    pub standard_deviation: f64,
    /// Share of valid samples, percent.
    pub valid_percent: f64,
}

impl Statistics {
    fn items(&self, sample: u16) -> [MetadataItem; 5] {
        let item = |name: &str, value| MetadataItem {
            name: format!("STATISTICS_{name}"),
            value: number(value),
            sample: Some(sample),
            ..MetadataItem::default()
        };
        [
            item("MAXIMUM", self.maximum),
            item("MEAN", self.mean),
            item("MINIMUM", self.minimum),
            item("STDDEV", self.standard_deviation),
            item("VALID_PERCENT", self.valid_percent),
        ]
    }

    pub(super) fn check(&self) -> Result<()> {
        let values = [self.minimum, self.maximum, self.mean, self.standard_deviation, self.valid_percent];
        if values.iter().all(|value| value.is_finite()) {
            return Ok(());
        }
        Err(GeoTiffError::spec("statistics", format!("{self:?} has a number that is not finite")))
    }
}

impl MetadataItem {
    /// Name of a band (counted from 0).
    pub fn band_description(sample: u16, text: &str) -> Self {
        Self::of_role("DESCRIPTION", "description", sample, text.to_owned())
    }

    /// What the samples of a band are multiplied with to become values.
    pub fn band_scale(sample: u16, scale: f64) -> Self {
        Self::of_role("SCALE", "scale", sample, number(scale))
    }

    /// What is added to the scaled samples of a band.
    pub fn band_offset(sample: u16, offset: f64) -> Self {
        Self::of_role("OFFSET", "offset", sample, number(offset))
    }

    /// Unit of the values of a band.
    pub fn band_unit(sample: u16, unit: &str) -> Self {
        Self::of_role("UNITTYPE", "unittype", sample, unit.to_owned())
    }

    fn of_role(name: &str, role: &str, sample: u16, value: String) -> Self {
        Self { name: name.to_owned(), value, sample: Some(sample), role: Some(role.to_owned()), domain: None }
    }
}

/// The text of the tag, `None` if there is nothing to say. Its length does not depend on the statistics, of which
/// there is one for each band, known or not.
pub(super) fn to_xml(spec: &ImageSpec, statistics: &[Option<Statistics>]) -> Option<String> {
    if spec.metadata.is_empty() && !spec.statistics {
        return None;
    }
    let mut xml = "<GDALMetadata>\n".to_owned();
    spec.metadata.iter().for_each(|item| append(&mut xml, item));
    let length = xml.len() + if spec.statistics { usize::from(spec.samples) * STATISTICS_CHARS } else { 0 };
    for (sample, statistics) in (0..).zip(statistics) {
        statistics.iter().flat_map(|statistics| statistics.items(sample)).for_each(|item| append(&mut xml, &item));
    }
    let room = length.saturating_sub(xml.len());
    Some(format!("{xml}</GDALMetadata>\n{:room$}", ""))
}

fn append(xml: &mut String, item: &MetadataItem) {
    *xml += &format!("  <Item name=\"{}\"", escaped(&item.name));
    if let Some(domain) = &item.domain {
        *xml += &format!(" domain=\"{}\"", escaped(domain));
    }
    if let Some(sample) = item.sample {
        *xml += &format!(" sample=\"{sample}\"");
    }
    if let Some(role) = &item.role {
        *xml += &format!(" role=\"{}\"", escaped(role));
    }
    // GDAL escapes values twice, and undoes that when it reads.
    *xml += &format!(">{}</Item>\n", escaped(&escaped(&item.value)));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A number that is read back as the same, with an exponent where it would be long.
fn number(value: f64) -> String {
    let plain = value.to_string();
    if plain.len() <= NUMBER_CHARS { plain } else { format!("{value:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SampleType;

    #[test]
    fn statistics_fit_their_room() {
        let spec = ImageSpec {
            metadata: vec![MetadataItem::band_description(0, "a < \"b\" & c"), MetadataItem::band_scale(0, 0.1)],
            statistics: true,
            ..ImageSpec::new(1, 1, SampleType::F64)
        };
        let long = Statistics {
            minimum: -f64::MAX,
            maximum: f64::MAX,
            mean: -f64::MIN_POSITIVE,
            standard_deviation: 1.234_567_890_123_456_7e-200,
            valid_percent: 100.0 / 3.0,
        };
        let (without, with) = (to_xml(&spec, &[None]).unwrap(), to_xml(&spec, &[Some(long)]).unwrap());
        assert_eq!(without.len(), with.len());
        assert!(with.starts_with(
            "<GDALMetadata>\n  <Item name=\"DESCRIPTION\" sample=\"0\" role=\"description\">a &amp;lt; \
             &amp;quot;b&amp;quot; &amp;amp; c</Item>\n  <Item name=\"SCALE\" sample=\"0\" role=\"scale\">0.1</Item>\n  <Item \
             name=\"STATISTICS_MAXIMUM\" sample=\"0\">1.7976931348623157e308</Item>\n"
        ));
        assert!(long.check().is_ok() && Statistics { mean: f64::NAN, ..long }.check().is_err());
        assert_eq!(to_xml(&ImageSpec::new(1, 1, SampleType::U8), &[]), None);
    }
}
