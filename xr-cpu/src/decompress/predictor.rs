//! TIFF predictors undone in place, from stored bytes to native samples (TIFF 6.0, section 14; Adobe Photoshop TIFF
//! Technical Note 3 for floats).

use xr_core::{ByteOrder, Decoding, Predictor};

/// Turns a tile's stored bytes into pixels. `spare` is memory for a row.
pub(super) fn undo(decoding: &Decoding, tile: &mut [u8], spare: &mut Vec<u8>) {
    let (size, samples) = (decoding.sample_size, usize::from(decoding.samples));
    for row in tile.chunks_exact_mut(decoding.row_bytes()) {
        // Differences are of values, so that bytes are put in order before they are summed. Floats are grouped the same
        // way in either order.
        if decoding.byte_order != ByteOrder::NATIVE && decoding.predictor != Predictor::Float {
            swap(row, size);
        }
        match decoding.predictor {
            Predictor::None => {}
            Predictor::Horizontal => horizontal(row, size, samples),
            Predictor::Float => float(row, size, samples, spare),
        }
    }
}

fn swap(row: &mut [u8], size: usize) {
    match size {
        1 => {}
        2 => row.as_chunks_mut::<2>().0.iter_mut().for_each(|sample| sample.reverse()),
        4 => row.as_chunks_mut::<4>().0.iter_mut().for_each(|sample| sample.reverse()),
        _ => row.as_chunks_mut::<8>().0.iter_mut().for_each(|sample| sample.reverse()),
    }
}

/// Predictor 2, on samples in native order.
fn horizontal(row: &mut [u8], size: usize, samples: usize) {
    match size {
        1 => sums(row, samples, u8::from_ne_bytes, u8::wrapping_add, u8::to_ne_bytes),
        2 => sums(row, samples, u16::from_ne_bytes, u16::wrapping_add, u16::to_ne_bytes),
        4 => sums(row, samples, u32::from_ne_bytes, u32::wrapping_add, u32::to_ne_bytes),
        _ => sums(row, samples, u64::from_ne_bytes, u64::wrapping_add, u64::to_ne_bytes),
    }
}

/// Each element plus the one `stride` before it.
#[inline(always)]
fn sums<T: Copy + Default, const N: usize>(
    row: &mut [u8],
    stride: usize,
    load: impl Fn([u8; N]) -> T,
    plus: impl Fn(T, T) -> T,
    store: impl Fn(T) -> [u8; N],
) {
    let (elements, _) = row.as_chunks_mut::<N>();
    match stride {
        1 => sums_of::<1, T, N>(elements, load, plus, store),
        3 => sums_of::<3, T, N>(elements, load, plus, store),
        4 => sums_of::<4, T, N>(elements, load, plus, store),
        _ => {
            for at in stride..elements.len() {
                elements[at] = store(plus(load(elements[at - stride]), load(elements[at])));
            }
        }
    }
}

/// With a stride known to the compiler, sums stay in registers.
#[inline(always)]
fn sums_of<const STRIDE: usize, T: Copy + Default, const N: usize>(
    elements: &mut [[u8; N]],
    load: impl Fn([u8; N]) -> T,
    plus: impl Fn(T, T) -> T,
    store: impl Fn(T) -> [u8; N],
) {
    let mut sum = [T::default(); STRIDE];
    for pixel in elements.as_chunks_mut::<STRIDE>().0 {
        for (sum, element) in sum.iter_mut().zip(pixel) {
            *sum = plus(*sum, load(*element));
            *element = store(*sum);
        }
    }
}

/// Predictor 3. `spare` is memory for a row.
fn float(row: &mut [u8], size: usize, samples: usize, spare: &mut Vec<u8>) {
    horizontal(row, 1, samples);
    spare.clear();
    spare.extend_from_slice(row);
    match size {
        2 => regroup::<2>(spare, row),
        4 => regroup::<4>(spare, row),
        _ => regroup::<8>(spare, row),
    }
}

/// From the most significant bytes of all elements, then the next, to elements.
fn regroup<const N: usize>(planes: &[u8], row: &mut [u8]) {
    let (elements, _) = row.as_chunks_mut::<N>();
    let len = elements.len();
    let plane = |byte: usize| {
        let significance = if cfg!(target_endian = "big") { byte } else { N - 1 - byte };
        &planes[significance * len..][..len]
    };
    let planes: [&[u8]; N] = std::array::from_fn(plane);
    for (at, element) in elements.iter_mut().enumerate() {
        *element = std::array::from_fn(|byte| planes[byte][at]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xr_core::Codec;

    fn undone(predictor: Predictor, sample_size: usize, samples: u16, byte_order: ByteOrder, row: &[u8]) -> Vec<u8> {
        let tile_width = (row.len() / sample_size / usize::from(samples)) as u32;
        let decoding =
            Decoding { codec: Codec::None, predictor, sample_size, byte_order, samples, tile_width, tile_height: 1 };
        let mut row = row.to_vec();
        undo(&decoding, &mut row, &mut Vec::new());
        row
    }

    fn native<T: bytemuck::Pod>(values: &[T]) -> &[u8] {
        bytemuck::cast_slice(values)
    }

    #[test]
    fn sums_wrap_and_keep_to_their_sample() {
        let (horizontal, little) = (Predictor::Horizontal, ByteOrder::Little);
        assert_eq!(undone(horizontal, 1, 1, little, &[5, 254, 252, 1]), [5, 3, 255, 0]);
        assert_eq!(
            undone(horizontal, 1, 3, little, &[1, 2, 3, 10, 20, 30, 1, 1, 1]),
            [1, 2, 3, 11, 22, 33, 12, 23, 34]
        );
        assert_eq!(undone(horizontal, 1, 2, little, &[1, 2, 10, 20, 1, 1]), [1, 2, 11, 22, 12, 23]);
    }

    #[test]
    fn carries_follow_the_byte_order() {
        let (little, big) = ([0xff, 0x00, 0x01, 0x00], [0x00, 0xff, 0x00, 0x01]);
        assert_eq!(undone(Predictor::Horizontal, 2, 1, ByteOrder::Little, &little), native(&[0xffu16, 0x100]));
        assert_eq!(undone(Predictor::Horizontal, 2, 1, ByteOrder::Big, &big), native(&[0xffu16, 0x100]));
        assert_eq!(undone(Predictor::None, 2, 1, ByteOrder::Big, &big), native(&[0xffu16, 1]));
    }

    /// By hand: 1.0 is 3f 80 00 00, 2.0 is 40 00 00 00; grouped 3f 40 | 80 00 | 00 00 | 00 00, then differences.
    #[test]
    fn floats_are_put_together_in_either_order() {
        let row = [0x3f, 0x01, 0x40, 0x80, 0x00, 0x00, 0x00, 0x00];
        for order in [ByteOrder::Little, ByteOrder::Big] {
            assert_eq!(undone(Predictor::Float, 4, 1, order, &row), native(&[1.0f32, 2.0]));
        }
        // One pixel of two samples: differences reach back two bytes.
        let row = [0x3f, 0x40, 0x41, 0xc0, 0x80, 0x00, 0x00, 0x00];
        assert_eq!(undone(Predictor::Float, 4, 2, ByteOrder::Little, &row), native(&[1.0f32, 2.0]));
        // Halves: 1.0 is 3c 00, −2.0 is c0 00.
        assert_eq!(
            undone(Predictor::Float, 2, 1, ByteOrder::Big, &[0x3c, 0x84, 0x40, 0]),
            native(&[0x3c00u16, 0xc000])
        );
    }
}
