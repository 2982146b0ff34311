//! Memory and copies.

use super::{
    Block, Buffer, Fault, Mock, Reply, Stream,
    memory::{GARBAGE, POISON},
    words::Words,
};
use std::sync::{Arc, atomic::AtomicBool, atomic::Ordering, mpsc};
use xr_core::{Backend, Caps, Purpose, Result, SharedTable, Span, Traffic};

impl Backend for Mock {
    type Buffer = Buffer;
    type Stream = Stream;
    type Host = Block;
    type Transfer = Reply;

    fn caps(&self) -> &Caps {
        &self.caps
    }

    fn stream(&self) -> Result<Stream> {
        Ok(Stream::new(self.heap.clone()))
    }

    fn alloc(&self, bytes: usize) -> Result<Buffer> {
        Ok(self.heap.alloc(bytes))
    }

    fn host(&self, bytes: usize) -> Result<Block> {
        Ok(Block(Words::filled(GARBAGE, bytes)))
    }

    fn upload(&self, on: &Stream, src: &[u8], dst: &Buffer, at: usize) -> Result<()> {
        self.heap.meter.upload(src.len());
        let (src, id) = (src.to_vec(), dst.id);
        on.push(move |heap| heap.run("upload", |memory| memory.write(id, at, &src)));
        Ok(())
    }

    fn adopt(&self, table: SharedTable) -> Result<Buffer> {
        if !self.has(Fault::ClaimsHostMemory) {
            return Err(Self::unsupported("tables in the host's memory".into()));
        }
        let (table, stream) = ((*table).as_ref(), self.stream()?);
        let buffer = self.alloc(table.len().max(1))?;
        self.upload(&stream, table, &buffer, 0)?;
        self.sync(&stream)?;
        Ok(buffer)
    }

    fn gather(&self, on: &Stream, src: &Buffer, spans: &[Span], dst: &Buffer) -> Result<()> {
        self.heap.meter.gather();
        let (src, dst, mut spans) = (src.id, dst.id, spans.to_vec());
        if self.has(Fault::GathersInPlaceOrder) {
            spans.sort_by_key(|span| span.at);
        }
        on.push(move |heap| {
            heap.run("gather", |memory| {
                let parts: Option<Vec<&[u8]>> = spans.iter().map(|&span| memory.span(src, span)).collect();
                let packed = parts?.concat();
                memory.write(dst, 0, &packed)
            });
        });
        Ok(())
    }

    fn download(&self, on: &Stream, src: &Buffer, span: Span, mut dst: Block, why: Purpose) -> Result<Reply> {
        let pieces = if self.has(Fault::ReadsBackPerTile) && why == Purpose::Payload { 16 } else { 1 };
        for _ in 0..pieces {
            self.heap.meter.download(span.len / pieces, why);
        }
        dst.0.fill(GARBAGE);
        let (sender, block) = mpsc::channel();
        let done = Arc::new(AtomicBool::new(false));
        let reply = Reply { block, done: done.clone() };
        if self.has(Fault::ReportsDoneEarly) && why == Purpose::Payload {
            let _ = sender.send(Ok(dst));
            return Ok(reply);
        }
        let id = src.id;
        on.push(move |heap| {
            heap.run("download", |memory| {
                let source = memory.span_mut(id, span)?;
                dst.0.get_mut(..span.len)?.copy_from_slice(source);
                source.fill(POISON); // the contract: what was read is undefined afterwards
                Some(())
            });
            let _ = sender.send(heap.check().map(|()| dst));
            done.store(true, Ordering::Release);
        });
        Ok(reply)
    }

    fn sync(&self, on: &Stream) -> Result<()> {
        on.call(|_| Ok(()))
    }

    fn traffic(&self) -> Traffic {
        self.heap.meter.snapshot()
    }
}
