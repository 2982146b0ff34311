//! LZW as TIFF has it (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first; 256 clears the table, 257
//! ends the stream, and widths switch one code early. Kept because it is faster than the crates at hand: strings are
//! positions in the output when decoding, and a small hash table when encoding.

const CLEAR: u16 = 256;
const END: u16 = 257;
const FIRST: u16 = 258;
/// Codes that 12 bits have.
const CODES: usize = 4096;

/// Worst-case bytes of encoded bytes: a code of 12 bits for each, a Clear at the start and whenever the table has gained
/// its 3,837 entries, and an end.
pub(crate) fn bound(bytes: usize) -> usize {
    (bytes + bytes / 3_800 + 3) * 3 / 2 + 1
}

/// Slots of the encoder's table, a power of two and at least twice the strings.
const SLOTS: usize = 1 << 13;

/// Strings by their prefix's code and last byte. A slot holds those 20 bits and the string's code; no code is 0.
pub(crate) struct Encoder {
    slots: Box<[u32; SLOTS]>,
}

impl Encoder {
    pub(crate) fn new() -> Self {
        Self { slots: Box::new([0; SLOTS]) }
    }

    /// The code of a string, or the slot where it belongs.
    fn find(&self, prefix: u16, byte: u8) -> Result<u16, (usize, u32)> {
        let key = u32::from(prefix) << 8 | u32::from(byte);
        let mut at = (key.wrapping_mul(0x9e37_79b1) >> (32 - SLOTS.trailing_zeros())) as usize;
        loop {
            let slot = self.slots[at % SLOTS];
            if slot >> 12 == key && slot != 0 {
                return Ok(slot as u16 & 0xfff);
            }
            if slot == 0 {
                return Err((at % SLOTS, key << 12));
            }
            at += 1;
        }
    }

    /// Encodes bytes onto the end of `out`.
    pub(crate) fn encode(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.slots.fill(0);
        let mut out = BitWriter { bytes: out, bits: 0, count: 0 };
        let (mut next, mut width) = (FIRST, 9);
        out.push(CLEAR, 9);
        let Some((&first, rest)) = bytes.split_first() else {
            out.push(END, 9);
            return out.finish();
        };
        let mut string = u16::from(first);
        for &byte in rest {
            let (at, key) = match self.find(string, byte) {
                Ok(code) => {
                    string = code;
                    continue;
                }
                Err(free) => free,
            };
            out.push(string, width);
            string = u16::from(byte);
            self.slots[at] = key | u32::from(next);
            next += 1;
            if next == 4095 {
                out.push(CLEAR, width);
                self.slots.fill(0);
                (next, width) = (FIRST, 9);
            } else if next == 1 << width {
                width += 1;
            }
        }
        out.push(string, width);
        // The decoder makes an entry of that code, too.
        out.push(END, if next + 1 == 1 << width && width < 12 { width + 1 } else { width });
        out.finish()
    }
}

struct BitWriter<'a> {
    bytes: &'a mut Vec<u8>,
    bits: u64,
    count: u32,
}

impl BitWriter<'_> {
    fn push(&mut self, code: u16, width: u32) {
        self.bits = self.bits << width | u64::from(code);
        self.count += width;
        if self.count >= 32 {
            self.count -= 32;
            self.bytes.extend_from_slice(&((self.bits >> self.count) as u32).to_be_bytes());
        }
    }

    fn finish(self) {
        let rest = (self.bits << (32 - self.count)) as u32;
        self.bytes.extend_from_slice(&rest.to_be_bytes()[..self.count.div_ceil(8) as usize]);
    }
}

/// A string: where in the output it occurred first, and its length.
#[derive(Clone, Copy, Default)]
struct Occurrence {
    at: u32,
    len: u32,
}

/// The strings of codes from 258 on. Each is the one before it and one byte more, so that it lies in the output already.
pub(crate) struct Decoder {
    strings: Box<[Occurrence; CODES]>,
}

impl Decoder {
    pub(crate) fn new() -> Self {
        Self { strings: Box::new([Occurrence::default(); CODES]) }
    }

    /// Fills `out`. A stream may lack the Clear at its front and the end; one that goes on beyond `out` is refused.
    pub(crate) fn decode(&mut self, encoded: &[u8], out: &mut [u8]) -> Result<(), &'static str> {
        const SHORT: &str = "the data ends before the tile does";
        const LONG: &str = "the data goes on beyond the tile";
        const UNKNOWN: &str = "a code stands for no string yet";
        let mut codes = BitReader { bytes: encoded, bits: 0, count: 0 };
        let (mut next, mut width) = (usize::from(FIRST), 9);
        let mut last: Option<Occurrence> = None;
        let mut at = 0;
        while let Some(code) = codes.next(width) {
            if code == CLEAR {
                (next, width, last) = (usize::from(FIRST), 9, None);
                continue;
            }
            if code == END {
                break;
            }
            if let Some(before) = last.filter(|_| next < CODES) {
                self.strings[next] = Occurrence { len: before.len + 1, ..before };
                next += 1;
                if next + 1 == 1 << width && width < 12 {
                    width += 1;
                }
            }
            let len = if code < CLEAR {
                *out.get_mut(at).ok_or(LONG)? = code as u8;
                1
            } else {
                if usize::from(code) >= next {
                    return Err(UNKNOWN);
                }
                let string = self.strings[usize::from(code) % CODES];
                copy(out, string, at).ok_or(LONG)?;
                string.len
            };
            last = Some(Occurrence { at: at as u32, len }); // a tile has at most 2^30 bytes
            at += len as usize;
        }
        if at == out.len() { Ok(()) } else { Err(SHORT) }
    }
}

