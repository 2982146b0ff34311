//! Which file a feature came from.

use std::path::Path;

/// Where features came from: indices into files, as runs.
#[derive(Default)]
pub struct Origins {
    files: Vec<String>,
    /// (first feature, file, index in the file) where a run of consecutive indices begins.
    runs: Vec<(usize, usize, u64)>,
    features: usize,
}

impl Origins {
    pub fn begin(&mut self, file: &Path) {
        self.files.push(file.display().to_string());
    }

    pub fn file(&self) -> &str {
        self.files.last().map_or("", String::as_str)
    }

    pub fn push(&mut self, index: u64) {
        let file = self.files.len() - 1;
        let next = self.runs.last().map(|&(first, f, at)| (f, at + (self.features - first) as u64));
        if next != Some((file, index)) {
            self.runs.push((self.features, file, index));
        }
        self.features += 1;
    }

    pub fn name(&self, feature: usize) -> String {
        let run = self.runs.partition_point(|&(first, ..)| first <= feature);
        match run.checked_sub(1).and_then(|run| self.runs.get(run)) {
            Some(&(first, file, index)) => {
                format!("{}: feature {}", self.files[file], index + (feature - first) as u64)
            }
            None => format!("feature {feature}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_named_by_their_file() {
        let mut origins = Origins::default();
        origins.begin(Path::new("a"));
        [0, 1, 5].into_iter().for_each(|index| origins.push(index));
        origins.begin(Path::new("b"));
        origins.push(6);
        let names: Vec<_> = (0..4).map(|feature| origins.name(feature)).collect();
        assert_eq!(names, ["a: feature 0", "a: feature 1", "a: feature 5", "b: feature 6"]);
    }
}
