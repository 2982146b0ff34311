//! Sources of the raster's kernels. That of a burn is made for a merge, a type and a touch rule, so that no pixel branches
//! on them.

use crate::{Base, Coverage, DataType, Merge, Rule, expr::SUPPORT, kernels::Source};

/// Work-items of a group in kernels over tables: `ITEMS`.
pub(super) const TABLE_ITEMS: usize = 256;
/// Side of a tile of pixels.
pub(super) const TILE: u32 = 32;
/// Vertices that a work-item of `transform` takes.
pub(super) const TRANSFORM_EACH: usize = 4;
/// Numbers that a work-item of a scan takes.
pub(super) const SCAN_EACH: usize = 8;
/// Pairs of a tile beyond which its list is sorted by `sort_long`.
pub(super) const SHORT_LIST: u32 = 256;
/// Work-items of a group, which has a tile.
pub(super) const BURN_ITEMS: usize = 128;

const TABLES: &str = include_str!("../c/raster/tables.h");
const EXACT: &str = include_str!("../c/raster/exact.h");
const EDGE: &str = include_str!("../c/raster/edge.h");
const LINE: &str = include_str!("../c/raster/line.h");
const DRAW: &str = include_str!("../c/raster/draw.h");

/// The kernels that derive a scene from staged geometry: `begin`, `transform`, `kinds`, `count_pairs`, `clear`, `enter`,
/// `backdrops`, `list_pairs`, `sort_long`, and the scan `scan_blocks`, `scan_apply`.
pub fn scene_source() -> Source {
    let definitions = format!("#define ITEMS {TABLE_ITEMS}u\n#define EXACT 0\n");
    let bodies = vec![
        SUPPORT,
        TABLES,
        EXACT,
        EDGE,
        LINE,
        DRAW,
        include_str!("../c/scan.c"),
        include_str!("../c/raster/transform.c"),
        include_str!("../c/raster/kinds.c"),
        include_str!("../c/raster/pairs.c"),
        include_str!("../c/raster/lists.c"),
        include_str!("../c/raster/sort.c"),
    ];
    Source::new(definitions, bodies)
}

/// The kernel `burn`; with `exact`, the one for tiles that need the exact predicate, which coverage does not have.
pub fn burn_source(rule: &Rule<'_>, exact: bool) -> Source {
    let dtype = rule.fill.dtype();
    let user = match rule.merge {
        Merge::User(user) => Some(user),
        _ => None,
    };
    let merge = match rule.merge {
        Merge::Last => "LAST",
        Merge::First => "FIRST",
        Merge::Min => "SMALLEST",
        Merge::Max => "LARGEST",
        Merge::Sum => "TOTAL",
        Merge::Count => "NUMBER",
        Merge::Mean => "AVERAGE",
        Merge::User(_) => "USER",
    };
    let sum = match dtype {
        DataType::F32 | DataType::F64 => "xr_f64",
        DataType::U8 | DataType::U16 | DataType::U32 | DataType::U64 => "xr_u64",
        DataType::I8 | DataType::I16 | DataType::I32 | DataType::I64 => "xr_i64",
    };
    let (lowest, highest, beyond) = match dtype.integer_range() {
        None => ("-INFINITY".to_owned(), "INFINITY".to_owned(), "0".to_owned()),
        // The smallest i64 has no literal of its own.
        Some((low, high)) if dtype == DataType::I64 => (format!("({}L - 1)", low + 1), format!("{high}L"), "0".into()),
        Some((low, high)) if dtype == DataType::U64 => (low.to_string(), format!("{high}ul"), "0".into()),
        Some((0, high)) => ("0".into(), format!("{high}u"), format!("((a) > {high}u)")),
        Some((low, high)) => {
            (format!("({} - 1)", low + 1), high.to_string(), format!("((a) < {low}L || (a) > {high}L)"))
        }
    };
    let flag = |on: bool| u8::from(on);
    let mut source = format!(
        "#define ITEMS {BURN_ITEMS}u\n#define EXACT {}\n#define ALL_TOUCHED {}\n#define ONTO {}\n#define WEIGHTED {}\n#define MERGE {merge}\n\
         #define PIXEL xr_{dtype}\n#define FLOAT_PIXELS {}\n#define SUM {sum}\n#define SIGNED_SUM {}\n\
         #define LOWEST {lowest}\n#define HIGHEST {highest}\n#define BEYOND(a) {beyond}\n#define START {}\n",
        flag(exact),
        flag(rule.touches_all()),
        flag(rule.base != Base::Fill),
        flag(rule.coverage == Some(Coverage::Weight)),
        flag(dtype.is_float()),
        flag(sum == "xr_i64"),
        flag(user.is_some_and(|user| user.init().is_some())),
    );
    let list = |f: &dyn Fn(usize, DataType) -> String| -> String {
        let properties = user.map_or(&[][..], |user| user.properties());
        properties.iter().enumerate().map(|(n, &dtype)| format!(", {}", f(n, dtype))).collect()
    };
    source += &format!("#define USER_PARAMETERS{}\n", list(&|n, dtype| format!("xr_{dtype} p{n}")));
    source += &format!("#define USER_TABLES{}\n", list(&|n, dtype| format!("GLOBAL const xr_{dtype} *t{n}")));
    source += &format!("#define USER_ARGUMENTS(feature){}\n", list(&|n, _| format!("t{n}[feature]")));
    let passed = list(&|n, _| format!("p{n}"));
    source += &format!("#define USER_MERGE(a, value, count, failed) xr_merge(a, value, count{passed}, failed)\n");
    let mut bodies = Vec::new();
    match user {
        Some(user) => source += &user.kernel_source(), // with its support
        None => bodies.push(SUPPORT),
    }
    let (tile, merge) = (include_str!("../c/raster/tile.h"), include_str!("../c/raster/merge.h"));
    bodies.extend([TABLES, EXACT, EDGE, merge, tile]);
    if rule.coverage.is_some() {
        bodies.extend([
            include_str!("../c/raster/piece.h"),
            include_str!("../c/raster/cell.h"),
            include_str!("../c/raster/coverage.c"),
        ]);
    } else {
        bodies.extend([LINE, DRAW, include_str!("../c/raster/tile.c")]);
    }
    Source::new(source, bodies)
}
