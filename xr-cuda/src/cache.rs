//! Machine code kept between runs, since compiling takes longer than most jobs.
//!
//! A file is found by what went into it, all but the version of the compiler: programs that were compiled before run where
//! there is none. Whatever is wrong with a file or the folder only means compiling again.

use crate::nvrtc::OPTIONS;
use std::{
    env, fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// Bytes of the hash before the code.
const HASH: usize = size_of::<u128>();
const SUFFIX: &str = "cubin";

/// A folder of machine code for an architecture and a driver.
pub(crate) struct Cache {
    folder: Option<PathBuf>,
    prefix: String,
}

impl Cache {
    /// In `XR_CACHE_DIR`, or else where the user's caches are.
    pub fn of(architecture: &str, driver: i32) -> Self {
        let absolute = |variable| env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
        let users = || absolute("XDG_CACHE_HOME").or_else(|| env::home_dir().map(|home| home.join(".cache")));
        let folder = env::var_os("XR_CACHE_DIR").map(PathBuf::from).or_else(|| users().map(|folder| folder.join("xr")));
        Self::at(folder, architecture, driver)
    }

    fn at(folder: Option<PathBuf>, architecture: &str, driver: i32) -> Self {
        Self { folder, prefix: format!("{architecture}-{driver}-") }
    }

    /// Whether there is anything for this architecture and driver.
    pub fn has_any(&self) -> bool {
        let entries = self.folder.as_ref().and_then(|folder| fs::read_dir(folder).ok());
        entries.into_iter().flatten().flatten().any(|entry| {
            let name = entry.file_name();
            name.to_str().is_some_and(|name| name.starts_with(&self.prefix) && name.ends_with(SUFFIX))
        })
    }

    fn path(&self, text: &str) -> Option<PathBuf> {
        let parts = [text].into_iter().chain(OPTIONS.iter().copied()).map(str::as_bytes);
        let hash = parts.fold(EMPTY, |hash, part| fnv1a(fnv1a(hash, part), &[0]));
        Some(self.folder.as_ref()?.join(format!("{}{hash:032x}.{SUFFIX}", self.prefix)))
    }

    /// The code of a text, if it is there and whole.
    pub fn read(&self, text: &str) -> Option<Vec<u8>> {
        let mut hash = fs::read(self.path(text)?).ok()?;
        if hash.len() <= HASH {
            return None;
        }
        let code = hash.split_off(HASH);
        (hash == fnv1a(EMPTY, &code).to_le_bytes()).then_some(code)
    }

    /// Keeps the code of a text, if it can.
    pub fn write(&self, text: &str, code: &[u8]) {
        static WRITTEN: AtomicU64 = AtomicU64::new(0);
        let (Some(path), Some(folder)) = (self.path(text), &self.folder) else { return };
        let unique = format!("{}-{}.tmp", process::id(), WRITTEN.fetch_add(1, Relaxed));
        let temporary = folder.join(unique);
        let content = [&fnv1a(EMPTY, code).to_le_bytes()[..], code].concat();
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&temporary, content));
        if written.and_then(|()| fs::rename(&temporary, path)).is_err() {
            let _ = fs::remove_file(temporary);
        }
    }
}

/// The FNV-1a hash of nothing.
const EMPTY: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;

/// The 128-bit FNV-1a hash (<http://www.isthe.com/chongo/tech/comp/fnv/>) of what was hashed before and more bytes.
fn fnv1a(hash: u128, bytes: &[u8]) -> u128 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u128::from(byte)).wrapping_mul((1 << 88) + 0x13b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors that the hash is published with.
    #[test]
    fn hashes_are_fnv1a() {
        assert_eq!(fnv1a(EMPTY, b"a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
        assert_eq!(fnv1a(EMPTY, b"foobar"), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }

    #[test]
    fn whole_files_are_read_and_others_are_not() {
        let folder = env::temp_dir().join(format!("xr-cuda-cache-{}", process::id()));
        let cache = Cache::at(Some(folder.join("not/yet")), "sm_90", 13_000);
        assert!(!cache.has_any() && cache.read("text").is_none());
        cache.write("text", b"code");
        assert!(cache.has_any());
        assert_eq!(cache.read("text").as_deref(), Some(&b"code"[..]));
        assert!(cache.read("another").is_none());
        let other = Cache::at(cache.folder.clone(), "sm_80", 13_000);
        assert!(!other.has_any() && other.read("text").is_none());

        let path = cache.path("text").unwrap();
        let whole = fs::read(&path).unwrap();
        for broken in [&[][..], &whole[..10], &whole[..16], &whole[..whole.len() - 1], &[&whole[..], b"x"].concat()] {
            fs::write(&path, broken).unwrap();
            assert!(cache.read("text").is_none());
        }
        cache.write("text", b"code");
        assert_eq!(cache.read("text").as_deref(), Some(&b"code"[..]));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_no_cache() {
        let cache = Cache::at(Some("/dev/null/folder".into()), "sm_90", 13_000);
        cache.write("text", b"code");
        assert!(cache.read("text").is_none());
        let cache = Cache::at(None, "sm_90", 13_000);
        cache.write("text", b"code");
        assert!(cache.read("text").is_none());
    }
}
