//! Where the bytes of a file come from: a local file, memory, or a remote object.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::{GeoTiffError, Result};

/// A file that is read in ranges. Several threads may read at once.
pub trait ByteSource: Send + Sync {
    /// Length, bytes.
    ///
    /// # Errors
    /// Those of the system or the network.
    fn size(&self) -> io::Result<u64>;

    /// Appends the bytes of `ranges`, one range after the other, to `out`. The ranges ascend, do not overlap and lie
    /// inside the file; a remote source may fetch them at the same time.
    ///
    /// # Errors
    /// Those of the system or the network, and a file that has become shorter.
    fn read_ranges(&self, ranges: &[Range<u64>], out: &mut Vec<u8>) -> io::Result<()>;

    /// Ranges that lie at most this many bytes apart are better read as one.
    fn worthwhile_gap(&self) -> u64;
}

/// Opens what `input` names: a local file, or what is behind a URL (`http://`, `https://`; feature `http`).
///
/// # Errors
/// A path that names no regular file, a URL that this build does not read, [`GeoTiffError::Io`].
pub fn open_source(input: &Path) -> Result<Box<dyn ByteSource>> {
    if let Some(scheme) = url_scheme(input) {
        return open_url(input, scheme);
    }
    let open = |source| GeoTiffError::io(input, "open", source);
    if !std::fs::metadata(input).map_err(open)?.is_file() {
        return Err(GeoTiffError::NotAFile { path: input.to_owned() });
    }
    Ok(Box::new(File::open(input).map_err(open)?))
}

/// The scheme if `input` is a URL rather than a path: `https` of `https://example.org/a.tif`.
pub fn url_scheme(input: &Path) -> Option<&str> {
    let (scheme, _) = input.to_str()?.split_once("://")?;
    // One letter is a drive of Windows.
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    is_scheme.then_some(scheme)
}

fn open_url(input: &Path, scheme: &str) -> Result<Box<dyn ByteSource>> {
    let refuse =
        |reason: &str| Err(GeoTiffError::io(input, "open", io::Error::new(io::ErrorKind::Unsupported, reason)));
    match scheme.to_ascii_lowercase().as_str() {
        #[cfg(feature = "http")]
        "http" | "https" => {
            Ok(Box::new(super::HttpSource::open(&input.to_string_lossy(), super::HttpSource::PATIENCE)?))
        }
        #[cfg(not(feature = "http"))]
        "http" | "https" => {
            refuse("this build reads local files only; download the file, or build xr with `--features http`")
        }
        "file" => refuse("pass the path itself, without file://"),
        "s3" => {
            refuse("pass its https:// address, for a private object a presigned one (aws s3 presign), or download it")
        }
        _ => refuse("only http:// and https:// URLs can be read; download the file"),
    }
}

impl ByteSource for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_ranges(&self, ranges: &[Range<u64>], out: &mut Vec<u8>) -> io::Result<()> {
        for range in ranges {
            read_at(self, range.start, append(out, range)?)?;
        }
        Ok(())
    }

    /// About what is read in the time of a system call.
    fn worthwhile_gap(&self) -> u64 {
        4096
    }
}

#[cfg(unix)]
fn read_at(file: &File, position: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, position)
}

#[cfg(windows)]
fn read_at(file: &File, mut position: u64, mut bytes: &mut [u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, position)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                position += read as u64;
            }
        }
    }
    Ok(())
}

/// Room for the bytes of a range at the end of `out`.
fn append<'a>(out: &'a mut Vec<u8>, range: &Range<u64>) -> io::Result<&'a mut [u8]> {
    let bytes = range.end.checked_sub(range.start).and_then(|bytes| usize::try_from(bytes).ok());
    let bytes = bytes.ok_or(io::ErrorKind::InvalidInput)?;
    out.try_reserve(bytes).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let start = out.len();
    out.resize(start + bytes, 0);
    Ok(&mut out[start..])
}

impl ByteSource for [u8] {
    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_ranges(&self, ranges: &[Range<u64>], out: &mut Vec<u8>) -> io::Result<()> {
        for range in ranges {
            let bytes = self.get(range.start as usize..range.end as usize).ok_or(io::ErrorKind::UnexpectedEof)?;
            append(out, range)?.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn worthwhile_gap(&self) -> u64 {
        0
    }
}

macro_rules! forward {
    ($($pointer:ty, $target:ty $(, $parameter:ident)?;)*) => {$(
        impl$(<$parameter: ByteSource + ?Sized>)? ByteSource for $pointer {
            fn size(&self) -> io::Result<u64> {
                <$target>::size(self)
            }
            fn read_ranges(&self, ranges: &[Range<u64>], out: &mut Vec<u8>) -> io::Result<()> {
                <$target>::read_ranges(self, ranges, out)
            }
            fn worthwhile_gap(&self) -> u64 {
                <$target>::worthwhile_gap(self)
            }
        }
    )*};
}
forward! { &T, T, T; Box<T>, T, T; Arc<T>, T, T; Vec<u8>, [u8]; }

/// Merges ranges that overlap or lie at most `gap` bytes apart. `ranges` ascend by their start.
pub(crate) fn coalesce(ranges: impl IntoIterator<Item = Range<u64>>, gap: u64) -> Vec<Range<u64>> {
    let mut merged: Vec<Range<u64>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(gap) => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_within_the_gap_become_one() {
        let ranges = [0..10, 10..20, 24..30, 25..28, 100..110];
        assert_eq!(coalesce(ranges.clone(), 0), [0..20, 24..30, 100..110]);
        assert_eq!(coalesce(ranges, 4), [0..30, 100..110]);
    }

    #[test]
    fn urls_are_told_from_paths() {
        let scheme = |input| url_scheme(Path::new(input));
        assert_eq!(scheme("https://example.org/a.tif"), Some("https"));
        assert_eq!(scheme("S3://bucket/a.tif"), Some("S3"));
        for path in ["a.tif", "/data/a.tif", r"C:\data\a.tif", "C://a.tif", "folder/odd://a.tif", "://a", "1://a"] {
            assert_eq!(scheme(path), None, "{path}");
        }
    }

    #[test]
    fn files_and_memory_read_the_same() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, &bytes).unwrap();
        let (mut from_file, mut from_memory) = (vec![7], vec![7]);
        file.read_ranges(&[1..4, 200..203], &mut from_file).unwrap();
        bytes.read_ranges(&[1..4, 200..203], &mut from_memory).unwrap();
        assert_eq!(from_file, [7, 1, 2, 3, 200, 201, 202]);
        assert_eq!(from_file, from_memory);
        assert_eq!((file.size().unwrap(), bytes.size().unwrap()), (256, 256));
        assert!(file.read_ranges(&[0..1, 250..257], &mut from_file).is_err());
        assert!(bytes.read_ranges(&[0..1, 250..257], &mut from_memory).is_err());
    }
}
