//! Requests for ranges: their times, their repetition, their number.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};

use super::CONNECTIONS;
use super::answer::{Answer, explain};

/// Bytes per second, below which a server is given up.
const SLOWEST: u64 = 16 << 10;
/// How long to wait before a second and a third try.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// What a source asked of its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HttpTraffic {
    /// Requests, those that failed included; redirections are not counted.
    pub requests: u64,
    /// Bytes of the file that came in answer.
    pub bytes: u64,
}

/// One file on a server.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    url: String,
    patience: Duration,
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Client {
    pub fn new(url: &str, patience: Duration) -> Self {
        // Without any, the first server with https is refused, with an error that says so.
        let roots = rustls_native_certs::load_native_certs().certs;
        let roots: Vec<_> = roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .user_agent(concat!("xr/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity") // ranges are of the file, not of a compressed form of it
            .max_idle_connections_per_host(CONNECTIONS)
            .timeout_resolve(Some(patience))
            .timeout_connect(Some(patience))
            .timeout_per_read(Some(patience))
            .timeout_per_write(Some(patience))
            .timeout_recv_response(Some(patience))
            .build();
        let (requests, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { agent: Agent::new_with_config(config), url: url.to_owned(), patience, requests, bytes }
    }

    pub fn traffic(&self) -> HttpTraffic {
        HttpTraffic { requests: self.requests.load(Relaxed), bytes: self.bytes.load(Relaxed) }
    }

    /// Asks for a range, which may reach beyond the end of the file.
    pub fn get(&self, range: Range<u64>) -> io::Result<(Answer, Body)> {
        self.requests.fetch_add(1, Relaxed);
        let whole = self.patience + Duration::from_secs((range.end - range.start) / SLOWEST);
        let request = self.agent.get(&self.url).config().timeout_recv_body(Some(whole)).build();
        let request = request.header("Range", format!("bytes={}-{}", range.start, range.end - 1));
        let (head, body) = request.call().map_err(explain)?.into_parts();
        Ok((Answer::new(&head)?, body))
    }

    /// Reads a body that has as many bytes as there is room for.
    pub fn read(&self, body: Body, bytes: &mut [u8]) -> io::Result<()> {
        let mut reader = body.into_reader();
        let mut read = 0;
        while read < bytes.len() {
            match reader.read(&mut bytes[read..]).map_err(|error| explain(error.into()))? {
                0 => {
                    return Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the server broke off its answer; try again",
                    ));
                }
                more => {
                    read += more;
                    self.bytes.fetch_add(more as u64, Relaxed);
                }
            }
        }
        // The end must be seen for the connection to be used again.
        match reader.read(&mut [0]).map_err(|error| explain(error.into()))? {
            0 => Ok(()),
            _ => Err(io::Error::other("the server sent more than it was asked for; download the file")),
        }
    }

    /// Tries again what may have failed by chance.
    pub fn retry<T>(&self, mut attempt: impl FnMut(&Self) -> io::Result<T>) -> io::Result<T> {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, ResourceBusy, UnexpectedEof};
        for pause in PAUSES {
            match attempt(self) {
                Err(error)
                    if matches!(
                        error.kind(),
                        BrokenPipe | ConnectionAborted | ConnectionReset | ResourceBusy | UnexpectedEof
                    ) =>
                {
                    thread::sleep(pause);
                }
                result => return result,
            }
        }
        attempt(self)
    }
}
