//! Running the program in a folder of its own.

use crate::raster::Raster;
use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

/// A sample file of the repository.
pub fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data").join(name)
}

/// A temporary folder, in which the program runs.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder that holds one file.
    pub fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let folder = Self::new();
        folder.write(name, content);
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// Names and contents, sorted by name.
    pub fn files(&self) -> Vec<(OsString, Vec<u8>)> {
        let entries = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap());
        let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
        let mut files: Vec<_> = files.map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap())).collect();
        files.sort();
        files
    }

    /// `xr` with the words of `line`. A word in double quotes may hold blanks; `@name` is a sample file.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xr"));
        command.current_dir(self.0.path());
        for (n, part) in line.split('"').enumerate() {
            if n % 2 == 1 {
                command.arg(part);
                continue;
            }
            for word in part.split_whitespace() {
                match word.strip_prefix('@') {
                    Some(name) => command.arg(example(name)),
                    None => command.arg(word),
                };
            }
        }
        command
    }

    /// Runs `xr` to its end.
    pub fn xr(&self, line: &str) -> Run {
        Run::new(line, self.command(line).output().unwrap())
    }

    /// Runs `xr rasterize … -o out.tif`, which must succeed, and reads the result.
    pub fn burn(&self, line: &str) -> Raster {
        self.xr(&format!("rasterize {line} -o out.tif --overwrite")).succeeded();
        Raster::read(&self.path("out.tif"))
    }

    /// What `xr info --json` says of a file.
    pub fn info(&self, file: &str) -> serde_json::Value {
        self.xr(&format!("info {file} --json")).succeeded().json()
    }
}

/// A finished run.
#[derive(Debug)]
pub struct Run {
    line: String,
    /// `None` if a signal ended it.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn new(line: &str, output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        Self { line: line.to_owned(), status: output.status.code(), stdout, stderr }
    }

    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.status, Some(0), "xr {}\n{}", self.line, self.stderr);
        self
    }

    /// Ended with this status and a message that holds every one of these phrases.
    #[track_caller]
    pub fn failed(self, status: i32, phrases: &[&str]) -> Self {
        assert_eq!(self.status, Some(status), "xr {}\n{}", self.line, self.stderr);
        for phrase in phrases {
            assert!(self.stderr.contains(phrase), "xr {}\nlacks `{phrase}`:\n{}", self.line, self.stderr);
        }
        self
    }

    /// The one JSON object on stdout.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}
