//! nvCOMP, looked for once.

use nvcomp_sys::{ALIGNMENT, Codec, Nvcomp};
use std::sync::OnceLock;

/// The library, or why there is none.
pub fn nvcomp() -> Result<&'static Nvcomp, &'static str> {
    static FOUND: OnceLock<Result<Nvcomp, String>> = OnceLock::new();
    FOUND.get_or_init(open).as_ref().map_err(String::as_str)
}

fn open() -> Result<Nvcomp, String> {
    let nvcomp = Nvcomp::open().map_err(|error| error.to_string())?;
    for codec in [Codec::Deflate { algorithm: 1 }, Codec::Zstd] {
        if !nvcomp.check_alignment(codec).map_err(|status| status.to_string())? {
            let (path, version) = (nvcomp.path().display(), nvcomp.version());
            return Err(format!("{path}, nvCOMP {version}, wants memory aligned to more than {ALIGNMENT} bytes"));
        }
    }
    Ok(nvcomp)
}
