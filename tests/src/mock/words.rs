//! Bytes aligned for every pixel type.

use std::ops::{Deref, DerefMut};

/// A number of bytes in 64-bit words.
#[derive(Clone)]
pub(super) struct Words {
    words: Vec<u64>,
    len: usize,
}

impl Words {
    /// The same byte over and over.
    pub(super) fn filled(byte: u8, len: usize) -> Self {
        Self { words: vec![u64::from_ne_bytes([byte; 8]); len.div_ceil(size_of::<u64>())], len }
    }

    /// A copy.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut words = Self::filled(0, bytes.len());
        words.copy_from_slice(bytes);
        words
    }
}

impl Deref for Words {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.len]
    }
}

impl DerefMut for Words {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.words)[..self.len]
    }
}
