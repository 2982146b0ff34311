//! `--merge-expr`: text → an expression checked for the pixels, with the tables it reads.

use super::{
    features::{Facts, Features},
    options::Rasterize,
};
use crate::failure::Failure;
use xr::{
    DataType, Error, Number, NumberRange, Pixel, Scalar, ValueTable,
    expr::{ExprError, MergeExpr, UserMerge},
    with_pixel,
};

/// A user merge and the tables of its properties.
pub struct User {
    pub merge: UserMerge,
    pub properties: Vec<ValueTable>,
}

/// The expression of the command line, if there is one.
pub fn parse(options: &Rasterize) -> Result<Option<MergeExpr>, Failure> {
    options.merge_expr.as_deref().map(MergeExpr::parse).transpose().map_err(|error| wrong(&error))
}

fn wrong(error: &ExprError) -> Failure {
    Failure::usage(format!("--merge-expr: {error}"), "columns are written props[\"so\"]")
}

impl User {
    pub fn new(
        expression: &MergeExpr,
        pixels: DataType,
        init: Option<Scalar>,
        facts: &Facts,
        features: &Features,
    ) -> Result<Self, Failure> {
        let named = expression.properties().into_iter().zip(facts.properties.iter().zip(&features.properties));
        let properties = named.map(|(name, (range, numbers))| table(name, range, numbers, pixels, features));
        let properties = properties.collect::<Result<Vec<_>, _>>()?;
        let types: Vec<DataType> = properties.iter().map(ValueTable::dtype).collect();
        let mut merge = expression.check(pixels, &types).map_err(|error| wrong(&error))?;
        if let Some(init) = init {
            merge = merge.with_init(init)?;
        }
        Ok(Self { merge, properties })
    }
}

/// The numbers of a property: as the integers in which the pixels are computed if they are integers, else as floats.
fn table(
    name: &str,
    range: &NumberRange,
    numbers: &[Number],
    pixels: DataType,
    features: &Features,
) -> Result<ValueTable, Failure> {
    let dtype = match MergeExpr::integers(pixels) {
        Some(integers) if range.is_integer() => integers,
        _ => DataType::F64,
    };
    ValueTable::new(dtype, numbers.iter().copied()).map_err(|error| match error {
        Error::FeatureValue { feature, value, dtype } => Failure::data(
            format!("{}: \"{name}\" is {value}, and {pixels} pixels are computed in {dtype}", features.origin(feature)),
            "pass --dtype f64",
        ),
        other => other.into(),
    })
}

/// The same merge on pixels and tables of f64.
pub fn in_f64(merge: &UserMerge) -> Result<UserMerge, Failure> {
    let types = vec![DataType::F64; merge.properties().len()];
    let wide = merge.expr().check(DataType::F64, &types).map_err(|error| wrong(&error))?;
    match merge.init() {
        Some(init) => {
            let init = with_pixel!(init.dtype(), T => Scalar::of(init.get::<T>()?.to_f64()));
            Ok(wide.with_init(init)?)
        }
        None => Ok(wide),
    }
}
