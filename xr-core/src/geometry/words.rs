//! A feature as 64-bit words: what a temporary file holds of it.
//!
//! Counts of vertices, paths and parts, vertices and parts before the feature in its tables, then coordinates, paths and
//! parts as they lie there.

use super::{
    builder::GeometryBuilder,
    tables::{FeatureView, Part, Path},
};
use crate::{Error, Result};

fn pair(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

fn unpair(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

impl FeatureView<'_> {
    /// Appends the feature's words.
    pub fn write(&self, words: &mut Vec<u64>) {
        words.push(self.vertices.len() as u64);
        words.push(pair(self.paths.len() as u32, self.parts.len() as u32));
        words.push(pair(self.before[0], self.before[1]));
        words.extend_from_slice(bytemuck::cast_slice(self.vertices));
        words.extend(self.paths.iter().map(|path| pair(path.end, path.part)));
        words.extend(self.parts.iter().map(|part| pair(part.feature, part.kind)));
    }
}

impl GeometryBuilder {
    /// Appends a feature that [`FeatureView::write`] has written.
    ///
    /// # Errors
    /// [`Error::Limit`] for more vertices or features than 32 bits count, [`Error::Misuse`] for other words.
    pub fn append(&mut self, words: &[u64]) -> Result<()> {
        let misuse = Error::Misuse { what: "words are those of a feature" };
        let Some((&[vertices, counts, before], rest)) = words.split_first_chunk() else { return Err(misuse) };
        let ([paths, parts], [first_vertex, first_part]) = (unpair(counts), unpair(before));
        let coordinates = usize::try_from(vertices).ok().and_then(|n| n.checked_mul(2));
        let Some((coordinates, rest)) = coordinates.and_then(|n| rest.split_at_checked(n)) else { return Err(misuse) };
        let Some((paths, parts)) =
            rest.split_at_checked(paths as usize).filter(|(_, rest)| rest.len() == parts as usize)
        else {
            return Err(misuse);
        };
        let end = self.vertices.len() as u64 + vertices;
        if end >= u64::from(u32::MAX) || self.features == u32::MAX {
            return Err(Error::Limit { what: "vertices of a strip", got: end, limit: u32::MAX.into() });
        }
        let (vertices, parts_before) = (self.vertices.len() as u32, self.parts.len() as u32);
        self.vertices.extend_from_slice(bytemuck::cast_slice(coordinates));
        self.paths.extend(paths.iter().map(|&word| {
            let [end, part] = unpair(word);
            Path {
                end: end.wrapping_sub(first_vertex).wrapping_add(vertices),
                part: part.wrapping_sub(first_part).wrapping_add(parts_before),
            }
        }));
        self.parts.extend(parts.iter().map(|&word| Part { feature: self.features, kind: unpair(word)[1] }));
        self.features += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{Geometry, line_string, point, polygon};

    #[test]
    fn features_are_the_same_in_other_tables() {
        let ring = polygon![(x: 0.5, y: 1.0), (x: 2.0, y: 1.5), (x: 1.0, y: 4.0)];
        let holed = polygon!(exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)], interiors: [[(x: 5., y: 1.), (x: 6., y: 1.), (x: 6., y: 2.)]]);
        let line = line_string![(x: 1.0, y: 1.0), (x: 3.0, y: 2.0)];
        let members = [Geometry::from(holed.clone()), point!(x: 7.0, y: 8.0).into(), line.into()];
        let features = [ring.into(), Geometry::GeometryCollection(members.to_vec().into()), Geometry::from(holed)];
        let tables = |features: &[&Geometry]| {
            let mut builder = GeometryBuilder::default();
            for feature in features {
                builder.push(*feature).unwrap();
            }
            builder.finish()
        };
        let all = tables(&features.iter().collect::<Vec<_>>());
        let words: Vec<Vec<u64>> = all
            .view()
            .features()
            .map(|feature| {
                let mut words = Vec::new();
                feature.write(&mut words);
                words
            })
            .collect();
        for order in [[2, 0, 1], [1, 1, 2]] {
            let mut builder = GeometryBuilder::default();
            order.iter().for_each(|&n: &usize| builder.append(&words[n]).unwrap());
            let copy = builder.finish();
            let expected = tables(&order.map(|n| &features[n]));
            assert_eq!(format!("{copy:?}"), format!("{expected:?}"));
        }
        assert!(GeometryBuilder::default().append(&words[0][..5]).is_err());
        assert!(GeometryBuilder::default().append(&[]).is_err());
    }
}
