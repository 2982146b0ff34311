//! Overviews, made while the rows of the full image stream through.
//!
//! [`Pyramid`] takes rows from top to bottom and gives completed rows of every level as soon as the rows below them
//! are known; it keeps a few rows of each level. Each level is half the one before it, rounded up, as `gdaladdo`
//! makes them ([`overview_sizes`]).
//!
//! | where | what |
//! |---|---|
//! | `sample`, `masked` | arithmetic and rounding of each type; samples beside a mask |
//! | `span` | which source pixels make a pixel, and their weights |
//! | `average`, `mode`, `kernel`, `convolution` | a row of an overview from rows of its source |
//! | `level` | the rows that a level keeps |
//!
//! # Against GDAL
//! Compared with `gdaladdo` of GDAL 3.6, at even and odd sizes, with and without nodata:
//!
//! * Nearest, average and mode give GDAL's pixels; averages of `f32` may differ in the last bit.
//! * Bilinear and cubic give GDAL's integers; floats may differ in the last bits. With NaN as nodata GDAL spreads NaN
//!   to all pixels that a filter reaches; here NaN takes no part, as other nodata values.
//! * Gauss never makes the nodata value of valid pixels; GDAL's does, and the next level inherits the hole.
//! * `f64` and large 32-bit integers are computed in double precision, GDAL 3.6 takes single. 64-bit integers are
//!   exact with nearest and mode, and rounded to 53 bits with the others.
//!
//! GDAL makes each level of the one before it, and so does this module. GDAL works on chunks of about 10 MiB and cuts
//! off, at odd sizes, the source pixels that lie in the next chunk; here there are no seams.

mod average;
mod convolution;
mod kernel;
mod level;
mod masked;
mod mode;
mod sample;
mod span;

use level::Level;
pub use masked::Masked;
pub use sample::Sample;
use span::Axis;

use crate::{GeoTiffError, PixelWindow, Result};

/// Samples that are filtered at a time, in double precision.
const FILTERED_SAMPLES: usize = 1 << 20;

/// How pixels of an overview come from pixels of its source, in GDAL's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resampling {
    /// The pixel at the corner: for classes.
    Nearest,
    /// Mean of the covered pixels, by covered area.
    Average,
    /// The most frequent value; of equally frequent ones the first to get there, row by row.
    Mode,
    /// Linear filter, stretched by the ratio of sizes.
    Bilinear,
    /// Cubic convolution (a = −1/2), stretched by the ratio of sizes.
    Cubic,
    /// The kernel 1 2 1, 2 4 2, 1 2 1.
    Gauss,
}

impl Resampling {
    /// Every resampling.
    pub const ALL: [Self; 6] = [Self::Nearest, Self::Average, Self::Mode, Self::Bilinear, Self::Cubic, Self::Gauss];

    /// Name in GDAL's tools.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::Average => "average",
            Self::Mode => "mode",
            Self::Bilinear => "bilinear",
            Self::Cubic => "cubic",
            Self::Gauss => "gauss",
        }
    }
}

/// Sizes of the overviews down to the first that fits in one tile, as GDAL's COG driver chooses their number; none if
/// the image itself fits.
pub fn overview_sizes(width: u32, height: u32, tile: u32) -> Vec<(u32, u32)> {
    let larger = |&(w, h): &(u32, u32)| w > tile.max(1) || h > tile.max(1);
    halvings((width, height)).take_while(larger).map(half).collect()
}

fn half((width, height): (u32, u32)) -> (u32, u32) {
    (width.div_ceil(2), height.div_ceil(2))
}

