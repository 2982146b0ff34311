//! TIFF predictors over one row, from native pixels to little-endian bytes (TIFF 6.0, section 14; Adobe Photoshop TIFF
//! Technical Note 3 for floats).

/// Predictor 1: elements of `size` bytes in little-endian order.
pub(super) fn little_endian(row: &[u8], size: usize, out: &mut [u8]) {
    out.copy_from_slice(row);
    if cfg!(target_endian = "big") {
        out.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
}

/// Predictor 2: each element minus the one `stride` before it, wrapping.
pub(super) fn horizontal(row: &[u8], size: usize, stride: usize, out: &mut [u8]) {
    match size {
        1 => differences(row, stride, out, u8::from_ne_bytes, u8::wrapping_sub, u8::to_le_bytes),
        2 => differences(row, stride, out, u16::from_ne_bytes, u16::wrapping_sub, u16::to_le_bytes),
        4 => differences(row, stride, out, u32::from_ne_bytes, u32::wrapping_sub, u32::to_le_bytes),
        _ => differences(row, stride, out, u64::from_ne_bytes, u64::wrapping_sub, u64::to_le_bytes),
    }
}

#[inline(always)]
fn differences<T: Copy, const N: usize>(
    row: &[u8],
    stride: usize,
    out: &mut [u8],
    load: impl Fn([u8; N]) -> T,
    minus: impl Fn(T, T) -> T,
    store: impl Fn(T) -> [u8; N],
) {
    let (elements, _) = row.as_chunks::<N>();
    let (out, _) = out.as_chunks_mut::<N>();
    let (Some((first, rest)), Some((to_first, to_rest))) =
        (elements.split_at_checked(stride), out.split_at_mut_checked(stride))
    else {
        return;
    };
    for (to, element) in to_first.iter_mut().zip(first) {
        *to = store(load(*element));
    }
    for ((to, element), left) in to_rest.iter_mut().zip(rest).zip(elements) {
        *to = store(minus(load(*element), load(*left)));
    }
}

/// Predictor 3: bytes regrouped by significance, the most significant of all elements first, then each byte minus the one
/// `stride` before it. `spare` is memory for a row.
pub(super) fn float(row: &[u8], size: usize, stride: usize, out: &mut [u8], spare: &mut Vec<u8>) {
    spare.resize(row.len(), 0);
    match size {
        4 => planes::<4>(row, spare),
        _ => planes::<8>(row, spare),
    }
    horizontal(spare, 1, stride, out);
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
        horizontal(&[5, 3, 255, 0], 1, 1, &mut out);
        assert_eq!(out, [5, 254, 252, 1]);
    }

    #[test]
    fn differences_are_of_the_same_sample() {
        let mut out = [0; 9];
        horizontal(&[1, 2, 3, 11, 22, 33, 12, 23, 34], 1, 3, &mut out);
        assert_eq!(out, [1, 2, 3, 10, 20, 30, 1, 1, 1]);
    }

    #[test]
    fn wide_elements_are_little_endian() {
        let row: Vec<u8> = [1u16, 0x0203, 0x0203].iter().flat_map(|v| v.to_ne_bytes()).collect();
        let mut out = [0; 6];
        horizontal(&row, 2, 1, &mut out);
        assert_eq!(out, [1, 0, 2, 2, 0, 0]);
    }

    #[test]
    fn floats_are_regrouped_by_significance() {
        // 1.0f32 is 3f 80 00 00, 2.0 is 40 00 00 00: planes 3f 40 | 80 00 | 00 00 | 00 00, then differences.
        let row: Vec<u8> = [1.0f32, 2.0].iter().flat_map(|v| v.to_ne_bytes()).collect();
        let mut out = [0; 8];
        float(&row, 4, 1, &mut out, &mut Vec::new());
        assert_eq!(out, [0x3f, 0x01, 0x40, 0x80, 0x00, 0x00, 0x00, 0x00]);
        // As the two samples of one pixel, differences reach back two bytes.
        float(&row, 4, 2, &mut out, &mut Vec::new());
        assert_eq!(out, [0x3f, 0x40, 0x41, 0xc0, 0x80, 0x00, 0x00, 0x00]);
    }
}