/// Repeats a string at `at`, up to which the output is written; the string's last byte may be the first to be written.
fn copy(out: &mut [u8], string: Occurrence, at: usize) -> Option<()> {
    let (from, len) = (string.at as usize, string.len as usize);
    let end = at + len;
    if len <= 8 && from + 8 <= at && at + 8 <= out.len() {
        // Eight bytes at once; those beyond the string are written again later.
        let (written, rest) = out.split_at_mut(at);
        rest[..8].copy_from_slice(&written[from..from + 8]);
        return Some(());
    }
    if end > out.len() {
        return None;
    }
    let whole = len.min(at - from);
    out.copy_within(from..from + whole, at);
    if whole < len {
        out[end - 1] = out[at];
    }
    Some(())
}

struct BitReader<'a> {
    bytes: &'a [u8],
    /// The next `count` bits are the lowest.
    bits: u64,
    count: u32,
}

impl BitReader<'_> {
    #[inline(always)]
    fn next(&mut self, width: u32) -> Option<u16> {
        if self.count < width {
            if let Some((four, rest)) = self.bytes.split_first_chunk::<4>() {
                self.bits = self.bits << 32 | u64::from(u32::from_be_bytes(*four));
                self.count += 32;
                self.bytes = rest;
            } else {
                while let Some((&byte, rest)) = self.bytes.split_first().filter(|_| self.count < width) {
                    self.bits = self.bits << 8 | u64::from(byte);
                    self.count += 8;
                    self.bytes = rest;
                }
                if self.count < width {
                    return None;
                }
            }
        }
        self.count -= width;
        Some((self.bits >> self.count) as u16 & ((1 << width) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TIFF 6.0, section 13: the strip 7 7 7 8 8 7 7 6 6 is Clear, 7, 258, 8, 8, 258, 6, 6, EOI. In nine bits each:
    /// 100000000 000000111 100000010 000001000 000001000 100000010 000000110 000000110 100000001.
    const STRIP: [u8; 9] = [7, 7, 7, 8, 8, 7, 7, 6, 6];
    const ENCODED: [u8; 11] = [0x80, 0x01, 0xe0, 0x40, 0x80, 0x44, 0x08, 0x0c, 0x06, 0x80, 0x80];

    fn encoded(encoder: &mut Encoder, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        encoder.encode(bytes, &mut out);
        out
    }

    fn decoded(encoded: &[u8], len: usize) -> Result<Vec<u8>, &'static str> {
        let mut out = vec![0xa5; len];
        Decoder::new().decode(encoded, &mut out).map(|()| out)
    }

    #[test]
    fn the_specification_s_example_goes_both_ways() {
        assert_eq!(encoded(&mut Encoder::new(), &STRIP), ENCODED);
        assert_eq!(decoded(&ENCODED, 9).unwrap(), STRIP);
    }

    #[test]
    fn streams_of_another_length_are_refused() {
        for len in [1, 2, 6, 8, 10, 100] {
            assert!(decoded(&ENCODED, len).is_err(), "{len}");
        }
        assert!(decoded(&ENCODED[..5], 9).is_err());
        assert!(decoded(&[], 9).is_err());
    }

    #[test]
    fn neither_a_clear_at_the_start_nor_an_end_is_needed() {
        // 7, 258, 8, 8, 258, 6, 6 and nothing else.
        let bare = [0x03, 0xc0, 0x81, 0x00, 0x88, 0x10, 0x18, 0x0c];
        assert_eq!(decoded(&bare, 9).unwrap(), STRIP);
    }

    #[test]
    fn unknown_codes_are_refused() {
        // 7, 259: 000000111 100000011; 258 as the first code: 100000010.
        assert!(decoded(&[0x03, 0xc0, 0xc0], 4).is_err());
        assert!(decoded(&[0x81, 0x00], 4).is_err());
    }

    #[test]
    fn a_coder_forgets_the_tile_before() {
        let (mut encoder, mut decoder, mut out) = (Encoder::new(), Decoder::new(), [0; 9]);
        encoded(&mut encoder, &[7, 7, 8, 8, 6, 6]);
        assert_eq!(encoded(&mut encoder, &STRIP), ENCODED);
        assert!(decoder.decode(&ENCODED[..6], &mut out).is_err());
        decoder.decode(&ENCODED, &mut out).unwrap();
        assert_eq!(out, STRIP);
    }

    /// Every length of code, full tables, long and overlapping strings, an end right at a switch of widths.
    #[test]
    fn what_is_encoded_comes_back() {
        let mut state = 1u32;
        let mut noise = |values: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 16) % values) as u8
        };
        let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
        for values in [1, 2, 5, 256] {
            let bytes: Vec<u8> = (0..40_000).map(|_| noise(values)).collect();
            let lengths = (1..20).chain(240..270).chain(500..520).chain(1015..1030).chain(3800..3850);
            for len in lengths.chain([10_000, 40_000]) {
                let encoded = encoded(&mut encoder, &bytes[..len]);
                assert!(encoded.len() <= bound(len));
                let mut out = vec![0; len];
                decoder.decode(&encoded, &mut out).unwrap();
                assert!(out == bytes[..len], "{len} bytes of {values} values");
            }
        }
    }
}
