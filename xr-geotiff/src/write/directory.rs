//! The fields of a directory.

use super::field::Field;
use super::image::Image;
use super::metadata::{Statistics, to_xml};
use crate::field::FieldType;
use crate::geokeys::GeoKeys;
use crate::{GeoTiffError, ImageSpec, Interleave, Photometric, Predictor, Result, tag};

impl Photometric {
    /// Bands that have a colour.
    pub(super) fn bands(&self) -> u16 {
        if *self == Self::Rgb { 3 } else { 1 }
    }

    fn code(&self) -> u16 {
        match self {
            Self::Gray => 1,
            Self::Rgb => 2,
            Self::Palette(_) => 3,
        }
    }
}

/// The fields of an image's directory in ascending order of tags, as TIFF demands.
pub(super) fn fields(
    spec: &ImageSpec,
    image: &Image,
    statistics: &[Option<Statistics>],
    big: bool,
) -> Result<Vec<Field>> {
    let count = image.tile_count(spec);
    let mut fields = vec![
        Field::long(tag::IMAGE_WIDTH, image.width),
        Field::long(tag::IMAGE_LENGTH, image.height),
        Field::shorts(tag::COMPRESSION, &[spec.compression.code()]),
        Field::long(tag::TILE_WIDTH, spec.tile_width),
        Field::long(tag::TILE_LENGTH, spec.tile_height),
        Field::reserved(tag::TILE_OFFSETS, if big { FieldType::Long8 } else { FieldType::Long }, count),
        Field::reserved(tag::TILE_BYTE_COUNTS, FieldType::Long, count),
    ];
    if image.subfile_type() != 0 {
        fields.push(Field::long(tag::NEW_SUBFILE_TYPE, image.subfile_type()));
    }
    fields.extend(if image.is_mask { mask_fields() } else { sample_fields(spec) });
    if *image == Image::all(spec)[0] {
        fields.extend(georeference_fields(spec)?);
        fields.extend(spec.description.as_ref().map(|text| Field::text(tag::IMAGE_DESCRIPTION, text)));
        fields.extend(to_xml(spec, statistics).map(|xml| Field::text(tag::GDAL_METADATA, &xml)));
        fields.extend(spec.verbatim.iter().map(Field::verbatim));
    }
    fields.sort_by_key(|field| field.tag);
    match fields.windows(2).find(|pair| pair[0].tag == pair[1].tag) {
        Some(pair) => Err(GeoTiffError::spec("verbatim", format!("tag {} would be there twice", pair[0].tag))),
        None => Ok(fields),
    }
}

/// What the samples of the image and its overviews are.
fn sample_fields(spec: &ImageSpec) -> Vec<Field> {
    let samples = usize::from(spec.samples);
    let mut fields = vec![
        Field::shorts(tag::BITS_PER_SAMPLE, &vec![spec.sample_type.bits(); samples]),
        Field::shorts(tag::PHOTOMETRIC_INTERPRETATION, &[spec.photometric.code()]),
        Field::shorts(tag::SAMPLES_PER_PIXEL, &[spec.samples]),
        Field::shorts(tag::PLANAR_CONFIGURATION, &[if spec.interleave == Interleave::Band { 2 } else { 1 }]),
        Field::shorts(tag::SAMPLE_FORMAT, &vec![spec.sample_type.sample_format(); samples]),
    ];
    if spec.predictor != Predictor::None {
        fields.push(Field::shorts(tag::PREDICTOR, &[spec.predictor.code()]));
    }
    let mut extra = spec.extra_samples.clone();
    extra.resize(samples.saturating_sub(usize::from(spec.photometric.bands())), 0);
    if !extra.is_empty() {
        fields.push(Field::shorts(tag::EXTRA_SAMPLES, &extra));
    }
    if let Photometric::Palette(table) = &spec.photometric {
        fields.push(Field::shorts(tag::COLOR_MAP, &color_map(table, 1 << spec.sample_type.bits())));
    }
    fields.extend(spec.nodata.as_ref().map(|text| Field::text(tag::GDAL_NODATA, text)));
    fields
}

/// All reds, all greens, all blues, colours that are not given are black.
fn color_map(table: &[[u16; 3]], colors: usize) -> Vec<u16> {
    let channel = |channel: usize| {
        let given = table.iter().map(move |color| color[channel]);
        given.chain(std::iter::repeat(0)).take(colors)
    };
    (0..3).flat_map(channel).collect()
}

/// A mask: one bit, 1 where the image is valid.
fn mask_fields() -> Vec<Field> {
    vec![
        Field::shorts(tag::BITS_PER_SAMPLE, &[1]),
        Field::shorts(tag::PHOTOMETRIC_INTERPRETATION, &[4]),
        Field::shorts(tag::SAMPLES_PER_PIXEL, &[1]),
        Field::shorts(tag::PLANAR_CONFIGURATION, &[1]),
        Field::shorts(tag::SAMPLE_FORMAT, &[1]),
    ]
}

fn georeference_fields(spec: &ImageSpec) -> Result<Vec<Field>> {
    let to_fields = |transform: [f64; 6]| {
        let [x0, dx, rx, y0, ry, dy] = transform;
        // Coordinates of points are those of the centre of the first pixel.
        let half = if spec.pixel_is_point { 0.5 } else { 0.0 };
        transform_fields([x0 + half * (dx + rx), dx, rx, y0 + half * (ry + dy), ry, dy])
    };
    let mut fields = spec.transform.map(to_fields).unwrap_or_default();
    let mut keys = match &spec.geo_keys {
        Some(keys) => Some(keys.clone()),
        None => spec.crs.as_ref().map(GeoKeys::from_crs).transpose()?,
    };
    if spec.pixel_is_point {
        keys.get_or_insert_default().set_pixel_is_point();
    }
    let Some(keys) = keys else { return Ok(fields) };
    let (directory, doubles, text) = keys.to_tags();
    fields.push(Field::shorts(tag::GEO_KEY_DIRECTORY, &directory));
    if !doubles.is_empty() {
        fields.push(Field::doubles(tag::GEO_DOUBLE_PARAMS, &doubles));
    }
    if !text.is_empty() {
        fields.push(Field::text(tag::GEO_ASCII_PARAMS, &text));
    }
    Ok(fields)
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
