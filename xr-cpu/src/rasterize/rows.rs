//! Items collected in any order, then laid out row by row.

/// What one feature leaves in the rows of a band: crossings or intervals.
pub(super) struct ByRow<T> {
    items: Vec<(u32, T)>,
    sorted: Vec<T>,
    starts: Vec<u32>,
}

impl<T: Copy + Default> ByRow<T> {
    pub(super) fn new() -> Self {
        Self { items: Vec::new(), sorted: Vec::new(), starts: Vec::new() }
    }

    pub(super) fn push(&mut self, row: u32, item: T) {
        self.items.push((row, item));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Calls `each` with every row that has items, ascending, and forgets them.
    pub(super) fn drain(&mut self, rows: usize, mut each: impl FnMut(u32, &mut [T])) {
        self.starts.clear();
        self.starts.resize(rows + 1, 0);
        for (row, _) in &self.items {
            self.starts[*row as usize] += 1;
        }
        let mut sum = 0;
        for start in &mut self.starts {
            (*start, sum) = (sum, sum + *start);
        }
        self.sorted.resize(self.items.len().max(self.sorted.len()), T::default());
        for (row, item) in self.items.drain(..) {
            let next = &mut self.starts[row as usize];
            self.sorted[*next as usize] = item;
            *next += 1;
        }
        let mut from = 0; // each start has moved to where its row ends
        for (row, &end) in self.starts[..rows].iter().enumerate() {
            if end > from {
                each(row as u32, &mut self.sorted[from as usize..end as usize]);
            }
            from = end;
        }
    }
}

/// Sorts by `key`: a row of one feature has a few items, nearly always.
pub(super) fn sort<T: Copy>(items: &mut [T], key: impl Fn(&T) -> i32) {
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
