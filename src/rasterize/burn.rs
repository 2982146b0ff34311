//! Values, rule and type of a burn.

use super::{
    coverage,
    features::{Facts, Features},
    options::Rasterize,
    update::Update,
    user::User,
};
use crate::failure::Failure;
use std::iter::repeat_n;
use xr::{Base, Coverage, DataType, Error, Merge, Number, Rule, Scalar, ValueTable, expr::MergeExpr};

pub struct Burn {
    pub dtype: DataType,
    /// One table for each burned band, and one for the mask of a raster that has one.
    pub values: Vec<ValueTable>,
    merge: Merge<'static>,
    /// What is done instead of `merge`.
    user: Option<User>,
    all_touched: bool,
    coverage: Option<Coverage>,
    fill: Scalar,
    pub base: Base,
    pub nodata: Option<Scalar>,
    /// The value that goes where the burned raster is not 0, if that is all it tells.
    pub selected: Option<Scalar>,
}

impl Burn {
    pub fn rule(&self) -> Rule<'_> {
        let merge = self.user.as_ref().map_or(self.merge, |user| Merge::User(&user.merge));
        Rule { merge, all_touched: self.all_touched, coverage: self.coverage, fill: self.fill, base: self.base }
    }

    pub fn properties(&self) -> &[ValueTable] {
        self.user.as_ref().map_or(&[], |user| &user.properties)
    }

    /// Of some features, in the type that suits all.
    pub fn new(
        options: &Rasterize,
        facts: &Facts,
        features: &Features,
        expression: Option<&MergeExpr>,
        update: Option<&Update>,
    ) -> Result<Self, Failure> {
        let merge = Merge::from(options.merge);
        let count = features.geometry.features();
        let constant = (options.column.is_empty() && !options.z).then(|| options.value.unwrap_or(Number::Int(1)));
        let coverage = coverage::mode(options, merge)?;
        let dtype = update.map(|update| update.dtype).or(options.dtype).unwrap_or_else(|| match (merge, constant) {
            _ if expression.is_some() || coverage.is_some() => DataType::F64,
            (Merge::Count, _) => DataType::U32,
            (Merge::Mean, _) => DataType::F64,
            (_, None) => facts.numbers.smallest(),
            (_, Some(value)) if value.to::<u8>().is_ok() => DataType::U8,
            (_, Some(value)) => DataType::smallest([value]),
        });
        if coverage.is_some() {
            coverage::check_type(dtype)?;
        }
        if merge == Merge::Mean && !dtype.is_float() && !options.round {
            return Err(Failure::usage(
                format!("--merge mean makes fractions, and --dtype {dtype} is an integer type"),
                "pass --dtype f64, or --round to round to nearest",
            ));
        }
        let table = |numbers: &[Number]| {
            let values = match constant {
                // Counting never looks at values, so they need not fit.
                _ if merge == Merge::Count => ValueTable::new(dtype, repeat_n(Number::Int(1), count)),
                Some(value) => ValueTable::new(dtype, repeat_n(value, count)),
                None => ValueTable::new(dtype, numbers.iter().copied()),
            };
            values.map_err(|error| match (error, constant) {
                (Error::FeatureValue { value, dtype, .. }, Some(_)) => does_not_fit("--value", &value, dtype, update),
                (Error::FeatureValue { feature, value, dtype }, None) => Failure::data(
                    format!("{}: the value {value} does not fit {dtype}", features.origin(feature)),
                    match update {
                        Some(_) => "burn into a raster of a wider type".into(),
                        None => format!("pass a --dtype that holds it, such as {}", facts.numbers.smallest()),
                    },
                ),
                (other, _) => other.into(),
            })
        };
        let scalar = |option: &str, number: Number| {
            Scalar::new(dtype, number).map_err(|_| does_not_fit(option, &number.to_string(), dtype, update))
        };
        let nodata = match update {
            Some(update) => update.nodata,
            None => options.nodata.map(|v| scalar("--nodata", v)).transpose()?,
        };
        let fill = match (options.fill, nodata) {
            (Some(fill), _) => scalar("--fill", fill)?,
            (None, Some(nodata)) => nodata,
            (None, None) => scalar("--fill", Number::Int(0))?,
        };
        let init = options.merge_init.map(|v| scalar("--merge-init", v)).transpose()?;
        let user = expression.map(|expression| User::new(expression, dtype, init, facts, features)).transpose()?;
        let (all_touched, base) = (options.all_touched, Base::Fill);
        let burn =
            Self { dtype, values: Vec::new(), merge, user, all_touched, coverage, fill, base, nodata, selected: None };
        if options.invert {
            let value = scalar("--value", constant.unwrap_or(Number::Int(1)))?;
            return burn.inverted(value, count, update.is_some());
        }
        let values = match (&features.numbers[..], update) {
            ([], update) => vec![table(&[])?; update.map_or(1, |update| update.bands.len())],
            ([z], Some(update)) if options.z => vec![table(z)?; update.bands.len()],
            (columns, _) => columns.iter().map(|numbers| table(numbers)).collect::<Result<_, _>>()?,
        };
        Ok(match update {
            None => Self { values, ..burn },
            Some(update) => Self { values, ..burn }.onto(update, count)?,
        })
    }

    /// Burns the fill over the value. Where other pixels are there, it only finds those that no feature touches.
    fn inverted(self, value: Scalar, count: usize, is_update: bool) -> Result<Self, Failure> {
        let dtype = self.dtype;
        let same = |scalar: Scalar| with_scalar(scalar, count);
        if !is_update {
            return Ok(Self { values: vec![same(self.fill)?], fill: value, ..self });
        }
        let (zero, one) = (Scalar::new(dtype, Number::Int(0))?, Scalar::new(dtype, Number::Int(1))?);
        Ok(Self { values: vec![same(zero)?], fill: one, selected: Some(value), ..self })
    }

    /// Starts from the pixels of a raster, whose mask becomes valid where features are.
    fn onto(mut self, update: &Update, count: usize) -> Result<Self, Failure> {
        let merge = self.merge;
        if merge == Merge::Mean {
            return Err(Failure::usage(
                "--merge mean does not go with --update: a pixel does not say how many values it is the mean of",
                "update a sum and a count, and divide them",
            ));
        }
        if update.has_mask() {
            if merge != Merge::Last {
                let message = format!("--merge {merge} does not go with --update of a raster with a mask");
                return Err(Failure::usage(message, "pass --merge last, or a raster with nodata instead of a mask"));
            }
            self.values.push(with_scalar(Scalar::new(self.dtype, Number::Int(1))?, count)?);
        }
        self.base = Base::Pixels { fill_is_empty: self.nodata.is_some() };
        Ok(self)
    }
}

/// The same pixel for all features.
fn with_scalar(scalar: Scalar, count: usize) -> Result<ValueTable, xr::Error> {
    xr::with_pixel!(scalar.dtype(), T => scalar.get::<T>().map(|pixel| ValueTable::uniform(pixel, count)))
}

fn does_not_fit(option: &str, value: &str, dtype: DataType, update: Option<&Update>) -> Failure {
    let message = format!("{option} {value} does not fit {dtype}");
    match (update, option) {
        (Some(_), _) => Failure::usage(message, "pass another value, or burn into a raster of a wider type"),
        (None, "--value") => {
            Failure::usage(format!("--value {value} does not fit --dtype {dtype}"), "pass another --dtype")
        }
        (None, _) => Failure::usage(message, "pass another value, or another --dtype"),
    }
}
