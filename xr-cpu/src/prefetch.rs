//! Memory asked for before it is needed.
#![allow(unsafe_code)]

/// Bytes of a cache line.
const LINE: usize = 64;
/// Lines asked for at a time, at most: more would crowd out what is in use.
const MOST_LINES: usize = 6;

/// Asks for the first cache lines of `items`.
#[inline]
pub(crate) fn prefetch<T>(items: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in 0..size_of_val(items).div_ceil(LINE).min(MOST_LINES) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the address lies within `items`, and a prefetch neither reads nor writes as far as the program can tell.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(items.as_ptr().cast::<i8>().add(line * LINE)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = items;
}
