//! Rows as text or JSON.

use super::Work;
use crate::{Failure, times::Times};
use serde_json::{Value, json};

/// One program's part of a row.
pub struct Line {
    name: String,
    /// Seconds of fit and evaluation: on the clock, and of processors.
    wall: [Vec<f64>; 2],
    cpu: [Vec<f64>; 2],
    /// Peak resident bytes beyond the inputs.
    bytes: u64,
    /// Largest residual at points.
    residual: f64,
    /// Largest difference from our surface.
    difference: Option<f64>,
}

impl Line {
    pub fn new(name: String) -> Self {
        Self { name, wall: Default::default(), cpu: Default::default(), bytes: 0, residual: f64::NAN, difference: None }
    }

    /// Adds a run.
    pub fn add(&mut self, fit: &Value, evaluate: &Value) -> Result<(), Failure> {
        for (n, usage) in [fit, evaluate].into_iter().enumerate() {
            let seconds = |name: &str| usage[name].as_f64().ok_or_else(|| format!("{} gave no {name}", self.name));
            let (wall, cpu) = (seconds("wall")?, seconds("cpu")?);
            self.wall[n].push(wall);
            self.cpu[n].push(cpu);
            self.bytes = self.bytes.max(usage["peak"].as_u64().unwrap_or(0));
        }
        Ok(())
    }

    /// Takes in what came of the last run.
    pub fn check(&mut self, answer: &Value, inputs: u64) {
        self.bytes = self.bytes.saturating_sub(inputs);
        self.residual = answer["residual"].as_f64().unwrap_or(f64::NAN);
        self.difference = answer["difference"].as_f64();
    }
}

/// Prints a row, whose first line is ours.
pub fn print(work: &Work, lines: &[Line], as_json: bool) {
    let Some(ours) = lines.first() else { return };
    let median = |times: &[f64]| Times::of(times).median;
    if !as_json {
        println!("{} → {} × {}", work.name, work.size[0], work.size[1]);
    }
    for line in lines {
        let [fit, evaluate] = [0, 1].map(|n| (Times::of(&line.wall[n]), median(&line.cpu[n])));
        let ratios = [0, 1].map(|n| median(&line.wall[n]) / median(&ours.wall[n]));
        if as_json {
            let row = json!({
                "suite": "spline", "row": work.name, "program": line.name, "fit_s": fit.0.median, "fit_cpu_s": fit.1,
                "evaluate_s": evaluate.0.median, "evaluate_cpu_s": evaluate.1, "fit_ratio": ratios[0],
                "evaluate_ratio": ratios[1], "bytes": line.bytes, "residual": line.residual,
                "difference": line.difference, "goal_s": work.goal,
            });
            println!("{row}");
            continue;
        }
        print!("  {:22}", line.name);
        for (what, (times, cpu), ratio) in [("fit", fit, ratios[0]), ("pixels", evaluate, ratios[1])] {
            print!(
                " {what} {:8.3} s ({:.3} to {:.3}), CPU {cpu:8.3} s, × {ratio:.1} ",
                times.median, times.min, times.max
            );
        }
        print!(" {} MB, residual {:.1e}", line.bytes / 1_000_000, line.residual);
        match line.difference {
            Some(difference) => println!(", off ours by {difference:.1e}"),
            None => println!(),
        }
    }
    if let (Some(goal), false) = (work.goal, as_json) {
        let reached = [0, 1].map(|n| if median(&ours.wall[n]) <= goal[n] { "reached" } else { "missed" });
        println!("  goals {} s: {}, {} s: {}", goal[0], reached[0], goal[1], reached[1]);
    }
}
