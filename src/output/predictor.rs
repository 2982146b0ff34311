//! What `--predictor auto` means for an image.

use crate::failure::Failure;
use xr::{Codec, Encoding, Engine, Image, Predictor};

/// The predictor under which a sample of the image comes out smallest; of equals the simplest.
pub fn smallest(engine: &mut dyn Engine, encoding: &Encoding, sample: Image<'_>) -> Result<Predictor, Failure> {
    let candidates: &[Predictor] = match encoding.codec {
        Codec::None | Codec::PackBits => &[Predictor::None], // TIFF has none for these
        _ if encoding.dtype.is_float() => &[Predictor::None, Predictor::Horizontal, Predictor::Float],
        _ => &[Predictor::None, Predictor::Horizontal],
    };
    let mut best = (Predictor::None, usize::MAX);
    for &predictor in candidates {
        let bytes = engine.compress(&Encoding { predictor, ..*encoding }, sample)?.tiles().bytes.len();
        if bytes < best.1 {
            best = (predictor, bytes);
        }
    }
    Ok(best.0)
}
