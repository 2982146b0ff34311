//! Memory and copies.

use crate::{Block, Buffer, Cuda, Reading, Stream, unsupported};
use xr_core::{Backend, Caps, Purpose, Result, SharedTable, Span, Traffic, kernels};

impl Backend for Cuda {
    type Buffer = Buffer;
    type Stream = Stream;
    type Host = Block;
    type Transfer = Reading;

    fn caps(&self) -> &Caps {
        &self.caps
    }

    fn stream(&self) -> Result<Stream> {
        Stream::new(self.device.context)
    }

    fn alloc(&self, bytes: usize) -> Result<Buffer> {
        self.device.alloc(bytes)
    }

    fn host(&self, bytes: usize) -> Result<Block> {
        Block::new(self.device.context, bytes)
    }

    fn upload(&self, on: &Stream, src: &[u8], dst: &Buffer, at: usize) -> Result<()> {
        on.upload(&self.device, src, dst, at)
    }

    fn adopt(&self, _: SharedTable) -> Result<Buffer> {
        unsupported("the host's memory in place of its own")
    }

    fn gather(&self, on: &Stream, src: &Buffer, spans: &[Span], dst: &Buffer) -> Result<()> {
        self.device.meter.gather();
        kernels::gather(self, on, src, spans, dst)
    }

    fn download(&self, on: &Stream, src: &Buffer, span: Span, mut dst: Block, why: Purpose) -> Result<Reading> {
        let done = self.device.read(on.queue, src, span, &mut dst, why)?;
        Ok(Reading::new(done, dst))
    }

    fn sync(&self, on: &Stream) -> Result<()> {
        self.device.context.finish(on.queue)
    }

    fn traffic(&self) -> Traffic {
        self.device.meter.snapshot()
    }
}
