//! A web server of one file, that answers as a test wants.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::thread;

/// Answers to the n-th request, counted from 0, for a range of bytes.
type Respond = dyn Fn(usize, Range<u64>) -> Vec<u8> + Send + Sync;

/// A server on a port of its own, for as long as the test runs.
pub struct Server {
    pub url: String,
    requests: Arc<Mutex<Vec<Range<u64>>>>,
}

impl Server {
    /// Sends parts of a file.
    pub fn of(file: Vec<u8>) -> Self {
        Self::new(move |_, range| part(&file, range))
    }

    pub fn new(respond: impl Fn(usize, Range<u64>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/image.tif", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<_>>>::default();
        let (respond, log): (Arc<Respond>, _) = (Arc::new(respond), requests.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (respond, log) = (respond.clone(), log.clone());
                thread::spawn(move || converse(stream.unwrap(), &*respond, &log));
            }
        });
        Self { url, requests }
    }

    /// The ranges asked for since the last call.
    pub fn take(&self) -> Vec<Range<u64>> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

/// Answers until the client goes, or an answer breaks off what it announced.
fn converse(mut stream: TcpStream, respond: &Respond, log: &Mutex<Vec<Range<u64>>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    loop {
        let head: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        let Some(range) = head.iter().find_map(|line| asked(line)) else { return };
        let number = {
            let mut log = log.lock().unwrap();
            log.push(range.clone());
            log.len() - 1
        };
        let answer = respond(number, range);
        if stream.write_all(&answer).is_err() || !is_whole(&answer) {
            return;
        }
    }
}

/// `Range: bytes=0-99`.
fn asked(line: &str) -> Option<Range<u64>> {
    let (first, last) = line
        .to_ascii_lowercase()
        .strip_prefix("range: bytes=")?
        .split_once('-')
        .map(|(a, b)| (a.parse::<u64>().unwrap(), b.parse::<u64>().unwrap()))?;
    Some(first..last + 1)
}

fn is_whole(answer: &[u8]) -> bool {
    let head_bytes = answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
    let head = String::from_utf8_lossy(&answer[..head_bytes]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    length == Some(answer.len() - head_bytes)
}

/// An answer with a body.
pub fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Part of a file, as RFC 9110 has it.
pub fn part(file: &[u8], range: Range<u64>) -> Vec<u8> {
    let size = file.len() as u64;
    if range.start >= size {
        return answer("416 Range Not Satisfiable", &format!("Content-Range: bytes */{size}\r\n"), b"");
    }
    let end = range.end.min(size);
    let headers = format!("Content-Range: bytes {}-{}/{size}\r\n", range.start, end - 1);
    answer("206 Partial Content", &headers, &file[range.start as usize..end as usize])
}
