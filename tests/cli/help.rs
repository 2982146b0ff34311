//! `--help` and the documentation say the same; completions exist.

use crate::program::Folder;
use std::collections::BTreeSet;

const CLI: &str = include_str!("../../docs/cli.md");

fn help(command: &str) -> String {
    Folder::new().xr(&format!("{command} --help")).succeeded().stdout
}

/// Every `--name` in a text.
fn long_options(text: &str) -> BTreeSet<&str> {
    let name_end = |rest: &str| rest.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(rest.len());
    let starts = text.match_indices("--").filter(|(at, _)| !text[..*at].ends_with('-'));
    let names = starts.map(|(at, _)| &text[at..at + 2 + name_end(&text[at + 2..])]);
    names.filter(|name| name.len() > 2 && !name.ends_with('-')).collect()
}

/// The section on `xr rasterize`, its table first columns only.
fn documented_options() -> BTreeSet<&'static str> {
    let section = CLI.split("## `xr rasterize").nth(1).unwrap().split("## `xr spline").next().unwrap();
    let table = section.lines().filter(|line| line.starts_with("| `--"));
    table.flat_map(|line| long_options(line.split(" | ").next().unwrap())).collect()
}

#[test]
fn the_documentation_lists_options_that_exist() {
    let help = help("rasterize");
    let offered = long_options(&help);
    let documented = documented_options();
    assert!(documented.len() > 25, "{documented:?}");
    let missing: Vec<_> = documented.difference(&offered).collect();
    assert!(missing.is_empty(), "in docs/cli.md, but not in --help: {missing:?}");
}

#[test]
fn options_that_exist_are_documented() {
    let own = ["--help", "--version", "--output", "--verbose"].into(); // the last two are documented as -o and -v
    let known: BTreeSet<&str> = long_options(CLI).union(&own).copied().collect();
    for command in ["", "rasterize", "spline", "translate", "validate", "info", "devices", "completions"] {
        let help = help(command);
        // Lines of options, not what their descriptions mention.
        let lines: String =
            help.lines().filter(|line| line.trim_start().starts_with('-')).map(|l| format!("{l}\n")).collect();
        let missing: Vec<_> = long_options(&lines).into_iter().filter(|name| !known.contains(name)).collect();
        assert!(missing.is_empty(), "in xr {command} --help, but not in docs/cli.md: {missing:?}");
    }
}

#[test]
fn defaults_and_choices_are_the_documented_ones() {
    let help = help("rasterize");
    for (option, choices) in [
        ("--merge", "last|first|min|max|sum|count|mean"),
        ("--compress", "none|deflate|zstd|lzw|packbits"),
        ("--predictor", "none|horizontal|float|auto"),
        ("--bigtiff", "auto|yes|no"),
    ] {
        assert!(CLI.contains(&format!("{option} {}", choices.replace('|', "\\|"))), "{option} in docs/cli.md");
        let text = help.split(&format!("\n      {option} <")).nth(1).unwrap().split("\n      --").next().unwrap();
        for choice in choices.split('|') {
            assert!(text.contains(choice), "{option} {choice} in --help");
        }
    }
    assert!(help.contains("[default: 512]") && help.contains("[default: deflate]"));
}

#[test]
fn every_command_has_help_and_a_version() {
    let top = help("");
    for command in ["rasterize", "info", "devices", "completions"] {
        assert!(top.contains(&format!("\n  {command} ")), "{command} in\n{top}");
        assert!(help(command).contains(&format!("Usage: xr {command}")));
    }
    let version = Folder::new().xr("--version").succeeded().stdout;
    assert_eq!(version, format!("xr {}\n", env!("CARGO_PKG_VERSION")));
    Folder::new().xr("").failed(2, &["Usage: xr"]);
}

#[test]
fn shells_get_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let script = Folder::new().xr(&format!("completions {shell}")).succeeded().stdout;
        assert!(script.contains("rasterize") && script.contains("max-memory"), "{shell}");
    }
}
