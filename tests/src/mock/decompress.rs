//! The batch decode, by `xr_cpu`'s plain function on the mock's memory.

use super::{
    Fault, Mock, Stream,
    memory::{Allocations, Heap, POISON},
    words::Words,
};
use xr_core::{ByteOrder, DecodeIo, Decoding, Decompress, FAILED, Predictor, Result, Span, StoredTiles};

impl Decompress for Mock {
    fn decompress_scratch(&self, decoding: &Decoding, tiles: usize) -> Result<usize> {
        if !self.caps.decoders.contains(&decoding.codec) && !self.has(Fault::TakesAnyCodec) {
            return Err(Self::unsupported(format!("codec {}", decoding.codec)));
        }
        Ok(40 * tiles) // as if codecs wanted memory, like those of GPUs
    }

    fn decompress(&self, on: &Stream, decoding: &Decoding, io: &DecodeIo<'_, Self>) -> Result<()> {
        self.heap.meter.launch();
        let batch = Batch {
            slab: io.slab.buffer().id,
            table: io.table,
            input: io.input,
            sizes: io.sizes,
            output: io.output,
            decoding: *decoding,
            fault: self.fault,
        };
        on.push(move |heap| batch.run(heap));
        Ok(())
    }

    fn decompress_host(&self, _: &Decoding, _: StoredTiles<'_>, _: &mut [u32], _: &mut [u8]) -> Result<()> {
        Err(Self::unsupported("kernels that write to the host's memory".into()))
    }
}

/// A launch.
struct Batch {
    slab: u64,
    table: Span,
    input: Span,
    sizes: Span,
    output: Span,
    decoding: Decoding,
    fault: Option<Fault>,
}

impl Batch {
    fn run(&self, heap: &Heap) {
        heap.run("decompress", |memory| match self.decode(memory)? {
            Ok((sizes, output)) => {
                memory.write(self.slab, self.sizes.at, bytemuck::cast_slice(&sizes))?;
                memory.write(self.slab, self.output.at, &output)
            }
            Err(error) => {
                heap.fail(error.to_string());
                Some(())
            }
        });
    }

    /// Lengths and pixels; `None` for memory that is gone.
    fn decode(&self, memory: &Allocations) -> Option<Result<(Vec<u32>, Words)>> {
        let (table, input) = (memory.span(self.slab, self.table)?, memory.span(self.slab, self.input)?);
        let tiles = StoredTiles { bytes: input, table: bytemuck::cast_slice(table) };
        let mut sizes = vec![FAILED; tiles.table.len()];
        let mut output = Words::filled(POISON, self.output.len);
        let result = xr_cpu::decode(&self.faulty(), tiles, &mut sizes, &mut output);
        self.spoil(&mut sizes, &mut output);
        Some(result.map(|()| (sizes, output)))
    }

    /// What a fault takes the tiles for.
    fn faulty(&self) -> Decoding {
        let mut decoding = self.decoding;
        match self.fault {
            Some(Fault::PredictorMixesSamples) => {
                decoding.tile_width *= u32::from(std::mem::replace(&mut decoding.samples, 1));
            }
            Some(Fault::SumsBeforeSwapping) if self.swaps_late() => decoding.byte_order = ByteOrder::NATIVE,
            _ => {}
        }
        decoding
    }

    fn swaps_late(&self) -> bool {
        self.decoding.byte_order != ByteOrder::NATIVE && self.decoding.predictor == Predictor::Horizontal
    }

    /// What a fault makes of the results.
    fn spoil(&self, sizes: &mut [u32], output: &mut [u8]) {
        let tile_bytes = self.decoding.tile_bytes();
        match self.fault {
            Some(Fault::SumsBeforeSwapping) if self.swaps_late() => {
                output.chunks_exact_mut(self.decoding.sample_size).for_each(<[u8]>::reverse);
            }
            Some(Fault::RefusesEveryThirdTile) => sizes.iter_mut().step_by(3).for_each(|size| *size = FAILED),
            Some(Fault::TrustsStreams) => sizes.fill(tile_bytes as u32),
            Some(Fault::SpillsIntoNextTile) => {
                for failed in (1..sizes.len()).filter(|&n| sizes[n - 1] == FAILED) {
                    output[failed * tile_bytes] ^= 1;
                }
            }
            _ => {}
        }
    }
}
