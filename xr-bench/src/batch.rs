//! The batch workload: many small tiles encoded as one slab with one readback, against one call a tile.

use crate::{Failure, landscape, times::Times};
use clap::Args;
use std::time::Instant;
use xr::{Codec, DataType, Encoding, Image, Predictor, Session, Traffic, batch};
use xr_cpu::Cpu;

#[derive(Args)]
pub struct Options {
    /// Tiles.
    #[arg(long, default_value_t = 1024)]
    tiles: u32,
    /// Pixels a side of a tile of f32: 64 makes 16 KiB.
    #[arg(long, default_value_t = 64)]
    tile: u32,
    /// Timed runs.
    #[arg(long, default_value_t = 7)]
    repeat: usize,
}

/// Encodes a column of tiles with deflate both ways, compares the bytes, and prints times and transfers.
pub fn run(options: &Options) -> Result<(), Failure> {
    let (tile, dtype) = (options.tile, DataType::F32);
    let encoding = Encoding {
        codec: Codec::Deflate,
        level: 6,
        predictor: Predictor::Float,
        dtype,
        samples: 1,
        tile_width: tile,
        tile_height: tile,
        sparse: None,
    };
    let size = ((f64::from(options.tiles).sqrt().ceil() as u32) * tile).next_multiple_of(4);
    let mut pixels: Vec<u8> = bytemuck::cast_slice(&landscape::elevation(size)).to_vec();
    pixels.truncate(options.tiles as usize * encoding.tile_bytes());
    let all = Image { pixels: &pixels, width: tile, height: tile * options.tiles };
    let each = || pixels.chunks_exact(encoding.tile_bytes()).map(|pixels| Image { pixels, width: tile, height: tile });

    let session = Session::open(Cpu::open(), 1)?;
    let compress = |image| batch::compress(&session, &encoding, image);
    let whole = compress(all)?;
    for (one, image) in whole.tiles().iter().zip(each()) {
        if compress(image)?.tiles().iter().next() != Some(one) {
            return Err("a tile on its own is encoded to other bytes than in a batch".into());
        }
    }
    let (batch, transfers) = timed(&session, options.repeat, || compress(all).map(drop))?;
    let (single, single_transfers) =
        timed(&session, options.repeat, || each().try_for_each(|image| compress(image).map(drop)))?;
    println!("{} tiles of {} bytes, deflate 6, predictor 3", options.tiles, encoding.tile_bytes());
    for (name, times, transfers) in [("one batch", batch, transfers), ("one by one", single, single_transfers)] {
        println!(
            "  {name:10}  {:8.2} ms ({:.2} to {:.2})   {} uploads, {} probes, {} readbacks, {} allocations",
            times.median * 1e3,
            times.min * 1e3,
            times.max * 1e3,
            transfers.uploads,
            transfers.probes,
            transfers.downloads,
            transfers.allocations
        );
    }
    Ok(())
}

/// Times of an action, and what its last run moved.
fn timed(
    session: &Session<Cpu>,
    repeat: usize,
    action: impl Fn() -> xr::Result<()>,
) -> Result<(Times, Traffic), Failure> {
    let (mut times, mut transfers) = (Vec::new(), Traffic::default());
    for _ in 0..repeat {
        let (_, before) = session.books();
        let start = Instant::now();
        action()?;
        times.push(start.elapsed().as_secs_f64());
        transfers = session.books().1 - before;
    }
    Ok((Times::of(&times), transfers))
}
