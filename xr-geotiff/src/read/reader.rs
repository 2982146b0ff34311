//! A file with its images, ready to read pixels from.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::batch::WindowRead;
use super::byte_source::{ByteSource, open_source};
use super::decode::TileDecode;
use super::directory::{ChunkTable, Directory};
use super::stored::Stored;
use super::window::{Frame, Pixels, WindowRequest};
use super::{Limits, read_directories};
use crate::{GeoTiffError, Result, VerbatimTag};

/// An open file. Images are addressed by the number of their directory, 0 being the main one. Several threads may read
/// at once.
pub struct Reader {
    source: Box<dyn ByteSource>,
    path: PathBuf,
    limits: Limits,
    directories: Vec<Directory>,
    /// What the images read so far are made of.
    stored: Vec<OnceLock<Stored>>,
}

impl Reader {
    /// Opens a file, or what is behind a URL, and reads its directories.
    ///
    /// # Errors
    /// Those of [`open_source`] and [`read_directories`].
    pub fn open(input: &Path, limits: &Limits) -> Result<Self> {
        Self::new(open_source(input)?, input, limits)
    }

    /// Reads the directories of any source; `name` is for messages.
    ///
    /// # Errors
    /// See [`read_directories`].
    pub fn new(source: impl ByteSource + 'static, name: &Path, limits: &Limits) -> Result<Self> {
        let directories = read_directories(&source, name, limits)?;
        let stored = directories.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { source: Box::new(source), path: name.to_owned(), limits: limits.clone(), directories, stored })
    }

    /// Every directory: the chain in the file's order, then those that hang below others.
    pub fn directories(&self) -> &[Directory] {
        &self.directories
    }

    /// A directory.
    ///
    /// # Errors
    /// A number that the file does not have.
    pub fn directory(&self, image: usize) -> Result<&Directory> {
        let (path, directory, count) = (self.path.clone(), image, self.directories.len());
        let reason = format!("there is none of that number, the file has {count}, counted from 0");
        self.directories.get(image).ok_or(GeoTiffError::Request { path, directory, reason })
    }

    /// Where the tiles or strips of an image are.
    ///
    /// # Errors
    /// See [`Directory::chunk_table`].
    pub fn chunk_table(&self, image: usize) -> Result<ChunkTable> {
        self.directory(image)?.chunk_table(&self.source, &self.limits)
    }

    /// The values of a tag of an image, whatever they mean; `None` without the tag.
    ///
    /// # Errors
    /// A number that the file does not have, and those of [`Directory::verbatim`].
    pub fn verbatim(&self, image: usize, tag: u16) -> Result<Option<VerbatimTag>> {
        self.directory(image)?.verbatim(tag, &*self.source, &self.limits)
    }

    /// Numbers of the overviews of an image, largest first: the smaller images that hang below it, and, for the main
    /// image, those of the chain. An overview has the bands and the type of its image; of several of one size the
    /// first counts.
    pub fn overviews(&self, image: usize) -> Vec<usize> {
        let Some(base) = self.directories.get(image) else { return Vec::new() };
        let is_overview = |candidate: &Directory| {
            candidate.is_overview()
                && !candidate.is_mask()
                && candidate.index() != image
                && (candidate.parent() == Some(image) || image == 0 && candidate.parent().is_none())
                && candidate.samples() == base.samples()
                && candidate.bits_per_sample()[0] == base.bits_per_sample()[0]
                && candidate.sample_formats()[0] == base.sample_formats()[0]
                && candidate.width() <= base.width()
                && candidate.height() <= base.height()
        };
        let mut overviews: Vec<&Directory> = self.directories.iter().filter(|d| is_overview(d)).collect();
        overviews.sort_by_key(|d| std::cmp::Reverse((d.width(), d.height())));
        overviews.dedup_by_key(|d| (d.width(), d.height()));
        overviews.into_iter().map(Directory::index).collect()
    }

    /// Number of the mask of an image or overview: one band of the same size, whose pixels are 0 where the image has no
    /// data.
    pub fn mask(&self, image: usize) -> Option<usize> {
        let base = self.directories.get(image)?;
        let is_mask = |candidate: &&Directory| {
            candidate.is_mask()
                && candidate.index() != image
                && candidate.samples() == 1
                && (candidate.parent() == base.parent() || candidate.parent() == Some(image))
                && (candidate.width(), candidate.height()) == (base.width(), base.height())
        };
        self.directories.iter().find(is_mask).map(Directory::index)
    }

    /// Reads a window. Only tiles or strips that it touches are read, neighbours in one request; a batch of them at a
    /// time, within the request's memory, goes to `decoder`. Where the file has no data, pixels have the nodata value,
    /// or 0.
    ///
    /// # Errors
    /// [`GeoTiffError::Request`] for pixels or bands that the image does not have, [`GeoTiffError::Unsupported`] for
    /// codecs and types that are not known, [`GeoTiffError::Chunk`] for damaged tiles, [`GeoTiffError::Memory`] if a
    /// single one takes more than allowed; [`GeoTiffError::Limit`], [`GeoTiffError::Malformed`], [`GeoTiffError::Io`],
    /// [`GeoTiffError::Decoder`].
    pub fn read_window(&self, request: &WindowRequest<'_>, decoder: &mut dyn TileDecode) -> Result<Pixels> {
        let frame = Frame::new(request, self.directory(request.image)?, self.limits.samples)?;
        // Tried first, since `vec!` ends the program where there is no memory; it is what gets zeroed pages for nothing.
        let size = frame.bytes().filter(|&size| Vec::<u8>::new().try_reserve_exact(size).is_ok());
        let out_of_memory = || GeoTiffError::io(&self.path, "hold the pixels", std::io::ErrorKind::OutOfMemory.into());
        let mut bytes = vec![0; size.ok_or_else(out_of_memory)?];
        self.read_frame(request, &frame, decoder, &mut bytes)?;
        Ok(Pixels {
            width: frame.window.width,
            height: frame.window.height,
            bands: frame.bands.len(),
            sample_type: frame.sample_type,
            interleave: frame.interleave,
            bytes,
        })
    }

    /// As [`read_window`](Self::read_window), into memory of the caller, whose length must be that of the pixels.
    ///
    /// # Errors
    /// Those of [`read_window`](Self::read_window), and a length that does not fit.
    pub fn read_window_into(
        &self,
        request: &WindowRequest<'_>,
        decoder: &mut dyn TileDecode,
        out: &mut [u8],
    ) -> Result<()> {
        let frame = Frame::new(request, self.directory(request.image)?, self.limits.samples)?;
        if frame.bytes() != Some(out.len()) {
            let (path, directory) = (self.path.clone(), request.image);
            let reason = format!("the pixels of the window do not fit memory of {} bytes exactly", out.len());
            return Err(GeoTiffError::Request { path, directory, reason });
        }
        self.read_frame(request, &frame, decoder, out)
    }

    fn read_frame(
        &self,
        request: &WindowRequest<'_>,
        frame: &Frame<'_>,
        decoder: &mut dyn TileDecode,
        out: &mut [u8],
    ) -> Result<()> {
        let (directory, cell) = (&self.directories[request.image], &self.stored[request.image]);
        let stored = match cell.get() {
            Some(stored) => stored,
            None => {
                let loaded = Stored::load(directory, &*self.source, &self.limits)?;
                cell.get_or_init(|| loaded)
            }
        };
        let source = &*self.source;
        WindowRead { directory, stored, frame, source, memory: request.memory }.run(decoder, out)
    }
}
