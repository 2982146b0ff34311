//! One tile of PackBits.
#![no_main]

mod tile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tile::check(xr_core::Codec::PackBits, bytes));
