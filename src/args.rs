//! The command line. What scripts rely on is described in `docs/cli.md`.

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Vectors and points into rasters: exact, fast, bounded in memory.
#[derive(Parser)]
#[command(name = "xr", version, arg_required_else_help = true, propagate_version = true)]
#[command(after_help = "Exit status: 0 done, 1 the work failed, 2 the command line is wrong.")]
pub struct Options {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

#[derive(Args)]
pub struct Global {
    /// Print nothing but errors
    #[arg(long, global = true, conflicts_with = "verbose", help_heading = "Messages")]
    pub quiet: bool,
    /// Say what is being done; -vv for details
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Messages")]
    pub verbose: u8,
    /// When to draw a progress bar on stderr
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN", help_heading = "Messages")]
    pub progress: When,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// When stderr is a terminal
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub enum Command {
    /// Burn polygons, lines and points into a GeoTIFF
    Rasterize(Box<crate::rasterize::options::Rasterize>),
    /// Draw a smooth surface through points into a GeoTIFF
    Spline(Box<crate::spline::options::Spline>),
    /// Re-encode a GeoTIFF: codec, tiles, window, overviews, COG
    Translate(Box<crate::translate::Translate>),
    /// Check the structure of a TIFF, and the rules of Cloud Optimized GeoTIFF
    Validate(crate::validate::Validate),
    /// Describe a vector file or a GeoTIFF
    Info(crate::info::Info),
    /// List the backends and devices of this machine
    Devices(crate::devices::Devices),
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
}

/// Numbers separated by commas.
pub fn numbers<T: std::str::FromStr, const N: usize>(text: &str) -> Result<[T; N], String> {
    let parsed: Option<Vec<T>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    let parsed = parsed.and_then(|numbers| numbers.try_into().ok());
    parsed.ok_or_else(|| format!("expected {N} numbers separated by commas"))
}

/// `512MiB`, `4GB`, `1000000`.
pub fn bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: f64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "kib" => 1024.0,
        "m" | "mb" => 1e6,
        "mib" => 1_048_576.0,
        "g" | "gb" => 1e9,
        "gib" => 1_073_741_824.0,
        "t" | "tb" => 1e12,
        "tib" => 1_099_511_627_776.0,
        unit => return Err(format!("`{unit}` is no unit of memory; write 512MiB or 4GB")),
    };
    let number: f64 = number.parse().map_err(|_| "expected a size such as 512MiB or 4GB".to_owned())?;
    Ok((number * factor) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_and_decimal_units() {
        assert_eq!(bytes("512MiB"), Ok(512 << 20));
        assert_eq!(bytes("4GB"), Ok(4_000_000_000));
        assert_eq!(bytes("1.5 kib"), Ok(1536));
        assert_eq!(bytes("77"), Ok(77));
        assert!(bytes("lots").is_err());
        assert!(bytes("5 parsecs").is_err());
    }
}
