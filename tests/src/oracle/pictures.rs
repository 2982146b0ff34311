//! Masks as text, for messages and for tests written by hand.

/// One line per row, `#` for a pixel that is set, `.` for another.
pub fn picture(mask: &[bool], width: usize) -> String {
    let line = |row: &[bool]| row.iter().map(|set| if *set { '#' } else { '.' }).collect::<String>();
    mask.chunks(width.max(1)).map(line).collect::<Vec<_>>().join("\n")
}
