//! PackBits (TIFF 6.0, section 9): a header byte `n` and then, for `n` in 0…127, `n + 1` bytes as they are; for −1…−127,
//! one byte to be repeated `1 − n` times; −128 is nothing.

/// Bytes of the longest run and of the longest literal.
const LONGEST: usize = 128;

/// Worst-case bytes of `rows` packed rows.
pub(crate) fn bound(row_bytes: usize, rows: usize) -> usize {
    (row_bytes + row_bytes.div_ceil(LONGEST)) * rows
}

/// Packs one row onto the end of `out`; rows are packed separately. As the specification advises, two equal bytes are a
/// run unless a literal is under way.
pub(crate) fn pack(row: &[u8], out: &mut Vec<u8>) {
    let mut literal = 0; // where the literal under way begins
    let mut at = 0;
    while let Some(&byte) = row.get(at) {
        let run = row[at..].iter().take(LONGEST).take_while(|&&b| b == byte).count();
        if run >= 3 || (run == 2 && literal == at) {
            push_literal(&row[literal..at], out);
            out.extend([(1 - run as isize) as u8, byte]); // −1…−127 as two's complement
            at += run;
            literal = at;
        } else {
            at += run;
        }
    }
    push_literal(&row[literal..], out);
}

fn push_literal(bytes: &[u8], out: &mut Vec<u8>) {
    for part in bytes.chunks(LONGEST) {
        out.push((part.len() - 1) as u8);
        out.extend_from_slice(part);
    }
}

/// Fills `out`; bytes after that are ignored, since the stream has no end of its own.
pub(crate) fn unpack(mut packed: &[u8], out: &mut [u8]) -> Result<(), &'static str> {
    const SHORT: &str = "the data ends before the tile does";
    const LONG: &str = "a run goes on beyond the tile";
    let mut rest = out;
    while !rest.is_empty() {
        let (&header, after) = packed.split_first().ok_or(SHORT)?;
        packed = after;
        let len = match header {
            0..=127 => usize::from(header) + 1,
            128 => continue,
            129..=255 => 257 - usize::from(header),
        };
        let (target, after) = std::mem::take(&mut rest).split_at_mut_checked(len).ok_or(LONG)?;
        rest = after;
        if header < 128 {
            let (source, after) = packed.split_at_checked(len).ok_or(SHORT)?;
            target.copy_from_slice(source);
            packed = after;
        } else {
            let (&byte, after) = packed.split_first().ok_or(SHORT)?;
            target.fill(byte);
            packed = after;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Apple Technical Note TN1023, whose scheme TIFF 6.0 names as its own.
    const UNPACKED: [u8; 24] = [
        0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22, 0xaa, 0xaa, 0xaa, 0xaa,
        0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
    ];
    const PACKED: [u8; 15] = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];

    fn packed(row: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        pack(row, &mut out);
        out
    }

    fn unpacked(packed: &[u8], len: usize) -> Result<Vec<u8>, &'static str> {
        let mut out = vec![0; len];
        unpack(packed, &mut out).map(|()| out)
    }

    #[test]
    fn the_known_example_packs_and_unpacks() {
        assert_eq!(packed(&UNPACKED), PACKED);
        assert_eq!(unpacked(&PACKED, 24).unwrap(), UNPACKED);
    }

    #[test]
    fn runs_and_literals_end_at_128() {
        assert_eq!(packed(&[7; 130]), [0x81, 7, 0xff, 7]);
        let row: Vec<u8> = (0..129).collect();
        let out = packed(&row);
        assert_eq!((out[0], out[129], out[130], out.len()), (127, 0, 128, 131));
    }

    #[test]
    fn a_pair_within_a_literal_stays_in_it() {
        assert_eq!(packed(&[1, 2, 2, 3]), [3, 1, 2, 2, 3]);
        assert_eq!(packed(&[2, 2, 3]), [0xff, 2, 0, 3]);
    }

    #[test]
    fn no_row_grows_beyond_the_bound() {
        for pattern in [&[1u8, 2][..], &[1, 1, 2], &[1, 1, 1, 2], &[1, 2, 2], &[5]] {
            for len in 1..400 {
                let row: Vec<u8> = pattern.iter().copied().cycle().take(len).collect();
                let out = packed(&row);
                assert!(out.len() <= bound(len, 1), "{pattern:?} × {len}: {}", out.len());
                assert_eq!(unpacked(&out, len).unwrap(), row);
            }
        }
    }

    #[test]
    fn streams_that_are_not_the_tile_are_refused() {
        assert!(unpacked(&[], 1).is_err());
        assert!(unpacked(&[0x80], 1).is_err());
        assert!(unpacked(&[2, 1, 2], 3).is_err());
        assert!(unpacked(&[0xfe], 3).is_err());
        assert!(unpacked(&[0xfd, 1], 3).is_err());
        assert_eq!(unpacked(&[0x80, 0xfe, 1, 9, 9], 3).unwrap(), [1; 3]);
    }
}