/// The size and its halves, without end.
fn halvings(size: (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    std::iter::successors(Some(size), |&size| Some(half(size)))
}

fn whole(size: (u32, u32)) -> PixelWindow {
    PixelWindow { column: 0, row: 0, width: size.0, height: size.1 }
}

/// What of an axis of the image and of each level is needed for a part of the image; `None` if it is cut inside a pixel
/// of a level.
fn ranges(size: u32, resampling: Resampling, levels: usize, [first, length]: [u32; 2]) -> Option<Vec<[u32; 2]>> {
    let sizes: Vec<u32> = std::iter::successors(Some(size), |size| Some(size.div_ceil(2))).take(levels + 1).collect();
    let end = first.checked_add(length).filter(|&end| length > 0 && end <= size)?;
    let is_cut = |at: u32| at.trailing_zeros() < levels as u32 && at != 0;
    if is_cut(first) || (is_cut(end) && end != size) {
        return None;
    }
    let part = |level: usize| {
        let end = if end == size { sizes[level] } else { end >> level };
        [first.checked_shr(level as u32).unwrap_or(0), end]
    };
    let mut ranges: Vec<[u32; 2]> = (0..=levels).map(part).collect();
    for level in (0..levels).rev() {
        let [first, end] = Axis::new(sizes[level], sizes[level + 1], resampling).needed(ranges[level + 1]);
        ranges[level] = [first.min(ranges[level][0]), end.max(ranges[level][1])];
    }
    Some(ranges)
}

/// Makes the overviews of an image of which rows come in order.
///
/// ```
/// use xr_geotiff::{Pyramid, Resampling};
///
/// let mut pyramid = Pyramid::<u8>::new((4, 3), 1, Some(0), Resampling::Average, 1)?;
/// let mut overview = Vec::new();
/// for row in [[1, 3, 0, 0], [5, 7, 0, 0], [1, 1, 8, 4]] {
///     pyramid.push(&row, |_level, _first_row, rows| overview.extend_from_slice(rows))?;
/// }
/// assert_eq!(pyramid.sizes(), [(2, 2)]);
/// // Three rows become two: the second covers half of the middle row and the last.
/// assert_eq!(overview, [3, 0, 3, 6]);
/// # Ok::<(), xr_geotiff::GeoTiffError>(())
/// ```
pub struct Pyramid<T> {
    levels: Vec<Level<T>>,
    /// What of the image is given and of each level is made.
    areas: Vec<PixelWindow>,
    /// Rows of each level that the last rows completed.
    completed: Vec<Vec<T>>,
    row_samples: usize,
    /// Rows that are reduced at a time.
    batch: usize,
    arrived: u32,
}

impl<T: Sample> Pyramid<T> {
    /// Prepares `levels` overviews of an image of `size` (width, height) with `samples` bands interleaved by pixel.
    /// Samples that equal `nodata` take no part, except with nearest.
    ///
    /// # Errors
    /// [`GeoTiffError::Spec`] for an empty image, or one whose rows do not fit the address space.
    pub fn new(
        size: (u32, u32),
        samples: u16,
        nodata: Option<T>,
        resampling: Resampling,
        levels: usize,
    ) -> Result<Self> {
        Self::of_part(size, samples, nodata, resampling, levels, whole(size))
    }

    /// Prepares what the overviews have of a part of an image, pixel for pixel as those of the whole. The part begins at
    /// multiples of 2^`levels` and ends at such, or where the image does.
    ///
    /// # Errors
    /// As for [`new`](Self::new), and [`GeoTiffError::Spec`] for another part.
    pub fn of_part(
        size: (u32, u32),
        samples: u16,
        nodata: Option<T>,
        resampling: Resampling,
        levels: usize,
        part: PixelWindow,
    ) -> Result<Self> {
        if size.0 == 0 || size.1 == 0 || samples == 0 {
            let reason = format!("{} × {} pixels of {samples} bands is empty", size.0, size.1);
            return Err(GeoTiffError::spec("size", reason));
        }
        // After 32 levels every image is one pixel.
        let levels = levels.min(32);
        let columns = ranges(size.0, resampling, levels, [part.column, part.width]);
        let rows = ranges(size.1, resampling, levels, [part.row, part.height]);
        let (Some(columns), Some(rows)) = (columns, rows) else {
            let reason = format!("{part:?} of {} × {} pixels is no part of {levels} overviews", size.0, size.1);
            return Err(GeoTiffError::spec("part", reason));
        };
        let area = |([left, right], [top, bottom]): (&[u32; 2], &[u32; 2])| PixelWindow {
            column: *left,
            row: *top,
            width: right - left,
            height: bottom - top,
        };
        let areas: Vec<PixelWindow> = columns.iter().zip(&rows).map(area).collect();
        let Some(row_samples) = (areas[0].width as usize).checked_mul(usize::from(samples)) else {
            return Err(GeoTiffError::spec("size", format!("a row of {} pixels is too long", areas[0].width)));
        };
        let level = |(n, source): (usize, (u32, u32))| {
            let target = half(source);
            let axis = |source, target, ranges: &[[u32; 2]]| {
                Axis::new(source, target, resampling).part(ranges[n + 1], ranges[n])
            };
            let (across, down) = (axis(source.0, target.0, &columns), axis(source.1, target.1, &rows));
            Level::new(across, down, usize::from(samples), nodata)
        };
        let levels: Vec<_> = halvings(size).take(levels).enumerate().map(level).collect();
        let completed = vec![Vec::new(); levels.len()];
        let batch = match resampling {
            Resampling::Bilinear | Resampling::Cubic => (FILTERED_SAMPLES / row_samples).max(1),
            _ => usize::MAX,
        };
        Ok(Self { levels, areas, completed, row_samples, batch, arrived: 0 })
    }

    /// Pixels on each side of a part that its overviews may depend on, at most.
    pub fn margin(size: (u32, u32), resampling: Resampling, levels: usize) -> u32 {
        let even = |(width, height): (u32, u32)| width.is_multiple_of(2) && height.is_multiple_of(2);
        match resampling {
            Resampling::Nearest | Resampling::Average | Resampling::Mode if halvings(size).take(levels).all(even) => 0,
            // A pixel depends on fewer than six beside its two.
            _ => (0..levels).fold(0u32, |margin, _| margin.saturating_mul(2).saturating_add(6)),
        }
    }

    /// The pixels whose rows [`push`](Self::push) takes, and those of each level that it hands over: of the whole image
    /// all of them, of a part also some around it.
    pub fn areas(&self) -> &[PixelWindow] {
        &self.areas
    }

    /// Width and height of each level, from large to small.
    pub fn sizes(&self) -> Vec<(u32, u32)> {
        self.levels.iter().map(Level::size).collect()
    }

    /// Takes the next whole rows of the full image, and hands over the overview rows that they complete:
    /// `(level, first row, rows)`, with level 1 the largest overview. The more rows at once, the more rows are
    /// computed in parallel.
    ///
    /// # Errors
    /// [`GeoTiffError::Spec`] for a part of a row, or more rows than the image has.
    pub fn push(&mut self, rows: &[T], mut completed: impl FnMut(usize, u32, &[T])) -> Result<()> {
        let count = rows.len() / self.row_samples;
        let height = self.areas[0].height;
        if count * self.row_samples != rows.len() || count > (height - self.arrived) as usize {
            let reason = format!(
                "{} samples given after {} rows, the image has {height} rows of {} samples",
                rows.len(),
                self.arrived,
                self.row_samples
            );
            return Err(GeoTiffError::spec("rows", reason));
        }
        self.arrived += count as u32;
        for rows in rows.chunks(self.batch.saturating_mul(self.row_samples)) {
            for i in 0..self.levels.len() {
                let (before, made) = self.completed.split_at_mut(i);
                let source = before.last().map_or(rows, |rows| rows);
                let first_row = self.levels[i].push(source, &mut made[0]);
                if !made[0].is_empty() {
                    completed(i + 1, first_row, &made[0]);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Overviews of an image, rows given `batch` at a time.
    fn overviews<T: Sample>(
        image: &[T],
        size: (u32, u32),
        nodata: Option<T>,
        resampling: Resampling,
        batch: usize,
    ) -> Vec<Vec<T>> {
        let mut pyramid = Pyramid::new(size, 1, nodata, resampling, 3).unwrap();
        let mut made = vec![Vec::new(); 3];
        for rows in image.chunks(size.0 as usize * batch) {
            pyramid
                .push(rows, |level, first, rows| {
                    let width = pyramid_width(size.0, level);
                    assert_eq!(first as usize * width, made[level - 1].len());
                    made[level - 1].extend_from_slice(rows);
                })
                .unwrap();
        }
        made
    }

    fn pyramid_width(width: u32, level: usize) -> usize {
        width.div_ceil(1 << level) as usize
    }

    #[test]
    fn sizes_stop_at_one_tile() {
        assert_eq!(overview_sizes(1501, 1001, 256), [(751, 501), (376, 251), (188, 126)]);
        assert_eq!(overview_sizes(512, 512, 512), []);
        assert_eq!(overview_sizes(513, 1, 512), [(257, 1)]);
    }

    #[test]
    fn small_images_by_hand() {
        // 255 is nodata.
        #[rustfmt::skip]
        let image = [
            10, 20, 255, 255,
            30, 40, 255,   7,
             5,  5,   1,   2,
             5,   9,  2,   1u8,
        ];
        let first = |resampling| overviews(&image, (4, 4), Some(255), resampling, 1).swap_remove(0);
        assert_eq!(first(Resampling::Nearest), [10, 255, 5, 1]);
        assert_eq!(first(Resampling::Average), [25, 7, 6, 2]);
        // Of the four different values the first; 1 and 2 both twice: 2 is the first to be there a second time.
        assert_eq!(first(Resampling::Mode), [10, 7, 5, 2]);
        // (0,0): rows 0..3, columns 0..3 with weights 1 2 1: (10 + 2·20 + 2·30 + 4·40 + 5 + 2·5 + 1) / 13 = 22.
        assert_eq!(first(Resampling::Gauss)[0], 22);
        // (1,1): rows 2..4, columns 2..4, weights 1 2: (1 + 2·2 + 2·2 + 4·1) / 9 = 1.44.
        assert_eq!(first(Resampling::Gauss)[3], 1);
    }

    #[test]
    fn filters_by_hand() {
        let image: Vec<f64> = [0.0, 0.0, 8.0, 8.0, 0.0, 0.0, 0.0, 0.0].repeat(2);
        let first = |resampling, nodata| overviews(&image, (8, 2), nodata, resampling, 1).swap_remove(0);
        // Weights 0.25 0.75 0.75 0.25, of which the first is cut off at the edge.
        let edge = 0.25 * 8.0 / 1.75;
        assert_eq!(first(Resampling::Bilinear, None), [edge, 6.0, 1.0, 0.0]);
        // 8 is nodata: what is left has the value 0 everywhere.
        assert_eq!(first(Resampling::Bilinear, Some(8.0)), [0.0; 4]);
        // All six columns from 0 on; weights of the distances 0.25, 0.75, 1.25, 1.75 as in `span`.
        let [a, b, c, d] = [0.8671875, 0.2265625, -0.0703125, -0.0234375];
        let sum = d + c + b + a + a + b + c + d - d;
        let expected = 8.0 * (a + a) / sum;
        assert!((first(Resampling::Cubic, None)[1] - expected).abs() < 1e-12);
    }

    #[test]
    fn odd_sizes_by_hand() {
        // 3 columns in 2: each pixel covers 1.5 columns. 9 is nodata.
        let image = [3, 6, 9u8];
        assert_eq!(overviews(&image, (3, 1), None, Resampling::Average, 1)[0], [4, 8]);
        assert_eq!(overviews(&image, (3, 1), Some(9), Resampling::Average, 1)[0], [4, 6]);
        assert_eq!(overviews(&image, (3, 1), None, Resampling::Nearest, 1)[0], [3, 9]);
        assert_eq!(overviews(&image, (3, 1), Some(9), Resampling::Mode, 1)[0], [3, 6]);
        assert_eq!(overviews(&[9, 9, 9u8], (3, 1), Some(9), Resampling::Average, 1)[0], [9, 9]);
        // Levels of one pixel.
        assert_eq!(overviews(&[8u8], (1, 1), None, Resampling::Cubic, 1), [[8], [8], [8]]);
    }

    #[test]
    fn batches_do_not_matter() {
        let (width, height) = (37, 29);
        let image: Vec<i16> = (0..width * height).map(|i| ((i * i * 31 + i * 7) % 50 - 25) as i16).collect();
        for resampling in Resampling::ALL {
            for nodata in [None, Some(3)] {
                let of = |batch| overviews(&image, (width as u32, height as u32), nodata, resampling, batch);
                let whole = of(height as usize);
                assert_eq!(whole.iter().map(Vec::len).collect::<Vec<_>>(), [19 * 15, 10 * 8, 5 * 4]);
                for batch in [1, 2, 5, 16] {
                    assert_eq!(of(batch), whole, "{resampling:?}, {batch} rows at a time");
                }
            }
        }
    }

    #[test]
    fn parts_are_those_of_the_whole() {
        for (width, height) in [(37, 29), (64, 48)] {
            let image: Vec<i16> = (0..width * height).map(|i| ((i * i * 31 + i * 7) % 50 - 25) as i16).collect();
            let size = (width as u32, height as u32);
            for resampling in Resampling::ALL {
                let of_whole = overviews(&image, size, Some(3), resampling, 5);
                let margin = Pyramid::<i16>::margin(size, resampling, 3);
                for (column, row) in [(0, 0), (8, 16), (16, 8), (32, 24)] {
                    let part = PixelWindow { column, row, width: 8.min(size.0 - column), height: 8.min(size.1 - row) };
                    let mut pyramid = Pyramid::of_part(size, 1, Some(3), resampling, 3, part).unwrap();
                    let given = pyramid.areas()[0];
                    assert!(given.column + margin >= column && given.row + margin >= row, "{resampling:?}");
                    let past = |at: u32, length: u32, end: u32| at + length <= end + margin;
                    assert!(past(given.column, given.width, column + part.width), "{resampling:?}");
                    assert!(past(given.row, given.height, row + part.height), "{resampling:?}");
                    let mut made = vec![Vec::new(); 3];
                    for y in given.row..given.row + given.height {
                        let at = y as usize * width as usize + given.column as usize;
                        let row = &image[at..at + given.width as usize];
                        pyramid.push(row, |level, _, rows| made[level - 1].extend_from_slice(rows)).unwrap();
                    }
                    for (level, (made, whole)) in (1..).zip(made.iter().zip(&of_whole)) {
                        let (area, width) = (pyramid.areas()[level], pyramid_width(size.0, level));
                        for (y, row) in (area.row..).zip(made.chunks(area.width as usize)) {
                            let at = y as usize * width + area.column as usize;
                            assert_eq!(row, &whole[at..at + row.len()], "{resampling:?}, level {level}, {part:?}");
                        }
                        assert_eq!(made.len(), area.width as usize * area.height as usize);
                    }
                }
            }
        }
        let cut = PixelWindow { column: 4, row: 0, width: 8, height: 8 };
        assert!(Pyramid::<u8>::of_part((64, 64), 1, None, Resampling::Mode, 3, cut).is_err());
    }

    #[test]
    fn bands_are_apart() {
        let bands: [Vec<u16>; 3] =
            std::array::from_fn(|b| (0..13 * 11).map(|i| ((i * 37 + b * 91) % 97) as u16).collect());
        let interleaved: Vec<u16> = (0..13 * 11).flat_map(|i| bands.each_ref().map(|band| band[i])).collect();
        for resampling in Resampling::ALL {
            let mut pyramid = Pyramid::new((13, 11), 3, Some(5), resampling, 1).unwrap();
            let mut made = Vec::new();
            pyramid.push(&interleaved, |_, _, rows| made.extend_from_slice(rows)).unwrap();
            for (b, band) in bands.iter().enumerate() {
                let alone = overviews(band, (13, 11), Some(5), resampling, 11).swap_remove(0);
                assert!(made.iter().skip(b).step_by(3).eq(&alone), "{resampling:?}");
            }
        }
    }

    #[test]
    fn masked_samples_take_no_part() {
        let image = [10, 20, 0, 9, 30, 40, 7, 8u8];
        let mask = [1, 0, 0, 0, 0, 1, 0, 0];
        let masked: Vec<_> = image.iter().zip(mask).map(|(&value, m)| Masked { value, valid: m == 1 }).collect();
        let first = |resampling| {
            let mut pyramid = Pyramid::new((4, 2), 1, Some(Masked::invalid(0)), resampling, 1).unwrap();
            let mut made = Vec::new();
            pyramid.push(&masked, |_, _, rows| made.extend(rows.iter().map(|m| (m.value, m.valid)))).unwrap();
            made
        };
        assert_eq!(first(Resampling::Average), [(25, true), (0, false)]);
        assert_eq!(first(Resampling::Mode), [(10, true), (0, false)]);
        assert_eq!(first(Resampling::Nearest), [(10, true), (0, false)]);
    }

    #[test]
    fn parts_of_rows_are_refused() {
        let mut pyramid = Pyramid::<u8>::new((4, 2), 1, None, Resampling::Average, 1).unwrap();
        assert!(pyramid.push(&[0; 6], |_, _, _| ()).is_err());
        assert!(pyramid.push(&[0; 12], |_, _, _| ()).is_err());
        assert!(pyramid.push(&[0; 8], |_, _, _| ()).is_ok());
        assert!(Pyramid::<u8>::new((0, 2), 1, None, Resampling::Average, 1).is_err());
    }
}
