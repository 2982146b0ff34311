//! What a server answers to a request for a range, and what its refusals mean.

use std::io::{self, ErrorKind};
use std::ops::Range;

use ureq::http::{StatusCode, header, response::Parts};

/// The head of an answer that has a range of the file (RFC 9110, 15.3.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub range: Range<u64>,
    /// Bytes of the whole file.
    pub size: u64,
    pub etag: Option<String>,
}

impl Answer {
    pub fn new(head: &Parts) -> io::Result<Self> {
        match head.status {
            StatusCode::PARTIAL_CONTENT => {}
            StatusCode::OK => {
                let message = "the server does not send parts of files; download it and name the local file";
                return Err(io::Error::new(ErrorKind::Unsupported, message));
            }
            status => return Err(refusal(status)),
        }
        let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
        let Some((range, size)) = text(header::CONTENT_RANGE).and_then(content_range) else {
            let message = "the server does not say which part of the file it sends; download it";
            return Err(io::Error::new(ErrorKind::InvalidData, message));
        };
        Ok(Self { range, size, etag: text(header::ETAG).map(str::to_owned) })
    }

    /// Refuses another range than the wanted one.
    pub fn expect(&self, wanted: Range<u64>) -> io::Result<()> {
        if self.range == wanted {
            return Ok(());
        }
        let Range { start, end } = self.range;
        let message = format!(
            "the server sent bytes {start} to {end} when asked for {} to {}; download the file",
            wanted.start, wanted.end
        );
        Err(io::Error::new(ErrorKind::InvalidData, message))
    }
}

/// `bytes 0-99/1234`.
fn content_range(value: &str) -> Option<(Range<u64>, u64)> {
    let (range, size) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, size): (u64, u64, u64) = (first.parse().ok()?, last.parse().ok()?, size.parse().ok()?);
    (first <= last && last < size).then(|| (first..last + 1, size))
}

/// Why there are no bytes.
fn refusal(status: StatusCode) -> io::Error {
    let (kind, advice) = match status.as_u16() {
        401 | 403 => (ErrorKind::PermissionDenied, "use an address that needs no login, such as a presigned one"),
        404 | 410 => (ErrorKind::NotFound, "check the address"),
        416 => (ErrorKind::InvalidData, "the file is empty or shorter than it was"),
        // What passes, as a rule.
        429 | 500 | 502 | 503 | 504 => (ErrorKind::ResourceBusy, "try again later"),
        _ => (ErrorKind::Other, "check the address, or download the file"),
    };
    io::Error::new(kind, format!("the server answers {status}; {advice}"))
}

/// An error of the connection, with what to do about it.
pub(super) fn explain(error: ureq::Error) -> io::Error {
    let certificate = "check the server's certificate; SSL_CERT_FILE names others to trust";
    let (kind, advice) = match &error {
        ureq::Error::Io(source) if source.get_ref().is_some_and(|source| source.is::<rustls::Error>()) => {
            (ErrorKind::Other, certificate)
        }
        ureq::Error::Io(source) => (source.kind(), "check the address and the network"),
        ureq::Error::Timeout(_) => (ErrorKind::TimedOut, "the server is too slow: try again, or download the file"),
        ureq::Error::HostNotFound => (ErrorKind::NotFound, "check the address and the network"),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => (ErrorKind::Other, certificate),
        _ => (ErrorKind::Other, "check the address"),
    };
    match error {
        ureq::Error::Io(source) => io::Error::new(kind, format!("{source}; {advice}")),
        other => io::Error::new(kind, format!("{other}; {advice}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_those_of_rfc_9110() {
        assert_eq!(content_range("bytes 42-1233/1234"), Some((42..1234, 1234)));
        assert_eq!(content_range("bytes 0-0/1"), Some((0..1, 1)));
        for wrong in
            ["bytes 42-1233/*", "bytes */1234", "bytes 5-4/10", "bytes 0-10/10", "items 0-1/2", "bytes 0-1", ""]
        {
            assert_eq!(content_range(wrong), None, "{wrong}");
        }
        let most = u64::MAX;
        assert_eq!(content_range(&format!("bytes 0-{most}/{most}")), None);
    }
}
