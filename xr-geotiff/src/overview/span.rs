//! Which source pixels make a pixel of an overview along one axis, and with which weights.
//!
//! GDAL aligns the outer edges of both images: pixel `i` of `target` covers `i · ratio .. (i + 1) · ratio` of
//! `source` pixels, with ratio = source / target, which is below 2 for odd sizes. The formulas are those of its
//! `gcore/overview.cpp`, with the whole image as one chunk.

use super::Resampling;

/// Most source pixels of a pixel along an axis: cubic at ratio 2, off the grid.
const MAX_TAPS: usize = 9;
/// Slack for edges that meet a pixel's edge but for rounding.
const EPSILON: f64 = 1e-8;

/// A run of source pixels with their weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub start: usize,
    count: usize,
    weights: [f64; MAX_TAPS],
}

impl Span {
    pub fn end(&self) -> usize {
        self.start + self.count
    }

    pub fn weights(&self) -> &[f64] {
        &self.weights[..self.count]
    }

    /// Whether this is the plain pair of pixels of an even size.
    pub fn is_pair(&self) -> bool {
        self.weights() == [1.0, 1.0]
    }

    fn new(start: usize, end: usize, weight: impl Fn(usize) -> f64) -> Self {
        let mut span = Self { start, count: end.saturating_sub(start).min(MAX_TAPS), weights: [0.0; MAX_TAPS] };
        for (tap, slot) in span.weights[..span.count].iter_mut().enumerate() {
            *slot = weight(start + tap);
        }
        span
    }
}

/// Source and target sizes along one axis, of which a part is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    source: u32,
    target: u32,
    resampling: Resampling,
    /// The first target pixel that is made, and the end of those.
    made: [u32; 2],
    /// The first source pixel that is given, and the end of those.
    given: [u32; 2],
}

impl Axis {
    pub fn new(source: u32, target: u32, resampling: Resampling) -> Self {
        Self { source, target, resampling, made: [0, target], given: [0, source] }
    }

    /// The source pixels that target pixels are made of.
    pub fn needed(&self, [first, end]: [u32; 2]) -> [u32; 2] {
        let last = self.whole_span(end.max(first + 1) as usize - 1);
        [self.whole_span(first as usize).start as u32, last.end() as u32]
    }

    /// The same axis, on which only some pixels are made, of given ones: at least the [needed](Self::needed).
    pub fn part(self, made: [u32; 2], given: [u32; 2]) -> Self {
        Self { made, given, ..self }
    }

    /// Number of target pixels that are made.
    pub fn made(&self) -> usize {
        (self.made[1] - self.made[0]) as usize
    }

    /// Number of source pixels that are given.
    pub fn given(&self) -> usize {
        (self.given[1] - self.given[0]) as usize
    }

    pub fn resampling(&self) -> Resampling {
        self.resampling
    }

    /// The source pixels, counted from the first that is given, of the `i`th target pixel that is made; starts and ends
    /// ascend with `i`.
    pub fn span(&self, i: usize) -> Span {
        let span = self.whole_span(i + self.made[0] as usize);
        Span { start: span.start - self.given[0] as usize, ..span }
    }

    fn whole_span(&self, i: usize) -> Span {
        let ratio = f64::from(self.source) / f64::from(self.target);
        match self.resampling {
            Resampling::Nearest => {
                let start = ((0.5 + i as f64 * ratio) as usize).min(self.last());
                Span::new(start, start + 1, |_| 1.0)
            }
            Resampling::Average | Resampling::Mode => self.covered(i, ratio),
            Resampling::Gauss => self.gauss(i, ratio),
            Resampling::Bilinear => self.filter(i, ratio, 1.0, bilinear),
            Resampling::Cubic => self.filter(i, ratio, 2.0, cubic),
        }
    }

    fn last(&self) -> usize {
        self.source.saturating_sub(1) as usize
    }

    /// Weights are the covered parts of the pixels.
    fn covered(&self, i: usize, ratio: f64) -> Span {
        let (from, to) = (i as f64 * ratio, (i + 1) as f64 * ratio);
        let start = ((from + EPSILON) as usize).min(self.last());
        let end = ((to - EPSILON).ceil() as usize).clamp(start + 1, self.source as usize);
        Span::new(start, end, |pixel| match pixel {
            _ if end == start + 1 => 1.0,
            _ if pixel == start => 1.0 - (from - start as f64),
            _ if pixel + 1 == end => 1.0 - (end as f64 - to),
            _ => 1.0,
        })
    }

