//! The pixel that stands where a file has no data.

use crate::SampleType;

/// The pixel of a nodata text, 0 without one. As in GDAL, numbers that the type does not hold become the nearest.
pub(super) fn pixel(kind: SampleType, nodata: Option<&str>) -> Vec<u8> {
    let text = nodata.unwrap_or("0").trim();
    macro_rules! integer {
        ($type:ty) => {
            // 64-bit integers take no detour through f64.
            text.parse().unwrap_or_else(|_| (float(text) + 0.5).floor() as $type).to_ne_bytes().to_vec()
        };
    }
    match kind {
        SampleType::U8 => integer!(u8),
        SampleType::I8 => integer!(i8),
        SampleType::U16 => integer!(u16),
        SampleType::I16 => integer!(i16),
        SampleType::U32 => integer!(u32),
        SampleType::I32 => integer!(i32),
        SampleType::U64 => integer!(u64),
        SampleType::I64 => integer!(i64),
        SampleType::F32 => (float(text) as f32).to_ne_bytes().to_vec(),
        SampleType::F64 => float(text).to_ne_bytes().to_vec(),
    }
}

fn float(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodata_becomes_the_nearest_pixel() {
        assert_eq!(pixel(SampleType::U8, Some("-9999")), [0]);
        assert_eq!(pixel(SampleType::U8, Some("254.7")), [255]);
        assert_eq!(pixel(SampleType::I16, Some("-32768")), i16::MIN.to_ne_bytes());
        assert_eq!(pixel(SampleType::U64, Some("18446744073709551615")), [255; 8]);
        assert_eq!(pixel(SampleType::F32, Some("-3.4028234663852886e+38")), f32::MIN.to_ne_bytes());
        assert_eq!(pixel(SampleType::F64, Some("nan")), f64::NAN.to_ne_bytes());
        assert_eq!(pixel(SampleType::F32, None), [0; 4]);
        assert_eq!(pixel(SampleType::I32, Some("text")), [0; 4]);
    }
}
