//! The batch encode, by `xr_cpu`'s plain function on the mock's memory.

use super::{
    Fault, Mock, Stream,
    memory::{Allocations, Heap},
    sabotage::{self, Raster},
    words::Words,
};
use xr_core::{BatchIo, Compress, EncodedBatch, Encoding, Image, Plan, Result, Span};

impl Compress for Mock {
    fn compress_plan(&self, encoding: &Encoding, tiles: usize) -> Result<Plan> {
        if !self.caps.codecs.contains(&encoding.codec) && !self.has(Fault::TakesAnyCodec) {
            return Err(Self::unsupported(format!("codec {}", encoding.codec)));
        }
        let plan = self.planner.compress_plan(encoding, tiles)?;
        Ok(Plan { scratch: plan.scratch + 24 * tiles, ..plan }) // as if codecs wanted memory, like those of GPUs
    }

    fn compress(&self, on: &Stream, encoding: &Encoding, io: &BatchIo<'_, Self>) -> Result<()> {
        self.heap.meter.launch();
        let batch = Batch {
            slab: io.slab.buffer().id,
            image: io.image,
            width: io.width,
            height: io.height,
            sizes: io.sizes,
            output: io.output,
            encoding: *encoding,
            fault: self.fault,
        };
        if self.has(Fault::EncodesUnordered) {
            batch.run(&self.heap);
        } else {
            on.push(move |heap| batch.run(heap));
        }
        Ok(())
    }

    fn compress_host(&self, _: &Encoding, _: Image<'_>) -> Result<EncodedBatch> {
        Err(Self::unsupported("kernels that read the host's memory".into()))
    }
}

/// A launch.
struct Batch {
    slab: u64,
    image: Span,
    width: u32,
    height: u32,
    sizes: Span,
    output: Span,
    encoding: Encoding,
    fault: Option<Fault>,
}

impl Batch {
    fn run(&self, heap: &Heap) {
        heap.run("compress", |memory| {
            let encoded = self.encode(memory.span(self.slab, self.image)?);
            match encoded {
                Ok((sizes, output)) => self.write(memory, &sizes, &output),
                Err(error) => {
                    heap.fail(error.to_string());
                    Some(())
                }
            }
        });
    }

    fn encode(&self, pixels: &[u8]) -> Result<(Vec<u32>, Vec<u8>)> {
        let mut raster = Raster { pixels: Words::of(pixels), width: self.width, height: self.height };
        if let Some(fault) = self.fault {
            raster = sabotage::image(fault, &self.encoding, raster);
        }
        let (mut encoding, mut width) = (self.encoding, raster.width);
        if self.fault == Some(Fault::PredictorMixesSamples) {
            let samples = u32::from(std::mem::replace(&mut encoding.samples, 1));
            (encoding.tile_width, width) = (encoding.tile_width * samples, width * samples);
        }
        let image = Image { pixels: &raster.pixels, width, height: raster.height };
        let mut sizes = vec![0; self.sizes.len / size_of::<u32>()];
        let mut output = vec![0; self.output.len];
        xr_cpu::encode(&encoding, image, &mut sizes, &mut output)?;
        Ok((sizes, output))
    }

    fn write(&self, memory: &mut Allocations, sizes: &[u32], output: &[u8]) -> Option<()> {
        memory.write(self.slab, self.sizes.at, bytemuck::cast_slice(sizes))?;
        memory.write(self.slab, self.output.at, output)
    }
}
