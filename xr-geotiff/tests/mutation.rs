//! Files of other programs with bytes changed, cut and inserted at random: no panic, no hang, bounded memory.

#[path = "host/exercise.rs"]
mod exercise;
mod host;

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use exercise::ask_everything;
use peak_alloc::PeakAlloc;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

#[derive(Debug, Clone)]
enum Change {
    Byte(u16, u8),
    /// A 32-bit number, often of a size or an offset.
    Word(u16, u32),
    Insert(u16, u8),
    Cut(u16),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let at = |place: u16| usize::from(place) % bytes.len().max(1);
        match *self {
            _ if bytes.is_empty() => {}
            Self::Byte(place, value) => {
                let at = at(place);
                bytes[at] = value;
            }
            Self::Word(place, value) => {
                let at = at(place);
                bytes.iter_mut().skip(at).zip(value.to_le_bytes()).for_each(|(byte, value)| *byte = value);
            }
            Self::Insert(place, value) => bytes.insert(at(place), value),
            Self::Cut(place) => bytes.truncate(at(place)),
        }
    }
}

/// Places are mostly in the first directory.
fn place() -> impl Strategy<Value = u16> {
    prop_oneof![4 => 0..400u16, 1 => 0..2048u16]
}

fn change() -> impl Strategy<Value = Change> {
    let number = prop_oneof![Just(0), Just(1), Just(u32::MAX), Just(1 << 31), Just(1 << 16), 0..4096u32, any::<u32>()];
    prop_oneof![
        8 => (place(), any::<u8>()).prop_map(|(place, value)| Change::Byte(place, value)),
        8 => (place(), number).prop_map(|(place, value)| Change::Word(place, value)),
        1 => (place(), any::<u8>()).prop_map(|(place, value)| Change::Insert(place, value)),
        1 => place().prop_map(Change::Cut),
    ]
}

#[test]
fn changed_files_are_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<Vec<u8>> = paths.map(|path| std::fs::read(path).unwrap()).collect();
    let unchanged: usize = files.iter().map(|file| ask_everything(file.clone()).unwrap()).sum();
    assert_eq!(unchanged, 32, "two windows of each of the 16 images");

    let cases = std::env::var("XR_MUTATIONS").map_or(3000, |cases| cases.parse().unwrap());
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let before = PEAK.current_usage();
    let (most, slowest, read) = (Cell::new(0), Cell::new(Duration::ZERO), Cell::new(0));
    let started = Instant::now();
    runner
        .run(&(0..files.len(), prop::collection::vec(change(), 1..5)), |(file, changes)| {
            let mut bytes = files[file].clone();
            changes.iter().for_each(|change| change.apply(&mut bytes));
            PEAK.reset_peak_usage();
            let start = Instant::now();
            read.set(read.get() + ask_everything(bytes).map_or(0, |windows| usize::from(windows > 0)));
            slowest.set(slowest.get().max(start.elapsed()));
            most.set(most.get().max(PEAK.peak_usage().saturating_sub(before)));
            Ok(())
        })
        .unwrap();
    let (most, slowest, read) = (most.get(), slowest.get(), read.get());
    println!("{cases} files in {:?}, {read} read; slowest {slowest:?}, most memory {most} bytes", started.elapsed());
    assert!(most < 2 << 20, "{most} bytes");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}
