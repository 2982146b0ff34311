//! Where things go: title, map and legend below each other, at the left margin; the map centred where they are wider.

use super::MAX_SIDE;
use super::canvas::Rect;
use super::font::{CAP_HEIGHT, text_width};
use super::legend::{self, Legend};

const MARGIN: u32 = 16;
/// Between title and map, and between map and legend.
const GAP: u32 = 14;
/// The line around the map.
const BORDER: u32 = 1;
/// Picture pixels per font pixel, where there is room.
pub(super) const TEXT_SCALE: u32 = 2;
/// A single pixel is not blown up to the whole sheet.
const MAX_ZOOM: u32 = 64;

const BESIDE_MAP: u32 = 2 * (MARGIN + BORDER);
const ABOVE_MAP: u32 = MARGIN + TEXT_SCALE * CAP_HEIGHT + GAP + BORDER;
const BELOW_MAP: u32 = BORDER + GAP + legend::MAX_HEIGHT + MARGIN;

/// A tiny map still gets a sheet that a title fits on.
const MIN_CONTENT: u32 = 260;
/// The widest legend that fits on a picture.
pub(super) const MAX_CONTENT: u32 = MAX_SIDE - 2 * MARGIN;

/// The grid on which to sample a raster of `width × height` pixels for a picture of at most `max_side` pixels a side:
/// room for title and legend is already taken off. A raster that fits is left as it is; a larger one keeps its aspect,
/// with at least one pixel a side.
pub fn size(width: u32, height: u32, max_side: u32) -> (u32, u32) {
    let (room_width, room_height) = room(max_side);
    if width <= room_width && height <= room_height {
        return (width.max(1), height.max(1));
    }
    let shrink = (f64::from(room_width) / f64::from(width)).min(f64::from(room_height) / f64::from(height));
    let scaled = |side: u32, room: u32| ((f64::from(side) * shrink).round() as u32).clamp(1, room);
    (scaled(width, room_width), scaled(height, room_height))
}

/// What a picture of `side` pixels leaves for the map: (width, height).
pub(super) fn room(side: u32) -> (u32, u32) {
    (side.saturating_sub(BESIDE_MAP).max(1), side.saturating_sub(ABOVE_MAP + BELOW_MAP).max(1))
}

/// The title as far as it fits.
#[derive(Debug, PartialEq)]
pub(super) struct Title {
    pub(super) text: String,
    pub(super) text_scale: u32,
}

impl Title {
    /// In large letters, else in small ones, else cut off.
    fn fit(title: &str, room: u32) -> Self {
        for text_scale in [TEXT_SCALE, 1] {
            if text_width(title) * text_scale <= room {
                return Self { text: title.to_owned(), text_scale };
            }
        }
        let mut text = String::new();
        let mut width = text_width("…");
        for character in title.chars() {
            width += text_width(character.encode_utf8(&mut [0; 4])) + 1;
            if width > room {
                break;
            }
            text.push(character);
        }
        text.push('…');
        Self { text, text_scale: 1 }
    }
}

/// The places of all parts, in picture pixels.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Left edge of title and legend.
    pub(super) left: u32,
    pub(super) title: Title,
    pub(super) title_top: u32,
    /// The map without its border.
    pub(super) map: Rect,
    /// Picture pixels per pixel of the raster, a side.
    pub(super) zoom: u32,
    pub(super) legend_top: u32,
}

impl Layout {
    /// Places a raster of `width × height` pixels, which must fit in [`room`], over its legend.
    pub(super) fn new(width: u32, height: u32, title: &str, legend: &Legend<'_>) -> Self {
        let (room_width, room_height) = room(MAX_SIDE);
        let zoom = (room_width / width.max(1)).min(room_height / height.max(1)).clamp(1, MAX_ZOOM);
        let (map_width, map_height) = (width * zoom, height * zoom);
        let needed = MIN_CONTENT.max(map_width + 2 * BORDER).max(legend.width()).max(text_width(title));
        let content = needed.min(MAX_CONTENT);
        let legend_top = ABOVE_MAP + map_height + BORDER + GAP;
        Self {
            width: content + 2 * MARGIN,
            height: legend_top + legend.height(content) + MARGIN,
            left: MARGIN,
            title: Title::fit(title, content),
            title_top: MARGIN,
            map: Rect {
                x: MARGIN + content.saturating_sub(map_width) / 2,
                y: ABOVE_MAP,
                width: map_width,
                height: map_height,
            },
            zoom,
            legend_top,
        }
    }

    /// Width between the margins.
    pub(super) fn content_width(&self) -> u32 {
        self.width - 2 * MARGIN
    }
}

#[cfg(test)]
mod tests {
    use super::super::scale::Scale;
    use super::*;

    #[test]
    fn a_raster_that_fits_keeps_its_size() {
        assert_eq!(size(50, 30, MAX_SIDE), (50, 30));
        assert_eq!(size(1, 1, MAX_SIDE), (1, 1));
    }

    #[test]
    fn a_large_raster_keeps_its_aspect_within_the_room() {
        let (room_width, room_height) = room(MAX_SIDE);
        assert_eq!(size(20_000, 10_000, MAX_SIDE), (room_width, room_width / 2));
        let (width, height) = size(10_000, 20_000, MAX_SIDE);
        assert_eq!((width, height), (room_height / 2, room_height));
    }

    #[test]
    fn extreme_sizes_keep_at_least_one_pixel() {
        assert_eq!(size(u32::MAX, 1, MAX_SIDE).1, 1);
        assert_eq!(size(1, u32::MAX, MAX_SIDE).0, 1);
        assert_eq!(size(0, 0, MAX_SIDE), (1, 1));
        assert_eq!(size(500, 500, 0), (1, 1));
    }

    #[test]
    fn the_sheet_is_within_bounds_for_every_map_that_fits() {
        let (room_width, room_height) = room(MAX_SIDE);
        for (width, height) in [(1, 1), (50, 30), (room_width, 1), (1, room_height), (room_width, room_height)] {
            for values in [vec![], vec![0.5, 0.75], (0..12).map(|i| 1e14 + f64::from(i)).collect()] {
                let scale = Scale::of(&values);
                for title in ["", &"title".repeat(100)] {
                    let legend = Legend::new(&scale, true);
                    let layout = Layout::new(width, height, title, &legend);
                    assert!(layout.width <= MAX_SIDE && layout.height <= MAX_SIDE, "{layout:?}");
                    assert!(layout.map.x + layout.map.width <= layout.width - MARGIN, "{layout:?}");
                    assert!(layout.content_width() >= legend.width(), "{layout:?}");
                }
            }
        }
    }

    #[test]
    fn a_title_shrinks_and_then_is_cut() {
        assert_eq!(Title::fit("HH", 22), Title { text: "HH".into(), text_scale: 2 });
        assert_eq!(Title::fit("HH", 21), Title { text: "HH".into(), text_scale: 1 });
        let cut = Title::fit("HHHHHH", 20);
        assert_eq!(cut, Title { text: "HH…".into(), text_scale: 1 });
        assert!(text_width(&cut.text) <= 20);
    }
}
