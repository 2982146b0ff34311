//! Where features came from.

use std::path::Path;

/// Where features came from: indices into files, as runs.
#[derive(Clone, Default)]
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

    /// Number of files that were begun.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// The same files, without features.
    pub fn of_same_files(&self) -> Self {
        Self { files: self.files.clone(), ..Self::default() }
    }

    /// Where each feature came from: file and index.
    pub fn places(&self) -> impl Iterator<Item = (usize, u64)> {
        let ends = self.runs.iter().skip(1).map(|run| run.0).chain([self.features]);
        self.runs
            .iter()
            .zip(ends)
            .flat_map(|(&(first, file, index), end)| (0..end - first).map(move |n| (file, index + n as u64)))
    }

    /// The next feature came from a file, counted from 0, where it has this index.
    pub fn push(&mut self, file: usize, index: u64) {
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
        [0, 1, 5].into_iter().for_each(|index| origins.push(0, index));
        origins.begin(Path::new("b"));
        origins.push(1, 6);
        let names: Vec<_> = (0..4).map(|feature| origins.name(feature)).collect();
        assert_eq!(origins.places().collect::<Vec<_>>(), [(0, 0), (0, 1), (0, 5), (1, 6)]);
        assert_eq!(names, ["a: feature 0", "a: feature 1", "a: feature 5", "b: feature 6"]);
    }
}
