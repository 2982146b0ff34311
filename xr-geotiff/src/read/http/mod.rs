//! Files on web servers, read in ranges: the first bytes once, everything else when it is asked for.

mod answer;
mod client;

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

pub use client::HttpTraffic;

use self::answer::Answer;
use self::client::Client;
use super::byte_source::ByteSource;
use crate::{GeoTiffError, Result};

/// Bytes that opening a file reads and keeps: directories, and often tables, of a COG.
const HEAD_BYTES: u64 = 64 << 10;
/// Requests at a time.
const CONNECTIONS: usize = 8;

/// A file behind an `http://` or `https://` URL. Opening it is one request, and every range of
/// [`read_ranges`](ByteSource::read_ranges) one more, several at the same time. What breaks off is asked for again,
/// twice at most.
#[derive(Debug)]
pub struct HttpSource {
    client: Client,
    head: Vec<u8>,
    size: u64,
    /// What the server calls this state of the file.
    etag: Option<String>,
}

impl HttpSource {
    /// A time to wait for a server that suits most networks.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    /// Reads the first bytes of the file. No request waits longer than `patience` for the server to go on, and none
    /// takes much longer than its bytes would at 16 KiB a second.
    ///
    /// # Errors
    /// [`GeoTiffError::Io`]: a server that is not there, does not have the file, or does not send parts of files.
    pub fn open(url: &str, patience: Duration) -> Result<Self> {
        let client = Client::new(url, patience);
        let first = client.retry(|client| {
            let (answer, body) = client.get(0..HEAD_BYTES)?;
            answer.expect(0..HEAD_BYTES.min(answer.size))?;
            let mut head = vec![0; HEAD_BYTES.min(answer.size) as usize];
            client.read(body, &mut head)?;
            Ok((answer, head))
        });
        let (Answer { size, etag, .. }, head) =
            first.map_err(|error| GeoTiffError::io(Path::new(url), "open", error))?;
        Ok(Self { client, head, size, etag })
    }

    /// What the source asked of its server so far.
    pub fn traffic(&self) -> HttpTraffic {
        self.client.traffic()
    }

    /// Reads the bytes from `start` on, as many as there is room for.
    fn fetch(&self, start: u64, bytes: &mut [u8]) -> io::Result<()> {
        let range = start..start + bytes.len() as u64;
        self.client.retry(|client| {
            let (answer, body) = client.get(range.clone())?;
            if answer.size != self.size || answer.etag != self.etag {
                return Err(io::Error::other("the file has changed on its server since it was opened; start again"));
            }
            answer.expect(range.clone())?;
            client.read(body, bytes)
        })
    }

    /// Reads parts of the file, several at a time.
    fn fetch_all(&self, parts: Vec<(u64, &mut [u8])>) -> io::Result<()> {
        let helpers = parts.len().clamp(1, CONNECTIONS) - 1;
        let parts = Mutex::new(parts.into_iter());
        let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            while let Some((start, bytes)) = next() {
                if let Err(error) = self.fetch(start, bytes) {
                    while next().is_some() {} // the others need not go on
                    return Err(error);
                }
            }
            Ok(())
        };
        thread::scope(|scope| {
            let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
            let own = work();
            let joined = helpers.into_iter().map(|helper| helper.join().unwrap_or(Err(io::ErrorKind::Other.into())));
            joined.fold(own, |result, helper| result.and(helper))
        })
    }
}

impl ByteSource for HttpSource {
    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }

    fn read_ranges(&self, ranges: &[Range<u64>], out: &mut Vec<u8>) -> io::Result<()> {
        let start = out.len();
        for range in ranges {
            if range.start > range.end || range.end > self.size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let bytes = usize::try_from(range.end - range.start).map_err(|_| io::ErrorKind::OutOfMemory)?;
            out.try_reserve(bytes).map_err(|_| io::ErrorKind::OutOfMemory)?;
            out.resize(out.len() + bytes, 0);
        }
        let (mut rest, mut missing) = (&mut out[start..], Vec::new());
        for range in ranges {
            let bytes;
            (bytes, rest) = rest.split_at_mut((range.end - range.start) as usize);
            let at_hand = self.head.get(range.start as usize..).unwrap_or_default();
            let (known, unknown) = bytes.split_at_mut(at_hand.len().min(bytes.len()));
            known.copy_from_slice(&at_hand[..known.len()]);
            if !unknown.is_empty() {
                missing.push((range.end - unknown.len() as u64, unknown));
            }
        }
        self.fetch_all(missing)
    }

    /// About what arrives in the time that a request takes to get there.
    fn worthwhile_gap(&self) -> u64 {
        64 << 10
    }
}
