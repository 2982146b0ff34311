//! The legend: a ramp with round labels, or a swatch per class; a swatch for no data at the right.

use super::canvas::{Canvas, Colour, FRAME, INK, NO_DATA, Rect, ramp};
use super::font::{CAP_HEIGHT, text_width};
use super::layout::{MAX_CONTENT, TEXT_SCALE};
use super::scale::{Scale, class_colour};
use super::stretch::Stretch;
use super::ticks::value_label;

/// The most that a legend needs: two rows of swatches, or a ramp with its labels.
pub(super) const MAX_HEIGHT: u32 = 2 * ROW + ROW_GAP;

/// Height of a swatch and of the ramp.
const ROW: u32 = 16;
const ROW_GAP: u32 = 8;
const MAX_ROWS: usize = 2;
const SWATCH_WIDTH: u32 = 24;
const SWATCH_TO_LABEL: u32 = 8;
/// Between entries.
const GAP: u32 = 20;

/// A ramp narrower than this cannot hold three labels.
const MIN_RAMP: u32 = 260;
const MAX_RAMP: u32 = 640;
const TICK_LENGTH: u32 = 5;
const RAMP_TO_LABEL: u32 = 10;
const LABEL_GAP: u32 = 12;
const MAX_TICKS: usize = 7;
/// Fewer labels than this are not worth large letters.
const MIN_LABELS: usize = 3;

const NO_DATA_LABEL: &str = "no data";

/// What is drawn below the map.
pub(super) struct Legend<'a> {
    body: Body<'a>,
    has_no_data: bool,
}

enum Body<'a> {
    Ramp(&'a Stretch),
    Classes { entries: Vec<(Colour, String)>, text_scale: u32 },
}

impl<'a> Legend<'a> {
    /// The legend of `scale`.
    pub(super) fn new(scale: &'a Scale, has_no_data: bool) -> Self {
        let body = match scale {
            Scale::Ramp(stretch) => Body::Ramp(stretch),
            Scale::Classes(classes) => {
                let entry = |(index, &value): (usize, &f64)| (class_colour(index, classes.len()), value_label(value));
                let entries: Vec<_> = classes.iter().enumerate().map(entry).collect();
                let room = MAX_CONTENT - no_data_width();
                let text_scale = if classes_width(&entries, TEXT_SCALE) <= room { TEXT_SCALE } else { 1 };
                Body::Classes { entries, text_scale }
            }
        };
        Self { body, has_no_data }
    }

    /// The least width it needs, in picture pixels.
    pub(super) fn width(&self) -> u32 {
        let body = match &self.body {
            Body::Ramp(_) => MIN_RAMP,
            Body::Classes { entries, text_scale } => classes_width(entries, *text_scale),
        };
        body + if self.has_no_data { no_data_width() } else { 0 }
    }

    /// The height it needs at a width of at least [`Self::width`].
    pub(super) fn height(&self, width: u32) -> u32 {
        match &self.body {
            Body::Classes { entries, text_scale }
                if columns(entries, *text_scale, self.room(width)) >= entries.len() =>
            {
                ROW
            }
            Body::Ramp(_) | Body::Classes { .. } => MAX_HEIGHT,
        }
    }

    /// What `width` leaves beside the swatch for no data.
    fn room(&self, width: u32) -> u32 {
        if self.has_no_data { width.saturating_sub(no_data_width()) } else { width }
    }

    /// Draws it at (x, y) over `width` pixels, of which there are at least [`Self::width`].
    pub(super) fn draw(&self, canvas: &mut Canvas, x: u32, y: u32, width: u32) {
        let room = self.room(width);
        if self.has_no_data {
            let left = x + width.saturating_sub(swatch_width(NO_DATA_LABEL, TEXT_SCALE));
            draw_swatch(canvas, left, y, NO_DATA, NO_DATA_LABEL, TEXT_SCALE);
        }
        match &self.body {
            Body::Ramp(stretch) => draw_ramp(canvas, stretch, x, y, room.min(MAX_RAMP)),
            Body::Classes { entries, text_scale } => draw_classes(canvas, entries, *text_scale, x, y, room),
        }
    }
}

fn swatch_width(label: &str, text_scale: u32) -> u32 {
    SWATCH_WIDTH + SWATCH_TO_LABEL + text_width(label) * text_scale
}

/// With the gap on its left.
fn no_data_width() -> u32 {
    GAP + swatch_width(NO_DATA_LABEL, TEXT_SCALE)
}

fn draw_swatch(canvas: &mut Canvas, x: u32, y: u32, colour: Colour, label: &str, text_scale: u32) {
    let swatch = Rect { x: x + 1, y: y + 1, width: SWATCH_WIDTH - 2, height: ROW - 2 };
    canvas.frame(swatch, FRAME);
    canvas.fill(swatch, colour);
    let top = y + ROW.saturating_sub(CAP_HEIGHT * text_scale) / 2;
    canvas.text(x + SWATCH_WIDTH + SWATCH_TO_LABEL, top, text_scale, label, INK);
}

/// All swatches are as far apart as the longest label asks for, so that they line up in columns.
fn column_width(entries: &[(Colour, String)], text_scale: u32) -> u32 {
    entries.iter().map(|(_, label)| swatch_width(label, text_scale)).max().unwrap_or(0) + GAP
}

/// Least width of the swatches, which is that of [`MAX_ROWS`] rows.
fn classes_width(entries: &[(Colour, String)], text_scale: u32) -> u32 {
    column_width(entries, text_scale) * entries.len().div_ceil(MAX_ROWS) as u32
}

