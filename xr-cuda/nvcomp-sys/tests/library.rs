//! An nvCOMP that is there is opened and answers. Without a GPU that is all it can do.

use libtest_mimic::{Arguments, Failed, Trial};
use nvcomp_sys::{Codec, Error, Nvcomp};
use std::process::ExitCode;

const CODECS: [Codec; 3] = [Codec::Deflate { algorithm: 0 }, Codec::Deflate { algorithm: 5 }, Codec::Zstd];

type Test = fn(&Nvcomp) -> Result<(), Failed>;

fn main() -> ExitCode {
    let absent = matches!(Nvcomp::open(), Err(Error::NotFound { .. }));
    if let Err(error) = Nvcomp::open() {
        eprintln!("{error}");
    }
    let tests: [(&str, Test); 2] =
        [("memory_is_aligned_enough", memory_is_aligned_enough), ("bounds_are_told", bounds_are_told)];
    let trial =
        |(name, test): (&str, Test)| Trial::test(name, move || test(&Nvcomp::open()?)).with_ignored_flag(absent);
    let trials = tests.into_iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn memory_is_aligned_enough(nvcomp: &Nvcomp) -> Result<(), Failed> {
    for codec in CODECS {
        let answer = nvcomp.check_alignment(codec).map_err(|status| status.to_string())?;
        if !answer {
            return Err(format!("nvCOMP {} wants more of {codec:?}", nvcomp.version()).into());
        }
    }
    Ok(())
}

/// Noise does not shrink, so that no bound is below the chunk; no codec doubles it threefold.
fn bounds_are_told(nvcomp: &Nvcomp) -> Result<(), Failed> {
    for codec in CODECS {
        for bytes in [1, 1000, 65536, 1 << 20] {
            let bound = nvcomp.bound(codec, bytes).map_err(|status| status.to_string())?;
            if !(bytes..=8 * bytes + 4096).contains(&bound) {
                return Err(format!("{codec:?}: {bytes} bytes become up to {bound}").into());
            }
        }
    }
    Ok(())
}
