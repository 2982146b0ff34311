use crate::{Crs, CrsError};
use proj4rs::{Proj, transform::transform};

/// Coordinates of one coordinate reference system into those of another, by crate `proj4rs`: what PROJ.4 does, that is
/// datum shifts of seven parameters and no grids. Good to a millimetre within a datum, to metres between some.
pub struct Transform {
    from: Proj,
    to: Proj,
}

impl Transform {
    /// Both need a code of EPSG's.
    ///
    /// # Errors
    /// [`CrsError::NoTransform`] for one without a code, or with a method that is not known.
    pub fn new(from: &Crs, to: &Crs) -> Result<Self, CrsError> {
        Ok(Self { from: proj(from)?, to: proj(to)? })
    }

    /// A place in the other system, in degrees if that is geographic; `None` where it has none.
    pub fn apply(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let radians = |proj: &Proj| if proj.is_latlong() { std::f64::consts::PI / 180.0 } else { 1.0 };
        let (before, after) = (radians(&self.from), radians(&self.to));
        let mut place = (x * before, y * before, 0.0);
        transform(&self.from, &self.to, &mut place).ok()?;
        let place = [place.0 / after, place.1 / after];
        place.iter().all(|c| c.is_finite()).then_some(place)
    }
}

fn proj(crs: &Crs) -> Result<Proj, CrsError> {
    let refuse = |problem: String| CrsError::NoTransform { name: crs.to_string(), problem };
    let Some(entry) = crs.epsg().and_then(crs_definitions::from_code) else {
        return Err(refuse("it has no code of EPSG's".into()));
    };
    Proj::from_proj_string(entry.proj4).map_err(|error| refuse(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: [(u32, u32, [f64; 2], [f64; 2]); 4] = [
        (4326, 32632, [9.5, 47.25], [537_835.077_4, 5_233_067.541_0]),
        (4326, 5070, [-100.5, 39.75], [-381_985.533_7, 1_868_009.887_8]),
        (5070, 4326, [-386_000.0, 1_850_000.0], [-100.537_099_414_653_06, 39.587_765_904_486_78]),
        (4326, 3035, [20.1, 60.3], [4_878_797.917_1, 4_173_121.512_3]),
    ];

    fn place(from: u32, to: u32, at: [f64; 2]) -> [f64; 2] {
        let crs = |code| Crs::from_epsg(code).unwrap();
        Transform::new(&crs(from), &crs(to)).unwrap().apply(at).unwrap()
    }

    /// Expected coordinates are PROJ's (cs2cs 9.1).
    #[test]
    fn places_are_those_of_proj() {
        for (from, to, at, expected) in CASES {
            let got = place(from, to, at);
            let tolerance = if to == 4326 { 1e-9 } else { 1e-3 };
            let close = got.iter().zip(expected).all(|(a, b)| (a - b).abs() < tolerance);
            assert!(close, "EPSG:{from} to EPSG:{to}: {got:?} instead of {expected:?}");
        }
    }

    #[test]
    fn a_crs_without_a_code_has_no_transform() {
        let wkt = r#"PROJCS["mine",GEOGCS["x",DATUM["y",SPHEROID["z",6377000,299]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["central_meridian",3.3],UNIT["metre",1]]"#;
        let failed = Transform::new(&Crs::from_wkt(wkt).unwrap(), &Crs::crs84());
        assert!(matches!(failed, Err(CrsError::NoTransform { .. })));
    }
}
