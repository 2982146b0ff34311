//! Items collected in any order, handed out row by row.

use xr_core::crossing::ROWS;

/// Items of a row that need no sorting into place: a feature crosses a row a few times, nearly always, and a path of as
/// many edges never more often.
pub(super) const INLINE: usize = 32;

/// What one feature leaves in the rows of a band: crossings or intervals.
pub(super) struct ByRow<T> {
    counts: Vec<u32>,
    inline: Vec<[T; INLINE]>,
    /// Items beyond the first [`INLINE`] of their row.
    more: Vec<(u32, T)>,
    /// First row that has items; the end of those that do.
    first: u32,
    end: u32,
    spilled: Spilled<T>,
}

impl<T: Copy + Default> ByRow<T> {
    pub(super) fn new() -> Self {
        let spilled = Spilled { items: Vec::new(), starts: Vec::new() };
        Self { counts: Vec::new(), inline: Vec::new(), more: Vec::new(), first: 0, end: 0, spilled }
    }

    /// Makes room for a band of `rows`.
    pub(super) fn start(&mut self, rows: usize) {
        // And for what `push_few` leaves below the last row.
        self.counts.resize(rows + ROWS, 0);
        self.inline.resize(rows + ROWS, [T::default(); INLINE]);
        self.forget();
    }

    fn forget(&mut self) {
        (self.first, self.end) = (u32::MAX, 0);
    }

    #[inline]
    pub(super) fn push(&mut self, row: u32, item: T) {
        let count = &mut self.counts[row as usize];
        match self.inline[row as usize].get_mut(*count as usize) {
            Some(slot) => *slot = item,
            None => self.more.push((row, item)),
        }
        *count += 1;
        (self.first, self.end) = (self.first.min(row), self.end.max(row + 1));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first >= self.end
    }

    /// Says that [`push_few`](Self::push_few) pushes onto rows of `first..end`.
    pub(super) fn reach(&mut self, first: u32, end: u32) {
        (self.first, self.end) = (self.first.min(first), self.end.max(end));
    }

    /// Pushes the first `count` of `items` onto one row each, from `row` on, without asking whether there is room: there
    /// is for [`INLINE`] items a row.
    #[inline]
    pub(super) fn push_few(&mut self, row: u32, items: [T; ROWS], count: usize) {
        let (counts, inline) = (self.counts[row as usize..].first_chunk_mut(), &mut self.inline[row as usize..]);
        let (Some(counts), Some(inline)) = (counts, inline.first_chunk_mut()) else { return };
        let (counts, inline): (&mut [u32; ROWS], &mut [[T; INLINE]; ROWS]) = (counts, inline);
        for n in 0..ROWS {
            inline[n][counts[n] as usize % INLINE] = items[n];
            counts[n] += (n as u32).wrapping_sub(count as u32) >> 31; // 1 below `count`, without a branch
        }
    }

    /// Calls `each` with every row that has items, ascending, and forgets them.
    #[inline]
    pub(super) fn drain(&mut self, mut each: impl FnMut(u32, &mut [T])) {
        let spilled = !self.more.is_empty();
        if spilled {
            self.spilled.arrange(&self.counts, &self.inline, &mut self.more);
        }
        for row in self.first..self.end {
            let count = std::mem::take(&mut self.counts[row as usize]) as usize;
            if count > 0 {
                each(row, if spilled { self.spilled.row(row) } else { &mut self.inline[row as usize][..count] });
            }
        }
        self.forget();
    }
}

/// All items of a feature that crosses some row often, laid out by counting.
struct Spilled<T> {
    items: Vec<T>,
    /// While items are placed: where the next of each row goes; then where each row ends.
    starts: Vec<u32>,
}

impl<T: Copy + Default> Spilled<T> {
    fn arrange(&mut self, counts: &[u32], inline: &[[T; INLINE]], more: &mut Vec<(u32, T)>) {
        self.starts.clear();
        let mut total = 0;
        for &count in counts {
            self.starts.push(total);
            total += count;
        }
        self.items.resize(self.items.len().max(total as usize), T::default());
        for ((&count, items), next) in counts.iter().zip(inline).zip(&mut self.starts) {
            let (from, count) = (*next as usize, (count as usize).min(INLINE));
            self.items[from..from + count].copy_from_slice(&items[..count]);
            *next += count as u32;
        }
        for (row, item) in more.drain(..) {
            let next = &mut self.starts[row as usize];
            self.items[*next as usize] = item;
            *next += 1;
        }
    }

    fn row(&mut self, row: u32) -> &mut [T] {
        let from = (row as usize).checked_sub(1).map_or(0, |before| self.starts[before]);
        &mut self.items[from as usize..self.starts[row as usize] as usize]
    }
}

/// Sorts by `key`.
#[inline]
pub(super) fn sort<T: Copy>(items: &mut [T], key: impl Fn(&T) -> i32) {
    if let [a, b] = items {
        if key(a) > key(b) {
            std::mem::swap(a, b);
        }
        return;
    }
    if items.len() > 24 {
        items.sort_unstable_by_key(key);
        return;
    }
    for end in 1..items.len() {
        let item = items[end];
        let mut at = end;
        while at > 0 && key(&items[at - 1]) > key(&item) {
            items[at] = items[at - 1];
            at -= 1;
        }
        items[at] = item;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_all_their_items_however_many() {
        let mut rows = ByRow::new();
        rows.start(4);
        for feature in 1..4 {
            for n in 0..20 * feature {
                rows.push(2, n);
                if n % 10 == 0 {
                    rows.push(3, -n);
                }
            }
            let mut seen = Vec::new();
            rows.drain(|row, items| {
                sort(items, |&i| i);
                seen.push((row, items.to_vec()));
            });
            let tens = (0..2 * feature).rev().map(|n| -10 * n).collect();
            assert_eq!(seen, [(2, (0..20 * feature).collect()), (3, tens)]);
            assert!(rows.is_empty());
        }
    }
}