/// Swatches in a row: all if they fit in `room`, else as many as make the rows even.
fn columns(entries: &[(Colour, String)], text_scale: u32, room: u32) -> usize {
    // The last column needs no gap.
    let one_row = column_width(entries, text_scale) * entries.len() as u32 <= room + GAP;
    if one_row { entries.len() } else { entries.len().div_ceil(MAX_ROWS) }
}

fn draw_classes(canvas: &mut Canvas, entries: &[(Colour, String)], text_scale: u32, x: u32, y: u32, width: u32) {
    let column = column_width(entries, text_scale);
    let columns = columns(entries, text_scale, width);
    for (index, (colour, label)) in entries.iter().enumerate() {
        let (row, in_row) = (index / columns, index % columns);
        draw_swatch(canvas, x + in_row as u32 * column, y + row as u32 * (ROW + ROW_GAP), *colour, label, text_scale);
    }
}

/// A label on its place below the ramp.
struct Label {
    tick: u32,
    left: u32,
    right: u32,
    text: String,
}

fn draw_ramp(canvas: &mut Canvas, stretch: &Stretch, x: u32, y: u32, width: u32) {
    let bar = Rect { x: x + 1, y: y + 1, width: width.saturating_sub(2), height: ROW - 2 };
    canvas.frame(bar, FRAME);
    let last = bar.width.saturating_sub(1).max(1);
    for column in 0..bar.width {
        let colour = ramp(f64::from(column) / f64::from(last));
        canvas.fill(Rect { x: bar.x + column, width: 1, ..bar }, colour);
    }

    let (text_scale, labels) = place_labels(stretch, bar, x, x + width);
    for label in labels {
        canvas.fill(Rect { x: label.tick, y: y + ROW, width: 1, height: TICK_LENGTH }, FRAME);
        canvas.text(label.left, y + ROW + RAMP_TO_LABEL, text_scale, &label.text, INK);
    }
}

/// As many labels as fit between `left` and `right`: in large letters if that leaves at least three.
fn place_labels(stretch: &Stretch, bar: Rect, left: u32, right: u32) -> (u32, Vec<Label>) {
    let place = |text_scale: u32, at_most: usize| -> Vec<Label> {
        let span = f64::from(bar.width.saturating_sub(1));
        let ticks = stretch.ticks(at_most).into_iter();
        let mut labels: Vec<Label> = ticks
            .map(|(value, text)| {
                let tick = bar.x + (stretch.position(value) * span).round() as u32;
                let width = text_width(&text) * text_scale;
                let left = tick.saturating_sub(width / 2).min(right.saturating_sub(width)).max(left);
                Label { tick, left, right: left + width, text }
            })
            .collect();
        leave_the_ends_free(&mut labels);
        labels
    };
    let fits = |labels: &[Label]| labels.windows(2).all(|pair| pair[0].right + LABEL_GAP <= pair[1].left);
    let large = (MIN_LABELS..=MAX_TICKS).rev().map(|at_most| (TEXT_SCALE, at_most, MIN_LABELS));
    let small = (2..=MAX_TICKS).rev().map(|at_most| (1, at_most, 1));
    large
        .chain(small)
        .map(|(text_scale, at_most, least)| (text_scale, place(text_scale, at_most), least))
        .find(|(_, labels, least)| labels.len() >= *least && fits(labels))
        .map(|(text_scale, labels, _)| (text_scale, labels))
        .unwrap_or_default()
}

/// Drops labels that touch the first or the last one: those say where the range is cut.
fn leave_the_ends_free(labels: &mut Vec<Label>) {
    let (Some(first), Some(last)) = (labels.first(), labels.last()) else { return };
    let free = first.right + LABEL_GAP..=last.left.saturating_sub(LABEL_GAP);
    let (first, last) = (first.tick, last.tick);
    labels.retain(|label| {
        let inside = free.contains(&label.left) && free.contains(&label.right);
        inside || label.tick == first || label.tick == last
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_apart_and_below_the_ramp() {
        let even: Vec<f64> = (0..1000).map(|i| 1013.5 + 0.03 * f64::from(i)).collect();
        let skewed: Vec<f64> = (0..1000).map(|i| 10f64.powf(f64::from(i) / 125.0)).collect();
        let with_outliers: Vec<f64> = (0..990).map(f64::from).chain([-1e9; 25]).chain([1e9; 25]).collect();
        for values in [even, skewed, with_outliers] {
            let Scale::Ramp(stretch) = Scale::of(&values) else { panic!("{values:?} are no classes") };
            for width in [MIN_RAMP, 400, MAX_RAMP] {
                let bar = Rect { x: 17, y: 0, width: width - 2, height: ROW };
                let (_, labels) = place_labels(&stretch, bar, 16, 16 + width);
                assert!((3..=MAX_TICKS + 2).contains(&labels.len()), "{} labels on {width}", labels.len());
                assert!(labels.windows(2).all(|pair| pair[0].right + LABEL_GAP <= pair[1].left));
                assert!(labels.iter().all(|label| label.left >= 16 && label.right <= 16 + width));
            }
        }
    }

    #[test]
    fn swatches_take_a_row_or_two_even_ones() {
        let scale = Scale::of(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        let legend = Legend::new(&scale, false);
        assert_eq!((legend.height(MAX_CONTENT), legend.height(legend.width())), (ROW, MAX_HEIGHT));
        let Body::Classes { entries, text_scale } = &legend.body else { panic!("five integers are classes") };
        assert_eq!(columns(entries, *text_scale, legend.width()), 3);
    }
}
