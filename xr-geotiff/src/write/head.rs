//! The bytes of a file before its first tile: header, directory, values, and room for the two tile arrays.

use crate::field::FieldType;
use crate::geokeys::GeoKeys;
use crate::{BigTiff, ImageSpec, Predictor, Result, tag};

/// Head of a file, and where in it the tile arrays lie.
pub(super) struct Head {
    /// Everything up to the arrays (the arrays themselves are inside if they are short enough).
    pub bytes: Vec<u8>,
    /// Position of the values of TileOffsets: 4 bytes a tile in classic TIFF, 8 in BigTIFF.
    pub offsets_at: u64,
    /// Position of the values of TileByteCounts: 4 bytes a tile.
    pub byte_counts_at: u64,
    /// First position after the head.
    pub data_start: u64,
    /// Whether this is a BigTIFF.
    pub big: bool,
}

impl Head {
    /// Lays the head out, choosing the file format.
    pub fn new(spec: &ImageSpec) -> Result<Self> {
        let keys = spec.crs.as_ref().map(GeoKeys::from_crs).transpose()?;
        let big = match spec.bigtiff {
            BigTiff::Yes => true,
            BigTiff::No => false,
            BigTiff::Auto => {
                let classic = lay_out(fields(spec, keys.as_ref(), false), false);
                classic.data_start.saturating_add(spec.data_bound()) > u64::from(u32::MAX)
            }
        };
        Ok(lay_out(fields(spec, keys.as_ref(), big), big))
    }
}

struct Field {
    tag: u16,
    kind: FieldType,
    count: u64,
    /// `None`: room is left, the values come when they are known.
    value: Option<Vec<u8>>,
}

impl Field {
    fn shorts(tag: u16, values: &[u16]) -> Self {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        Self { tag, kind: FieldType::Short, count: values.len() as u64, value: Some(bytes) }
    }

    fn long(tag: u16, value: u32) -> Self {
        Self { tag, kind: FieldType::Long, count: 1, value: Some(value.to_le_bytes().to_vec()) }
    }

    fn doubles(tag: u16, values: &[f64]) -> Self {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        Self { tag, kind: FieldType::Double, count: values.len() as u64, value: Some(bytes) }
    }

    fn text(tag: u16, text: &str) -> Self {
        let bytes = [text.as_bytes(), &[0]].concat();
        Self { tag, kind: FieldType::Ascii, count: bytes.len() as u64, value: Some(bytes) }
    }

    fn reserved(tag: u16, kind: FieldType, count: u64) -> Self {
        Self { tag, kind, count, value: None }
    }

    fn bytes(&self) -> u64 {
        self.kind.bytes() * self.count
    }
}

/// The directory's fields in ascending order of tags, as TIFF demands.
fn fields(spec: &ImageSpec, keys: Option<&GeoKeys>, big: bool) -> Vec<Field> {
    let samples = usize::from(spec.samples);
    let mut fields = vec![
        Field::long(tag::IMAGE_WIDTH, spec.width),
        Field::long(tag::IMAGE_LENGTH, spec.height),
        Field::shorts(tag::BITS_PER_SAMPLE, &vec![spec.sample_type.bits(); samples]),
        Field::shorts(tag::COMPRESSION, &[spec.compression.code()]),
        Field::shorts(tag::PHOTOMETRIC_INTERPRETATION, &[1]),
        Field::shorts(tag::SAMPLES_PER_PIXEL, &[spec.samples]),
        Field::shorts(tag::PLANAR_CONFIGURATION, &[1]),
        Field::long(tag::TILE_WIDTH, spec.tile_width),
        Field::long(tag::TILE_LENGTH, spec.tile_height),
        Field::reserved(tag::TILE_OFFSETS, if big { FieldType::Long8 } else { FieldType::Long }, spec.tile_count()),
        Field::reserved(tag::TILE_BYTE_COUNTS, FieldType::Long, spec.tile_count()),
        Field::shorts(tag::SAMPLE_FORMAT, &vec![spec.sample_type.sample_format(); samples]),
    ];
    if let Some(text) = &spec.description {
        fields.push(Field::text(tag::IMAGE_DESCRIPTION, text));
    }
    if spec.predictor != Predictor::None {
        fields.push(Field::shorts(tag::PREDICTOR, &[spec.predictor.code()]));
    }
    if samples > 1 {
        fields.push(Field::shorts(tag::EXTRA_SAMPLES, &vec![0; samples - 1]));
    }
    fields.extend(transform_fields(spec.transform));
    if let Some(keys) = keys {
        let (directory, doubles, text) = keys.to_tags();
        fields.push(Field::shorts(tag::GEO_KEY_DIRECTORY, &directory));
        if !doubles.is_empty() {
            fields.push(Field::doubles(tag::GEO_DOUBLE_PARAMS, &doubles));
        }
        if !text.is_empty() {
            fields.push(Field::text(tag::GEO_ASCII_PARAMS, &text));
        }
    }
    if let Some(text) = &spec.nodata {
        fields.push(Field::text(tag::GDAL_NODATA, text));
    }
    fields.sort_by_key(|field| field.tag);
    fields
}

