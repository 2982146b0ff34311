//! Reading a raster with the `tiff` crate, independently of the program.

use std::{fs::File, io::BufReader, path::Path};
use tiff::{
    decoder::{Decoder, DecodingResult, Limits},
    tags::Tag,
};

/// All pixels of a raster and what its tags say.
#[derive(Debug)]
pub struct Raster {
    pub width: usize,
    pub height: usize,
    /// As the command line spells it.
    pub dtype: &'static str,
    pub pixels: Pixels,
    pub nodata: Option<String>,
    /// Sizes of a pixel to the right and downwards in the file's units, as ModelPixelScaleTag has them.
    pub pixel_size: [f64; 2],
    /// World coordinates of the upper left corner.
    pub origin: [f64; 2],
    /// ProjectedCRSGeoKey or GeodeticCRSGeoKey.
    pub epsg: Option<u16>,
    /// Tiles that are not in the file.
    pub sparse_tiles: usize,
}

/// Row-major. Any integer type fits `i128`, any float type `f64`.
#[derive(Clone, Debug, PartialEq)]
pub enum Pixels {
    Integers(Vec<i128>),
    Floats(Vec<f64>),
}

impl Pixels {
    fn new(sample: &DecodingResult, len: usize) -> (&'static str, Self) {
        let (integers, floats) = (Self::Integers(vec![0; len]), Self::Floats(vec![0.0; len]));
        match sample {
            DecodingResult::U8(_) => ("u8", integers),
            DecodingResult::I8(_) => ("i8", integers),
            DecodingResult::U16(_) => ("u16", integers),
            DecodingResult::I16(_) => ("i16", integers),
            DecodingResult::U32(_) => ("u32", integers),
            DecodingResult::I32(_) => ("i32", integers),
            DecodingResult::U64(_) => ("u64", integers),
            DecodingResult::I64(_) => ("i64", integers),
            DecodingResult::F32(_) => ("f32", floats),
            DecodingResult::F64(_) => ("f64", floats),
            DecodingResult::F16(_) => panic!("half floats are never written"),
        }
    }

    fn of_tile(tile: DecodingResult) -> Self {
        fn integers<T: Into<i128>>(samples: Vec<T>) -> Pixels {
            Pixels::Integers(samples.into_iter().map(Into::into).collect())
        }
        match tile {
            DecodingResult::U8(v) => integers(v),
            DecodingResult::I8(v) => integers(v),
            DecodingResult::U16(v) => integers(v),
            DecodingResult::I16(v) => integers(v),
            DecodingResult::U32(v) => integers(v),
            DecodingResult::I32(v) => integers(v),
            DecodingResult::U64(v) => integers(v),
            DecodingResult::I64(v) => integers(v),
            DecodingResult::F32(v) => Self::Floats(v.into_iter().map(Into::into).collect()),
            DecodingResult::F64(v) => Self::Floats(v),
            DecodingResult::F16(_) => panic!("half floats are never written"),
        }
    }

    /// The nodata value, everywhere: what readers make of a tile that is not in the file.
    fn fill(&mut self, nodata: &str) {
        match self {
            Self::Integers(pixels) => pixels.fill(nodata.parse().unwrap()),
            Self::Floats(pixels) => pixels.fill(nodata.parse().unwrap()),
        }
    }

    fn copy_row(&mut self, at: usize, tile: &Self, row: std::ops::Range<usize>) {
        match (self, tile) {
            (Self::Integers(all), Self::Integers(tile)) => all[at..at + row.len()].copy_from_slice(&tile[row]),
            (Self::Floats(all), Self::Floats(tile)) => all[at..at + row.len()].copy_from_slice(&tile[row]),
            _ => panic!("tiles of different types"),
        }
    }

    fn text(&self) -> Vec<String> {
        match self {
            Self::Integers(pixels) => pixels.iter().map(ToString::to_string).collect(),
            Self::Floats(pixels) => pixels.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Raster {
    /// Reads every tile of the first directory.
    pub fn read(path: &Path) -> Self {
        let file = BufReader::new(File::open(path).unwrap());
        let mut decoder = Decoder::new(file).unwrap().with_limits(Limits::unlimited());
        let (width, height) = decoder.dimensions().unwrap();
        let (width, height) = (width as usize, height as usize);
        let nodata = decoder.find_tag(Tag::GdalNodata).unwrap().map(|tag| tag.into_string().unwrap());
        let stored = decoder.get_tag_u64_vec(Tag::TileByteCounts).unwrap();
        let tile_size = decoder.chunk_dimensions();
        let tile_size = (tile_size.0 as usize, tile_size.1 as usize);
        let layout = decoder.image_buffer_layout().unwrap();
        let mut sample = DecodingResult::U8(Vec::new());
        sample.resize_to(&layout, &Limits::unlimited()).unwrap();
        let (dtype, mut pixels) = Pixels::new(&sample, width * height);
        if let (true, Some(nodata)) = (stored.contains(&0), &nodata) {
            pixels.fill(nodata);
        }
        let across = width.div_ceil(tile_size.0);
        for index in (0..stored.len()).filter(|&index| stored[index] > 0) {
            let tile = Pixels::of_tile(decoder.read_chunk(index as u32).unwrap());
            let (left, top) = (index % across * tile_size.0, index / across * tile_size.1);
            let (columns, rows) = (tile_size.0.min(width - left), tile_size.1.min(height - top));
            for row in 0..rows {
                pixels.copy_row((top + row) * width + left, &tile, row * columns..(row + 1) * columns);
            }
        }
        let scale = decoder.get_tag_f64_vec(Tag::ModelPixelScaleTag).unwrap();
        let tie = decoder.get_tag_f64_vec(Tag::ModelTiepointTag).unwrap();
        assert_eq!(tie[..3], [0.0; 3], "the tie point is the upper left corner");
        let keys = decoder.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).unwrap_or_default();
        let key = |id: u16| keys.chunks_exact(4).skip(1).find(|key| key[0] == id && key[1] == 0).map(|key| key[3]);
        Self {
            width,
            height,
            dtype,
            pixels,
            nodata,
            pixel_size: [scale[0], scale[1]],
            origin: [tie[3], tie[4]],
            epsg: key(3072).or(key(2048)),
            sparse_tiles: stored.iter().filter(|&&bytes| bytes == 0).count(),
        }
    }

    /// Rows from north to south, pixels separated by blanks.
    pub fn rows(&self) -> Vec<String> {
        self.pixels.text().chunks(self.width).map(|row| row.join(" ")).collect()
    }
}
