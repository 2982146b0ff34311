//! The spatial index of a FlatGeobuf file: a packed R-tree, of which the leaves are the features in file order.
//!
//! Nodes are 40 bytes: smallest x and y, largest x and y, and where the feature begins; the root's level comes first, the
//! leaves last. The children of the `k`th node of a level are the nodes from `k · node size` on of the next.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Bytes of a node.
pub(super) const NODE: u64 = 40;

/// Where the index of a file lies.
#[derive(Clone, Copy)]
pub(super) struct Index {
    pub start: u64,
    pub features: u64,
    pub node_size: u64,
}

/// A feature found in the index.
pub(super) struct Hit {
    /// Number of the feature in the file.
    pub feature: u64,
    /// Where it begins, counted from the first feature.
    pub offset: u64,
}

impl Index {
    /// The features, in file order, whose boxes meet the rows from `low` to `high`.
    pub fn search(&self, input: &mut BufReader<File>, [low, high]: [f64; 2]) -> io::Result<Vec<Hit>> {
        let levels = self.levels();
        let mut at = input.seek(SeekFrom::Start(self.start))?;
        // Nodes of a level to look at; of the first one all, which is the root.
        let mut wanted: Vec<Hit> = vec![Hit { feature: 0, offset: 0 }];
        let mut first = 0;
        for (depth, &count) in levels.iter().enumerate() {
            let mut found = Vec::new();
            for parent in &wanted {
                let from = if depth == 0 { 0 } else { parent.feature * self.node_size };
                for node in from..(from + self.node_size).min(count) {
                    let place = self.start + (first + node) * NODE;
                    input.seek_relative(place as i64 - at as i64)?;
                    at = place + NODE;
                    let (bottom, top, offset) = read_node(input)?;
                    // Boxes of NaN are met.
                    if !(top < low || bottom > high) {
                        found.push(Hit { feature: node, offset });
                    }
                }
            }
            first += count;
            wanted = found;
        }
        Ok(wanted)
    }

    /// Nodes of each level, from the root's to the leaves.
    fn levels(&self) -> Vec<u64> {
        let mut levels = vec![self.features];
        loop {
            let count = levels[levels.len() - 1].div_ceil(self.node_size);
            levels.push(count);
            if count <= 1 {
                levels.reverse();
                return levels;
            }
        }
    }
}

/// Smallest and largest y of a node, and its offset.
fn read_node(input: &mut impl Read) -> io::Result<(f64, f64, u64)> {
    let mut node = [0; NODE as usize];
    input.read_exact(&mut node)?;
    let word = |n: usize| -> [u8; 8] { std::array::from_fn(|i| node[8 * n + i]) };
    Ok((f64::from_le_bytes(word(1)), f64::from_le_bytes(word(3)), u64::from_le_bytes(word(4))))
}
