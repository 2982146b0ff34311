//! What a careless backend author could get wrong.

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A planted mistake.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fault {
            $($(#[$doc])* $name,)*
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

faults! {
    /// A centre on a left or top edge is out, on a right or bottom edge in.
    TiesGoRightAndDown,
    /// Which way a tie goes depends on the ring's direction.
    TiesFollowWinding,
    /// Coordinates are single precision.
    SinglePrecision,
    /// World to pixel is done from the window's origin.
    LocalCoordinates,
    /// The last segment of a line is missing.
    DropsLastSegment,
    /// Each part of a geometry is merged as a feature of its own.
    CountsParts,
    /// Fractions of pixels are multiples of 1/256.
    SupersamplesCoverage,
    /// Weights are 1.
    WeightsByTouch,
    /// `last` takes the first feature.
    LastIsFirst,
    /// A user merge without an initial value starts from zero, instead of with the first feature's value.
    FoldsFromZero,
    /// Tables of properties come in the opposite order.
    SwapsProperties,
    /// 64-bit integers go through a double.
    DetourThroughF64,
    /// A NaN counts as zero.
    NanIsZero,
    /// The status word stays clear.
    LosesOverflow,
    /// The window in the last corner is not computed.
    DropsLastWindow,
    /// A window that no feature touches is not written.
    SkipsEmptyWindows,
    /// A download is done before it has begun.
    ReportsDoneEarly,
    /// Burns onto the fill, whatever the window's pixels are.
    ForgetsInitialPixels,
    /// Pixels that nothing has been burned into before are values.
    FillIsAValue,
    /// Each band goes to the front of the slab.
    BandsOverlap,
    /// The points of a spline are summed from the last to the first.
    SumsBackwards,
    /// A spline is summed outside the mask too.
    IgnoresMasks,
    /// A spline's values leave the range of their column.
    IgnoresRanges,
    /// Tables go up again for each window.
    UploadsTablesPerWindow,
    /// An order raster of the grid's size.
    AllocatesWholeRaster,
    /// Working memory for each window.
    AllocatesPerWindow,
    /// Totals are read back when the scene is made, past the session.
    HidesReadback,
    /// The scene is kept from job to job until its last window is done.
    ClearsSceneAtLastWindow,
    /// Says that it writes to the host's memory, and writes to its own.
    ClaimsHostMemory,
    /// Takes a codec that it does not list.
    TakesAnyCodec,
    /// Spans are put together in the order they lie in, not in that asked for.
    GathersInPlaceOrder,
    /// Encoded tiles come back one by one.
    ReadsBackPerTile,
    /// The last row of a tile goes without prediction.
    PredictorMissesLastRow,
    /// The first pixel of a row is predicted from the last of the row above.
    PredictorWrapsRows,
    /// Each sample is predicted from the one stored before it, of whatever band.
    PredictorMixesSamples,
    /// Edge tiles are padded with zeros.
    PadsWithZeros,
    /// A tile is sparse if its first pixel is.
    SparseByFirstPixel,
    /// The encoder does not wait for the burn on its stream.
    EncodesUnordered,
    /// Big-endian differences are summed as if they were little-endian.
    SumsBeforeSwapping,
    /// Every third tile is not decoded.
    RefusesEveryThirdTile,
    /// Whatever comes out of a decoder is taken for the tile.
    TrustsStreams,
    /// A stream that is damaged spoils the next tile.
    SpillsIntoNextTile,
}
