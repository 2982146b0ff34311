//! Servers that do not send what they should: an error soon, which names the address and says what to do.

use std::net::TcpListener;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::server::{Server, answer, part};
use super::{HEAD_BYTES, WINDOW, cog, open, read};
use xr_geotiff::{ByteSource, HttpSource, Limits, Reader};

/// The message of an error, which names the address.
fn message<T>(url: &str, result: xr_geotiff::Result<T>) -> String {
    let message = result.err().unwrap().to_string();
    assert!(message.starts_with(url), "{message}");
    message
}

#[test]
fn statuses_are_named_with_a_remedy() {
    for (status, remedy) in [
        ("404 Not Found", "check the address"),
        ("403 Forbidden", "presigned"),
        ("503 Service Unavailable", "try again"),
        ("418 I'm a teapot", "download"),
    ] {
        let server = Server::new(move |_, _| answer(status, "", b"sorry"));
        let message = message(&server.url, open(&server));
        assert!(message.contains(status) && message.contains(remedy), "{message}");
    }
}

#[test]
fn a_server_without_ranges_is_not_read_to_the_end() {
    // The body never comes.
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n";
    let server = Server::new(|_, _| head.to_vec());
    let message = message(&server.url, open(&server));
    assert!(message.contains("does not send parts of files; download it"), "{message}");
}

#[test]
fn answers_to_another_question_are_refused() {
    for (headers, reason) in [
        ("Content-Range: bytes 5-9/100\r\n", "bytes 5 to 10 when asked for 0 to 100"),
        ("Content-Range: bytes 0-4/*\r\n", "which part"),
        ("", "which part"),
    ] {
        let server = Server::new(move |_, _| answer("206 Partial Content", headers, b"12345"));
        let message = message(&server.url, open(&server));
        assert!(message.contains(reason) && message.contains("download"), "{message}");
    }
    // More bytes than announced by Content-Range.
    let server = Server::new(|_, _| answer("206 Partial Content", "Content-Range: bytes 0-1/2\r\n", b"12345"));
    let message = message(&server.url, open(&server));
    assert!(message.contains("more than it was asked for"), "{message}");
}

#[test]
fn an_answer_that_always_breaks_off_is_given_up() {
    let file = cog();
    let server = Server::new(move |_, range| part(&file, range)[..1000].to_vec());
    let message = message(&server.url, open(&server));
    assert!(message.contains("disconnected") || message.contains("broke off"), "{message}");
    assert_eq!(server.take().len(), 3);
}

#[test]
fn silence_and_dripping_end() {
    let quick = Duration::from_millis(300);
    let silent = Server::new(|_, _| {
        thread::sleep(Duration::from_secs(20));
        Vec::new()
    });
    let start = Instant::now();
    let said = message(&silent.url, HttpSource::open(&silent.url, quick));
    assert!(said.contains("timeout") && said.contains("too slow"), "{said}");
    // The head of the answer comes, then nothing.
    let stuck = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a.tif", stuck.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = stuck.accept().unwrap();
        let head = part(&[0; 1000], 0..1000)[..100].to_vec();
        std::io::Write::write_all(&mut stream, &head).unwrap();
        thread::sleep(Duration::from_secs(20));
    });
    let said = message(&url, HttpSource::open(&url, quick));
    assert!(said.contains("too slow"), "{said}");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn nobody_there() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}/a.tif");
    let said = message(&url, Reader::open(Path::new(&url), &Limits::default()));
    assert!(said.to_lowercase().contains("refused") && said.contains("check the address"), "{said}");
}

#[test]
fn a_file_that_changes_is_noticed() {
    let file = cog();
    let server = Server::new(move |number, range| match number {
        0 => part(&file, range),
        _ => part(&file[..file.len() - 1], range),
    });
    let reader = Reader::new(open(&server).unwrap(), Path::new(&server.url), &Limits::default()).unwrap();
    let said = message(&server.url, read(&reader, WINDOW));
    assert!(said.contains("has changed"), "{said}");
}

#[test]
fn the_announced_size_takes_no_memory() {
    let file = cog();
    let size = u64::MAX - 1;
    let server = Server::new(move |number, range| match number {
        0 => {
            let headers = format!("Content-Range: bytes 0-{}/{size}\r\n", HEAD_BYTES - 1);
            answer("206 Partial Content", &headers, &file[..HEAD_BYTES as usize])
        }
        _ => part(&file, range),
    });
    let source = open(&server).unwrap();
    assert_eq!(source.size().unwrap(), size);
    assert!(source.read_ranges(std::slice::from_ref(&(0..size)), &mut Vec::new()).is_err());
    let reader = Reader::new(source, Path::new(&server.url), &Limits::default()).unwrap();
    let said = message(&server.url, read(&reader, WINDOW));
    assert!(said.contains("has changed"), "{said}");
}

#[test]
fn other_schemes_are_refused_with_the_way_out() {
    for (url, remedy) in [
        ("s3://bucket/a.tif", "presign"),
        ("file:///tmp/a.tif", "without file://"),
        ("ftp://example.org/a.tif", "download"),
    ] {
        let said = message(url, Reader::open(Path::new(url), &Limits::default()));
        assert!(said.contains(remedy), "{said}");
    }
}
