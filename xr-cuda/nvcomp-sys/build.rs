//! With the feature `bindgen`, bindings from an installed nvCOMP take the place of those in `src/bindings.rs`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(generated)");
    #[cfg(feature = "bindgen")]
    generate();
}

/// Writes `bindings.rs` into `OUT_DIR` if `NVCOMP_HOME` names an nvCOMP.
#[cfg(feature = "bindgen")]
fn generate() {
    println!("cargo:rerun-if-env-changed=NVCOMP_HOME");
    let Some(home) = std::env::var_os("NVCOMP_HOME").map(std::path::PathBuf::from) else {
        println!("cargo:warning=NVCOMP_HOME is not set: the committed bindings of nvCOMP are used");
        return;
    };
    let include = home.join("include");
    let made = bindgen::Builder::default()
        .header(include.join("nvcomp.h").display().to_string())
        .clang_arg(format!("-I{}", include.display()))
        .allowlist_function("nvcompGetProperties")
        // What 5 and 6 both have under the same name; `temp.rs` has the rest.
        .allowlist_function(
            "nvcompBatched(Deflate|Zstd)(Compress|Decompress)(GetRequiredAlignments|GetMaxOutputChunkSize|Async)",
        )
        .dynamic_library_name("Functions")
        .dynamic_link_require_all(true)
        .rust_edition(bindgen::RustEdition::Edition2024)
        .wrap_unsafe_ops(true)
        .default_enum_style(bindgen::EnumVariation::NewType { is_bitfield: false, is_global: false })
        .prepend_enum_name(false)
        .generate_comments(false)
        .disable_header_comment()
        .formatter(bindgen::Formatter::Prettyplease)
        .generate();
    let out = std::env::var_os("OUT_DIR").map(std::path::PathBuf::from);
    match (made, out) {
        (Ok(bindings), Some(out)) => {
            // What libloading 0.9 takes as a file's name.
            let text = bindings.to_string().replace("AsRef<::std::ffi::OsStr>", "::libloading::AsFilename");
            match std::fs::write(out.join("bindings.rs"), text) {
                Ok(()) => println!("cargo:rustc-cfg=generated"),
                Err(error) => fail(&error.to_string()),
            }
        }
        (Err(error), _) => fail(&error.to_string()),
        (_, None) => fail("OUT_DIR is not set"),
    }
}

#[cfg(feature = "bindgen")]
fn fail(why: &str) {
    println!("cargo::error=bindings of nvCOMP: {why}");
}
