//! A picture in the making: palette indices, rectangles, text, and the PNG at the end.

use super::font::Glyph;

/// Index into the picture's palette.
pub(super) type Colour = u8;

pub(super) const PAPER: Colour = 0;
pub(super) const INK: Colour = 1;
pub(super) const FRAME: Colour = 2;
/// Pixels without data: a grey, so that no colour of the ramp looks like it.
pub(super) const NO_DATA: Colour = 3;
/// The ramp's colours take the rest of the palette.
const RAMP: Colour = 4;
const RAMP_COLOURS: usize = 256 - RAMP as usize;

const FIXED: [[u8; 3]; RAMP as usize] = [[255, 255, 255], [32, 36, 44], [120, 126, 136], [226, 228, 232]];

/// The ramp's colour at `position` in 0…1.
pub(super) fn ramp(position: f64) -> Colour {
    // A float-to-integer cast saturates, so that even NaN stays in the palette.
    RAMP + (position.clamp(0.0, 1.0) * (RAMP_COLOURS - 1) as f64).round() as u8
}

/// Pixels from a top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// An indexed image; what lies outside of it is not drawn.
pub(super) struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<Colour>,
}

impl Canvas {
    /// A blank sheet.
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self { width, height, pixels: vec![PAPER; width as usize * height as usize] }
    }

    /// Fills a rectangle.
    pub(super) fn fill(&mut self, rect: Rect, colour: Colour) {
        let right = rect.x.saturating_add(rect.width).min(self.width) as usize;
        let bottom = rect.y.saturating_add(rect.height).min(self.height) as usize;
        let rows = self.pixels.chunks_exact_mut(self.width as usize).take(bottom).skip(rect.y as usize);
        for row in rows {
            if let Some(span) = row.get_mut(rect.x as usize..right) {
                span.fill(colour);
            }
        }
    }

    /// Draws a line one pixel wide around `rect`, which is then filled anew by the caller.
    pub(super) fn frame(&mut self, rect: Rect, colour: Colour) {
        let outer = Rect {
            x: rect.x.saturating_sub(1),
            y: rect.y.saturating_sub(1),
            width: rect.width + 2,
            height: rect.height + 2,
        };
        self.fill(outer, colour);
    }

    /// Writes a line of text whose first glyph's top left is (x, y), every font pixel `scale` pixels wide.
    pub(super) fn text(&mut self, x: u32, y: u32, scale: u32, text: &str, colour: Colour) {
        let mut left = x;
        for glyph in text.chars().map(Glyph::of) {
            for (column, row) in glyph.ink() {
                let dot = Rect { x: left + column * scale, y: y + row * scale, width: scale, height: scale };
                self.fill(dot, colour);
            }
            left += (glyph.width() + 1) * scale;
        }
    }

    /// The picture as a PNG file with a palette.
    pub(super) fn into_png(self) -> Result<Vec<u8>, png::EncodingError> {
        let ramp = (0..RAMP_COLOURS).map(|i| {
            let colour = colorous::VIRIDIS.eval_rational(i, RAMP_COLOURS);
            [colour.r, colour.g, colour.b]
        });
        let palette: Vec<u8> = FIXED.into_iter().chain(ramp).flatten().collect();

        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette);
        encoder.set_compression(png::Compression::High);
        // Neighbouring palette indices are no neighbouring colours where the map borders on no data.
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(file)
    }
}