/// GeoTIFF 1.1 section 7.4: scale and tiepoint for north-up images, else the matrix.
fn transform_fields([x0, dx, rx, y0, ry, dy]: [f64; 6]) -> Vec<Field> {
    if rx == 0.0 && ry == 0.0 && dx > 0.0 && dy < 0.0 {
        let scale = Field::doubles(tag::MODEL_PIXEL_SCALE, &[dx, -dy, 0.0]);
        let tiepoint = Field::doubles(tag::MODEL_TIEPOINT, &[0.0, 0.0, 0.0, x0, y0, 0.0]);
        return vec![scale, tiepoint];
    }
    #[rustfmt::skip]
    let matrix = [
        dx, rx, 0.0, x0,
        ry, dy, 0.0, y0,
        0.0, 0.0, 0.0, 0.0,
        0.0, 0.0, 0.0, 1.0,
    ];
    vec![Field::doubles(tag::MODEL_TRANSFORMATION, &matrix)]
}

/// Positions and bytes. Long values follow the directory in order of tags, the tile arrays come last.
fn lay_out(fields: Vec<Field>, big: bool) -> Head {
    let (entry_bytes, inline_bytes, alignment) = if big { (20, 8, 8) } else { (12, 4, 2) };
    let (header_bytes, frame_bytes) = if big { (16, 16) } else { (8, 6) };
    let align = |position: u64| position.next_multiple_of(alignment);

    let directory_bytes = header_bytes + frame_bytes + entry_bytes * fields.len() as u64;
    let mut end = align(directory_bytes);
    let mut place = |field: &Field, inline_at: u64| {
        if field.bytes() <= inline_bytes {
            return inline_at;
        }
        let position = align(end);
        end = position + field.bytes();
        position
    };
    let inline_at = |i: usize| header_bytes + if big { 8 } else { 2 } + entry_bytes * (i as u64 + 1) - inline_bytes;
    let mut positions = vec![0; fields.len()];
    for reserved in [false, true] {
        for (i, field) in fields.iter().enumerate().filter(|(_, field)| field.value.is_none() == reserved) {
            positions[i] = place(field, inline_at(i));
        }
    }

    let mut bytes = Vec::new();
    if big {
        bytes.extend(b"II\x2b\0\x08\0\0\0");
        bytes.extend(header_bytes.to_le_bytes());
        bytes.extend((fields.len() as u64).to_le_bytes());
    } else {
        bytes.extend(b"II\x2a\0");
        bytes.extend((header_bytes as u32).to_le_bytes());
        bytes.extend((fields.len() as u16).to_le_bytes());
    }
    for (i, field) in fields.iter().enumerate() {
        bytes.extend(field.tag.to_le_bytes());
        bytes.extend(field.kind.code().to_le_bytes());
        let inline = positions[i] == inline_at(i);
        let mut slot =
            if inline { field.value.clone().unwrap_or_default() } else { positions[i].to_le_bytes().to_vec() };
        slot.resize(inline_bytes as usize, 0);
        bytes.extend(&field.count.to_le_bytes()[..inline_bytes as usize]);
        bytes.extend(slot);
    }
    // No next directory.
    bytes.resize(directory_bytes as usize, 0);
    for (field, &position) in fields.iter().zip(&positions) {
        if let Some(value) = &field.value
            && position >= directory_bytes
        {
            bytes.resize(position as usize, 0);
            bytes.extend(value);
        }
    }
    let at = |tag: u16| fields.iter().position(|field| field.tag == tag).map_or(0, |i| positions[i]);
    Head { bytes, offsets_at: at(tag::TILE_OFFSETS), byte_counts_at: at(tag::TILE_BYTE_COUNTS), data_start: end, big }
}
