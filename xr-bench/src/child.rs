//! A process that holds its inputs in memory and works when told so: a line in, a line of JSON out.

use crate::Failure;
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{ChildStdin, ChildStdout, Command, Stdio},
};

pub struct Child {
    name: &'static str,
    version: String,
    process: std::process::Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Resident bytes once the inputs are there.
    pub inputs: u64,
}

impl Child {
    /// Starts a process and waits until it is ready.
    pub fn start(name: &'static str, mut command: Command) -> Result<Self, Failure> {
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|e| format!("{name}: {e}"))?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(format!("{name}: no pipes").into());
        };
        let output = BufReader::new(output);
        let mut child = Self { name, version: String::new(), process, input, output, inputs: 0 };
        let ready = child.answer()?;
        child.version = ready["version"].as_str().unwrap_or_default().to_owned();
        child.inputs = ready["inputs"].as_u64().unwrap_or(0);
        Ok(child)
    }

    pub fn label(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// Sends a line and waits for the answer.
    pub fn ask(&mut self, line: &str) -> Result<Value, Failure> {
        writeln!(self.input, "{line}").and_then(|()| self.input.flush()).map_err(|e| format!("{}: {e}", self.name))?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Value, Failure> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err(format!("{} ended: {}", self.name, self.process.wait()?).into());
        }
        Ok(serde_json::from_str(&line)?)
    }

    /// Lets the process end.
    pub fn stop(self) -> Result<(), Failure> {
        let Self { name, mut process, input, .. } = self;
        drop(input);
        let status = process.wait()?;
        if status.success() { Ok(()) } else { Err(format!("{name}: {status}").into()) }
    }
}

/// Answers a line, in such a process of ours.
pub fn say(answer: &Value) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{answer}")?;
    Ok(out.flush()?)
}
