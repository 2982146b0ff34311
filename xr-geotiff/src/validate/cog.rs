//! The order of directories and data in a COG.

use super::directory::Directory;
use super::ghost::Ghost;
use super::image::Image;
use super::source::Source;
use super::{Findings, Severity};

/// Images up to this size need neither tiles nor overviews.
const SMALL: u32 = 512;

pub(super) fn check<S>(
    source: &Source<S>,
    directories: &[Directory],
    images: &[Image],
    ghost: Option<&Ghost>,
    findings: &mut Findings,
) {
    let mut not_cog = |offset, message: String| findings.add(Severity::NotCog, offset, message);
    let Some((main, others)) = images.split_first() else { return };
    if main.number != 0 || main.is_overview() || main.is_mask() {
        not_cog(main.offset, format!("the first directory is not the full image but {main}"));
        return;
    }
    if !source.is_little_endian() && ghost.is_some() {
        not_cog(0, "the file has a ghost area but is big-endian".into());
    }
    let expected = ghost.map_or(source.header_bytes(), |ghost| ghost.end.next_multiple_of(2));
    if source.first_directory != expected {
        let at = source.first_directory;
        not_cog(at, format!("the first directory is at {at}; it should be right behind the header, at {expected}"));
    }

    let mut pyramid = vec![main];
    pyramid.extend(others.iter().filter(|image| image.is_overview() && !image.is_mask()));
    for pair in pyramid.windows(2) {
        let [larger, smaller] = pair else { continue };
        if smaller.size().0 > larger.size().0 || smaller.size().1 > larger.size().1 {
            not_cog(smaller.offset, format!("{smaller} is larger than {larger} before it"));
        }
        if smaller.offset < larger.offset {
            not_cog(smaller.offset, format!("the directory of {smaller} lies before that of {larger}"));
        }
        if let (Some(of_larger), Some(of_smaller)) = (larger.first_data(), smaller.first_data())
            && of_larger < of_smaller
        {
            not_cog(of_larger, format!("the data of {larger} lie before those of {smaller}; the smallest come first"));
        }
    }
    for image in &pyramid {
        if !image.is_tiled && (image.size().0 > SMALL || image.size().1 > SMALL) {
            not_cog(image.offset, format!("{image} is not tiled"));
        }
    }
    let first_data = images.iter().filter_map(Image::first_data).min();
    let last_directory = directories.iter().map(|directory| directory.offset).max();
    if let (Some(data), Some(directory)) = (first_data, last_directory)
        && data < directory
    {
        not_cog(data, format!("data lie before the last directory at {directory}"));
    }
    if pyramid.len() == 1 && (main.size().0 > SMALL || main.size().1 > SMALL) {
        findings.add(Severity::Warning, main.offset, format!("{main} has no overviews"));
    }
}
