//! Features that were left out, counted by reason.

/// First places named for each reason.
const NAMED: usize = 3;

/// Counts by reason, in the order the reasons came up.
#[derive(Default)]
pub struct Skipped(Vec<Reason>);

struct Reason {
    text: String,
    count: u64,
    first: Vec<String>,
}

impl Skipped {
    pub fn add(&mut self, reason: &str, place: String) {
        let known = self.0.iter().position(|r| r.text == reason).unwrap_or_else(|| {
            self.0.push(Reason { text: reason.to_owned(), count: 0, first: Vec::new() });
            self.0.len() - 1
        });
        let reason = &mut self.0[known];
        reason.count += 1;
        if reason.first.len() < NAMED {
            reason.first.push(place);
        }
    }

    /// One warning per reason.
    pub fn warn(&self) {
        for Reason { text, count, first } in &self.0 {
            let more = if *count > first.len() as u64 { " …" } else { "" };
            tracing::warn!("{count} × {text}: {}{more}", first.join(", "));
        }
    }

    pub fn count(&self) -> u64 {
        self.0.iter().map(|reason| reason.count).sum()
    }

    /// How many for this reason.
    pub fn count_of(&self, reason: &str) -> u64 {
        self.0.iter().filter(|r| r.text == reason).map(|r| r.count).sum()
    }

    pub fn to_json(&self) -> serde_json::Value {
        let reasons =
            self.0.iter().map(|r| serde_json::json!({ "reason": r.text, "count": r.count, "first": r.first }));
        serde_json::json!({ "count": self.count(), "reasons": reasons.collect::<Vec<_>>() })
    }
}
