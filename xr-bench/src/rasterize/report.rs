//! Rows as text or JSON.

use super::Work;
use crate::{Failure, times::Times};
use serde_json::{Value, json};

/// One program's part of a row.
pub struct Line {
    name: String,
    wall: Vec<f64>,
    cpu: Vec<f64>,
    /// Peak resident bytes beyond the inputs; of whole programs, inputs included.
    pub bytes_per_pixel: f64,
    /// Pixels that are not ours.
    pub differing: Option<u64>,
}

impl Line {
    pub fn new(name: String, bytes_per_pixel: f64, differing: Option<u64>) -> Self {
        Self { name, wall: Vec::new(), cpu: Vec::new(), bytes_per_pixel, differing }
    }

    /// Adds a run.
    pub fn add(&mut self, usage: &Value) -> Result<(), Failure> {
        let seconds = |name: &str| usage[name].as_f64().ok_or_else(|| format!("{} gave no {name}", self.name));
        let (wall, cpu) = (seconds("wall")?, seconds("cpu")?);
        self.wall.push(wall);
        self.cpu.push(cpu);
        Ok(())
    }
}

/// Prints the calls and the programs of a row. A group's first line is ours.
pub fn print(work: &Work, groups: &[Vec<Line>], as_json: bool) {
    let median = |times: &[f64]| Times::of(times).median;
    if !as_json {
        println!("{}", work.name);
    }
    for group in groups {
        let Some(ours) = group.first() else { continue };
        for line in group {
            let (wall, cpu) = (Times::of(&line.wall), median(&line.cpu));
            let ratios = [wall.median / median(&ours.wall), cpu / median(&ours.cpu)];
            if as_json {
                let row = json!({
                    "suite": "rasterize", "row": work.name, "program": line.name, "median_s": wall.median,
                    "min_s": wall.min, "max_s": wall.max, "cpu_s": cpu, "ratio": ratios[0], "cpu_ratio": ratios[1],
                    "bytes_per_pixel": line.bytes_per_pixel, "differing_pixels": line.differing, "goal_ms": work.goal,
                });
                println!("{row}");
                continue;
            }
            let ms = |seconds: f64| seconds * 1e3;
            print!(
                "  {:30} {:9.1} ms ({:.1} to {:.1})  CPU {:9.1} ms  {:6.2} bytes per pixel  × {:.1}, CPU × {:.1}",
                line.name,
                ms(wall.median),
                ms(wall.min),
                ms(wall.max),
                ms(cpu),
                line.bytes_per_pixel,
                ratios[0],
                ratios[1]
            );
            match line.differing {
                Some(differing) => println!("  {differing} pixels differ"),
                None => println!(),
            }
        }
    }
    if let (Some(goal), Some(ours), false) = (work.goal, groups.first().and_then(|group| group.first()), as_json) {
        let reached = if median(&ours.wall) * 1e3 <= goal { "reached" } else { "missed" };
        println!("  goal {goal} ms: {reached}");
    }
}
