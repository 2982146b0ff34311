//! GDAL's metadata: an XML text of named items, some of them about one band.

use roxmltree::Document;

use super::directory::Directory;
use crate::{Result, tag};

/// An item of GDAL's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MetadataItem {
    /// Name.
    pub name: String,
    /// Text.
    pub value: String,
    /// Band, from 0; `None` for the whole image.
    pub sample: Option<u16>,
    /// What the item is beside its name: `scale`, `offset`, `description`, `unittype`, `colorinterp`.
    pub role: Option<String>,
    /// Group of items other than the main one.
    pub domain: Option<String>,
}

/// GDAL's metadata, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// The items.
    pub items: Vec<MetadataItem>,
}

impl Metadata {
    /// Reads the text of the tag. The error is a sentence.
    fn parse(xml: &str) -> Result<Self, String> {
        let document = Document::parse(xml).map_err(|error| format!("is no XML: {error}"))?;
        let nodes = document.descendants().filter(|node| node.has_tag_name("Item"));
        let items = nodes.filter_map(|node| {
            Some(MetadataItem {
                name: node.attribute("name")?.to_owned(),
                value: unescape(node.text().unwrap_or_default()),
                sample: node.attribute("sample").and_then(|sample| sample.parse().ok()),
                role: node.attribute("role").map(str::to_owned),
                domain: node.attribute("domain").map(str::to_owned),
            })
        });
        Ok(Self { items: items.collect() })
    }

    /// Text of an item of the main group, of a band or of the whole image.
    pub fn value(&self, name: &str, sample: Option<u16>) -> Option<&str> {
        let is_it = |item: &&MetadataItem| item.name == name && item.sample == sample && item.domain.is_none();
        self.items.iter().find(is_it).map(|item| item.value.as_str())
    }

    /// What a band's samples are multiplied with to become values; 1 if the file does not say.
    pub fn scale(&self, sample: u16) -> f64 {
        self.number("scale", sample).unwrap_or(1.0)
    }

    /// What is added to a band's scaled samples; 0 if the file does not say.
    pub fn offset(&self, sample: u16) -> f64 {
        self.number("offset", sample).unwrap_or(0.0)
    }

    /// Name of a band.
    pub fn description(&self, sample: u16) -> Option<&str> {
        self.role("description", sample)
    }

    /// Unit of a band's values.
    pub fn unit(&self, sample: u16) -> Option<&str> {
        self.role("unittype", sample)
    }

    fn number(&self, role: &str, sample: u16) -> Option<f64> {
        self.role(role, sample)?.trim().parse().ok()
    }

    fn role(&self, role: &str, sample: u16) -> Option<&str> {
        let is_it = |item: &&MetadataItem| item.role.as_deref() == Some(role) && item.sample == Some(sample);
        self.items.iter().find(is_it).map(|item| item.value.as_str())
    }
}

impl Directory {
    /// GDAL's metadata; empty without the tag.
    ///
    /// # Errors
    /// A tag that is no XML.
    pub fn metadata(&self) -> Result<Metadata> {
        match self.gdal_metadata() {
            Some(xml) if !xml.trim().is_empty() => {
                Metadata::parse(&xml).map_err(|reason| self.malformed(tag::GDAL_METADATA, &reason))
            }
            _ => Ok(Metadata::default()),
        }
    }
}

/// GDAL escapes values before it makes XML of them, which escapes them again.
fn unescape(value: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    entities.iter().fold(value.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_have_bands_and_roles() {
        let xml = r#"<GDALMetadata>
  <Item name="AREA">a &lt; b &amp; c</Item>
  <Item name="STATISTICS_MEAN" sample="1">3.5</Item>
  <Item name="OFFSET" sample="1" role="offset">-273.15</Item>
  <Item name="SCALE" sample="1" role="scale">0.01</Item>
  <Item name="DESCRIPTION" sample="0" role="description">red</Item>
  <Item name="UNITTYPE" sample="1" role="unittype">K</Item>
  <Item name="AREA" domain="other">no</Item>
</GDALMetadata>"#;
        let metadata = Metadata::parse(xml).unwrap();
        assert_eq!(metadata.items.len(), 7);
        assert_eq!(metadata.value("AREA", None), Some("a < b & c"));
        assert_eq!(metadata.value("STATISTICS_MEAN", Some(1)), Some("3.5"));
        assert_eq!(metadata.value("STATISTICS_MEAN", None), None);
        assert_eq!((metadata.scale(1), metadata.offset(1), metadata.scale(0)), (0.01, -273.15, 1.0));
        assert_eq!((metadata.description(0), metadata.unit(1)), (Some("red"), Some("K")));
        let twice = r#"<GDALMetadata><Item name="A">a &amp;amp;lt; b &amp;lt; &amp;amp; c</Item></GDALMetadata>"#;
        assert_eq!(Metadata::parse(twice).unwrap().value("A", None), Some("a &lt; b < & c"));
        assert!(Metadata::parse("<GDALMetadata>").unwrap_err().contains("no XML"));
    }
}