    /// 1, 2, 1 around the middle.
    fn gauss(&self, i: usize, ratio: f64) -> Span {
        let from = (0.5 + i as f64 * ratio) as usize;
        let to = (0.5 + (i + 1) as f64 * ratio) as usize + 1;
        let middle = from + (to - from) / 2;
        let start = middle.saturating_sub(1).min(self.last());
        let end = (middle + 2).clamp(start + 1, self.source as usize);
        Span::new(start, end, |pixel| if pixel == middle { 2.0 } else { 1.0 })
    }

    /// The filter is stretched by the ratio.
    fn filter(&self, i: usize, ratio: f64, radius: f64, weight: fn(f64) -> f64) -> Span {
        let scale = (1.0 / ratio).min(1.0);
        let radius = radius / scale;
        let centre = (i as f64 + 0.5) * ratio;
        let start = ((centre - radius + 0.5).floor().max(0.0) as usize).min(self.last());
        let end = ((centre + radius + 0.5) as usize).clamp(start + 1, self.source as usize);
        Span::new(start, end, |pixel| weight(scale * (pixel as f64 - centre + 0.5)))
    }
}

fn bilinear(x: f64) -> f64 {
    (1.0 - x.abs()).max(0.0)
}

/// Catmull-Rom: the cubic convolution of Keys with a = −1/2.
fn cubic(x: f64) -> f64 {
    match x.abs() {
        x if x <= 1.0 => x * x * (1.5 * x - 2.5) + 1.0,
        x if x <= 2.0 => x * (x * (2.5 - 0.5 * x) - 4.0) + 2.0,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(resampling: Resampling, source: u32, target: u32, i: usize) -> (usize, Vec<f64>) {
        let span = Axis::new(source, target, resampling).span(i);
        (span.start, span.weights().to_vec())
    }

    #[test]
    fn even_sizes_pair_pixels() {
        assert_eq!(span(Resampling::Nearest, 8, 4, 3), (6, vec![1.0]));
        assert_eq!(span(Resampling::Average, 8, 4, 3), (6, vec![1.0, 1.0]));
        assert_eq!(span(Resampling::Gauss, 8, 4, 0), (0, vec![1.0, 2.0, 1.0]));
        assert_eq!(span(Resampling::Gauss, 8, 4, 3), (6, vec![1.0, 2.0]));
        assert_eq!(span(Resampling::Bilinear, 8, 4, 1), (1, vec![0.25, 0.75, 0.75, 0.25]));
        let (start, weights) = span(Resampling::Cubic, 16, 8, 3);
        let expected = [-0.0234375, -0.0703125, 0.2265625, 0.8671875].map(|w: f64| w);
        assert_eq!((start, &weights[..4]), (3, &expected[..]));
        assert_eq!(weights.len(), 8);
    }

    #[test]
    fn odd_sizes_share_pixels() {
        // 5 pixels in 3: 5/3 pixels each.
        let third = 1.0 / 3.0;
        let close = |(start, weights): (usize, Vec<f64>), expected: (usize, &[f64])| {
            assert_eq!((start, weights.len()), (expected.0, expected.1.len()));
            assert!(weights.iter().zip(expected.1).all(|(a, b)| (a - b).abs() < 1e-12), "{weights:?}");
        };
        close(span(Resampling::Average, 5, 3, 0), (0, &[1.0, 2.0 * third]));
        close(span(Resampling::Average, 5, 3, 1), (1, &[third, 1.0, third]));
        close(span(Resampling::Average, 5, 3, 2), (3, &[2.0 * third, 1.0]));
        assert_eq!([0, 1, 2].map(|i| span(Resampling::Nearest, 5, 3, i).0), [0, 2, 3]);
        assert_eq!(span(Resampling::Average, 1, 1, 0), (0, vec![1.0]));
    }

    #[test]
    fn spans_ascend_and_stay_inside() {
        for resampling in Resampling::ALL {
            for source in 1..40 {
                let axis = Axis::new(source, source.div_ceil(2), resampling);
                let spans: Vec<Span> = (0..axis.made()).map(|i| axis.span(i)).collect();
                assert!(spans.iter().all(|s| s.count > 0 && s.end() <= source as usize), "{axis:?}");
                assert!(spans.is_sorted_by(|a, b| a.start <= b.start && a.end() <= b.end()), "{axis:?}");
            }
        }
    }
}
