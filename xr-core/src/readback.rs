//! Bytes coming back: always one transfer, whatever the number of spans.

use crate::{Backend, Result, Slab, Span, Transfer, session::Shared};
use std::{ops::Range, sync::Arc};

/// A device→host copy under way. Owns the host block *and* a share of the source slab.
/// Dropping it waits: cancellation and error paths can never free memory under a copy.
#[must_use = "a download does nothing for you until waited for; dropping it blocks"]
pub struct Download<B: Backend> {
    pub(crate) shared: Arc<Shared<B>>,
    pub(crate) transfer: Option<B::Transfer>,
    pub(crate) source: Option<Arc<Slab<B>>>,
    pub(crate) parts: Vec<Range<usize>>,
}

impl<B: Backend> Download<B> {
    /// Whether [`wait`](Self::wait) would return at once.
    pub fn is_done(&self) -> bool {
        self.transfer.as_ref().is_none_or(Transfer::is_done)
    }

    /// Blocks, then lends the bytes without another copy.
    ///
    /// # Errors
    /// Any fault of earlier work on the lane.
    pub fn wait(mut self) -> Result<HostView<B>> {
        let host = self.transfer.take().map(Transfer::wait).transpose()?;
        Ok(HostView { shared: self.shared.clone(), host, parts: std::mem::take(&mut self.parts) })
    }
}

impl<B: Backend> Drop for Download<B> {
    fn drop(&mut self) {
        if let Some(Ok(host)) = self.transfer.take().map(Transfer::wait) {
            self.shared.recycle(host);
        }
        self.source = None; // after the wait, by construction
    }
}

/// Downloaded bytes in page-locked memory; the block returns to the session on drop.
pub struct HostView<B: Backend> {
    shared: Arc<Shared<B>>,
    host: Option<B::Host>,
    parts: Vec<Range<usize>>,
}

impl<B: Backend> HostView<B> {
    /// Bytes of requested span `n`, sliced on the host.
    pub fn part(&self, n: usize) -> &[u8] {
        match (&self.host, self.parts.get(n)) {
            (Some(host), Some(range)) => &host.as_ref()[range.clone()],
            _ => &[],
        }
    }

    /// Number of spans asked for.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }
}

impl<B: Backend> Drop for HostView<B> {
    fn drop(&mut self) {
        if let Some(host) = self.host.take() {
            self.shared.recycle(host);
        }
    }
}

/// Spans → offsets in the packed host block, and whether they are one run already.
pub(crate) fn pack(spans: &[Span]) -> (Vec<Range<usize>>, Option<Span>) {
    let (mut at, mut run) = (0, spans.first().map(|s| Span { len: 0, ..*s }));
    let mut parts = Vec::with_capacity(spans.len());
    for span in spans {
        run = run.filter(|r| r.at + r.len == span.at).map(|r| Span { at: r.at, len: r.len + span.len });
        parts.push(at..at + span.len);
        at += span.len;
    }
    (parts, run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjoining_spans_are_one_run() {
        let (parts, run) = pack(&[Span { at: 8, len: 4 }, Span { at: 12, len: 2 }]);
        assert_eq!((parts, run), (vec![0..4, 4..6], Some(Span { at: 8, len: 6 })));
    }

    #[test]
    fn spans_with_a_gap_are_not() {
        assert_eq!(pack(&[Span { at: 0, len: 4 }, Span { at: 5, len: 2 }]).1, None);
    }
}
