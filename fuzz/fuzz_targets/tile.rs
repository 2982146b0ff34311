//! What the four `tile_*` targets do: a tile of any shape, decoded from any bytes; or those bytes as pixels, there and back.

use xr_core::{ByteOrder, Codec, Compress, DataType, Decoding, Encoding, FAILED, Image, Predictor, StoredTiles};
use xr_cpu::{Cpu, decode, decode_tile, encode};

/// Bytes of the input before the stored tile; `scripts/make_fuzz_seeds.py` writes them, too.
const HEADER: usize = 7;

/// Reads the shape of a tile from the first bytes and takes the others as what is stored of it, or as its pixels.
pub fn check(codec: Codec, bytes: &[u8]) {
    let Some((&[predictor, size, order, samples, width, height, direction], content)) =
        bytes.split_first_chunk::<HEADER>()
    else {
        return;
    };
    let decoding = Decoding {
        codec,
        predictor: [Predictor::None, Predictor::Horizontal, Predictor::Float][usize::from(predictor % 3)],
        sample_size: 1 << (size % 4),
        byte_order: [ByteOrder::Little, ByteOrder::Big][usize::from(order % 2)],
        samples: 1 + u16::from(samples % 5),
        tile_width: 1 + u32::from(width % 32),
        tile_height: 1 + u32::from(height % 32),
    };
    match direction.checked_sub(128) {
        None => decode_any(&decoding, content),
        Some(level) => there_and_back(&decoding, 1 + i32::from(level % 12), content),
    }
}

/// The tile decoded from `stored` onto memory full of `before`.
fn decoded(decoding: &Decoding, stored: &[u8], before: u8) -> Result<Vec<u8>, String> {
    let mut pixels = vec![before; decoding.tile_bytes()];
    decode_tile(decoding, stored, &mut pixels).map(|()| pixels)
}

/// Damaged or not: all of the tile is written or it is refused, and a batch says the same.
fn decode_any(decoding: &Decoding, stored: &[u8]) {
    let tile = decoded(decoding, stored, 0xa5);
    assert_eq!(tile, decoded(decoding, stored, 0x5a), "a tile holds nothing but what was stored");

    let taller = Decoding { tile_height: decoding.tile_height + 1, ..*decoding };
    // The data of PackBits may go on after the tile.
    if tile.is_ok() && decoding.codec != Codec::PackBits {
        assert!(decoded(&taller, stored, 0).is_err(), "the same bytes are tiles of two sizes");
    }

    if decoding.check().is_err() {
        return;
    }
    let (len, tile_bytes) = (stored.len() as u64, decoding.tile_bytes());
    let table = [[0, len], [1, len], [u64::MAX, 2], [0, len]];
    let (mut sizes, mut pixels) = ([0; 4], vec![0; 4 * tile_bytes]);
    decode(decoding, StoredTiles { bytes: stored, table: &table }, &mut sizes, &mut pixels).expect("a sound batch");
    assert_eq!(sizes[1..3], [FAILED; 2], "a tile beyond the bytes");
    for n in [0, 3] {
        match &tile {
            Ok(tile) => {
                assert_eq!(sizes[n] as usize, tile_bytes);
                assert!(pixels[n * tile_bytes..][..tile_bytes] == tile[..]);
            }
            Err(_) => assert_eq!(sizes[n], FAILED),
        }
    }
}

/// Pixels made of `bytes`, encoded within the planned room and decoded again.
fn there_and_back(decoding: &Decoding, level: i32, bytes: &[u8]) {
    let dtype = match (decoding.sample_size, decoding.predictor) {
        (1, _) => DataType::U8,
        (2, _) => DataType::I16,
        (4, Predictor::Float) => DataType::F32,
        (4, _) => DataType::U32,
        (_, Predictor::Float) => DataType::F64,
        _ => DataType::I64,
    };
    let Decoding { codec, predictor, samples, tile_width, tile_height, .. } = *decoding;
    let encoding = Encoding { codec, level, predictor, dtype, samples, tile_width, tile_height, sparse: None };
    let Ok(plan) = Cpu::open().compress_plan(&encoding, 1) else { return };
    let pixels: Vec<u8> = bytes.iter().copied().chain([0]).cycle().take(encoding.tile_bytes()).collect();
    let (mut sizes, mut stored) = ([0], vec![0; plan.output]);
    let image = Image { pixels: &pixels, width: tile_width, height: tile_height };
    encode(&encoding, image, &mut sizes, &mut stored).expect("encoded within the planned room");
    let back = decoded(&encoding.decoding(), &stored[..sizes[0] as usize], 0xa5);
    assert!(back.expect("what was encoded") == pixels, "pixels come back as they were");
}
