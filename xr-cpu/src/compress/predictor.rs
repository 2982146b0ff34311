//! TIFF predictors over one row, from native pixels to little-endian bytes (TIFF 6.0, section 14; Adobe Photoshop TIFF
//! Technical Note 3 for floats).

/// Predictor 1: elements of `size` bytes in little-endian order.
pub(super) fn little_endian(row: &[u8], size: usize, out: &mut [u8]) {
    out.copy_from_slice(row);
    if cfg!(target_endian = "big") {
        out.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
}

/// Predictor 2: each element minus its left neighbour, wrapping.
pub(super) fn horizontal(row: &[u8], size: usize, out: &mut [u8]) {
    match size {
        1 => differences(row, out, u8::from_ne_bytes, u8::wrapping_sub, u8::to_le_bytes),
        2 => differences(row, out, u16::from_ne_bytes, u16::wrapping_sub, u16::to_le_bytes),
        4 => differences(row, out, u32::from_ne_bytes, u32::wrapping_sub, u32::to_le_bytes),
        _ => differences(row, out, u64::from_ne_bytes, u64::wrapping_sub, u64::to_le_bytes),
    }
}

#[inline(always)]
fn differences<T: Copy, const N: usize>(
    row: &[u8],
    out: &mut [u8],
    load: impl Fn([u8; N]) -> T,
    minus: impl Fn(T, T) -> T,
    store: impl Fn(T) -> [u8; N],
) {
    let (elements, _) = row.as_chunks::<N>();
    let (out, _) = out.as_chunks_mut::<N>();
    let (Some(first), Some(to)) = (elements.first(), out.first_mut()) else { return };
    *to = store(load(*first));
    for (to, pair) in out[1..].iter_mut().zip(elements.windows(2)) {
        *to = store(minus(load(pair[1]), load(pair[0])));
    }
}

/// Predictor 3: bytes regrouped by significance, the most significant of all elements first, then each byte minus its
/// left neighbour.
pub(super) fn float(row: &[u8], size: usize, out: &mut [u8]) {
    match size {
        4 => planes::<4>(row, out),
        _ => planes::<8>(row, out),
    }
    for at in (1..out.len()).rev() {
        out[at] = out[at].wrapping_sub(out[at - 1]);
    }
}

fn planes<const N: usize>(row: &[u8], out: &mut [u8]) {
    let (elements, _) = row.as_chunks::<N>();
    for (plane, out) in out.chunks_exact_mut(elements.len().max(1)).enumerate() {
        let byte = if cfg!(target_endian = "big") { plane } else { N - 1 - plane };
        for (to, element) in out.iter_mut().zip(elements) {
            *to = element[byte];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_wrap() {
        let mut out = [0; 4];
        horizontal(&[5, 3, 255, 0], 1, &mut out);
        assert_eq!(out, [5, 254, 252, 1]);
    }

    #[test]
    fn wide_elements_are_little_endian() {
        let row: Vec<u8> = [1u16, 0x0203, 0x0203].iter().flat_map(|v| v.to_ne_bytes()).collect();
        let mut out = [0; 6];
        horizontal(&row, 2, &mut out);
        assert_eq!(out, [1, 0, 2, 2, 0, 0]);
    }

    #[test]
    fn floats_are_regrouped_by_significance() {
        // 1.0f32 is 3f 80 00 00, 2.0 is 40 00 00 00: planes 3f 40 | 80 00 | 00 00 | 00 00, then differences.
        let row: Vec<u8> = [1.0f32, 2.0].iter().flat_map(|v| v.to_ne_bytes()).collect();
        let mut out = [0; 8];
        float(&row, 4, &mut out);
        assert_eq!(out, [0x3f, 0x01, 0x40, 0x80, 0x00, 0x00, 0x00, 0x00]);
    }
}
