//! Fast sums: the definition of the fast multipole method that all backends follow, so that their bits agree.
//!
//! **Tree.** Boxes of one depth, square in the unit box; see [`Tree`]. A leaf holds whole pixels of the whole grid, whatever
//! window is asked for. Points are sorted by leaf, row by row, those of a leaf in their own order.
//!
//! **Coefficients.** A box of half-width h has charges and potentials on 16 × 16 Chebyshev nodes, held as their coefficients in
//! one orthonormal basis U of 64 vectors ([`Precision::High`]: 80), the same for all levels; see [`basis`]. What boxes do to each other are
//! matrices between coefficients; see [`Operators`]. Points meet their leaf on 8 × 8 nodes where leaves are small: errors carry h².
//!
//! **Order of sums.** All are chains of fused multiply-adds from 0.
//! 1. Points to leaf nodes: w·s(v)ᵦ·s(u)ₐ by point; then leaf nodes to coefficients, by node.
//! 2. Upwards: the four children of a box, by their coefficients, in one chain.
//! 3. Across: over the parent's neighbours row by row, their four children, those that are not neighbours; by
//!    coefficient, all in one chain. Coefficients of boxes without points are zeros.
//! 4. Downwards: a chain over the parent's coefficients, added to what step 3 gave.
//! 5. Coefficients to leaf nodes, one chain.
//! 6. A place: the points of the 3 × 3 leaves around its own, row by row and in order, fma(h·r², ln r², sum) with h = w/2
//!    and r² = fma(dᵥ, dᵥ, fma(dᵤ, dᵤ, 2⁻⁶⁴)); then fma(s(u)ₐ, Σᵦ s(v)ᵦ·node, sum) for a ascending; then plus
//!    fma(c₁, u, fma(c₂, v, c₀)).
//!
//!    For a derivative the points of these leaves add fma(h·d, ln r² + 1, sum), then one of the two s is s′ divided by the leaf's
//!    side; the sum is doubled, plus c₁ or c₂, and its sign is that of the axis.
//!
//! s(t) are the Lagrange polynomials of the leaf's nodes, see [`chebyshev::lagrange`], s′(t) their derivatives.

pub mod basis;
pub mod chebyshev;
mod level;
mod operators;
mod pixels;
mod sorted;
mod tree;

pub use level::Level;
pub use operators::{FAR, FarBox, Operators, PARITIES};
pub use pixels::Pixels;
pub use sorted::Sorted;
pub use tree::Tree;

/// Chebyshev nodes of a box along an axis.
pub const SIDE: usize = 16;
/// Where leaves are smaller than this, 8 nodes along an axis do for what is to be exact to 10⁻¹².
const SMALL_LEAF: f64 = 1.0 / 64.0;

/// How exact sums are, in parts of S = Σ|w|·max φ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Below 10⁻¹², and about 10⁻¹⁵ for many points.
    #[default]
    Standard,
    /// About 10⁻¹⁷ but for rounding.
    High,
}

impl Precision {
    /// Largest error of a value, in parts of S.
    pub fn error(self) -> f64 {
        match self {
            Self::Standard => 1e-12,
            Self::High => 1e-14,
        }
    }

    /// Number of basis vectors.
    pub fn rank(self) -> usize {
        match self {
            Self::Standard => 64,
            Self::High => 80,
        }
    }

    /// Nodes of a leaf along an axis, 8 or 16.
    pub fn leaf_side(self, tree: &Tree) -> usize {
        if self == Self::Standard && tree.side < SMALL_LEAF { 8 } else { 16 }
    }
}
