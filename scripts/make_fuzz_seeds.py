"""Writes seeds for the fuzz targets of tiles, each codec into a folder of its own.

pip install imagecodecs numpy tifffile
python scripts/make_fuzz_seeds.py fuzz/corpus

The tiles are those of xr-geotiff/tests/data, and some that imagecodecs encodes; pixels to be encoded are seeds, too. In
front of each are the seven bytes that fuzz/fuzz_targets/tile.rs reads: predictor, size of a sample, byte order, samples,
width, height, and the direction.
"""

import hashlib
import sys
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile

SAMPLES = Path(__file__).parent.parent / "xr-geotiff" / "tests" / "data"
CODECS = {5: "lzw", 8: "deflate", 32946: "deflate", 50000: "zstd", 32773: "packbits"}
DECODE, ENCODE = 0, 128 + 5
ENCODERS = {
    "deflate": imagecodecs.zlib_encode,
    "zstd": imagecodecs.zstd_encode,
    "lzw": imagecodecs.lzw_encode,
    "packbits": imagecodecs.packbits_encode,
}


def save(folder, codec, predictor, size, big_endian, samples, width, height, content, direction=DECODE):
    shape = [predictor - 1, size.bit_length() - 1, big_endian, samples - 1, width - 1, height - 1, direction]
    seed = bytes(shape) + bytes(content)
    target = folder / f"tile_{codec}"
    target.mkdir(parents=True, exist_ok=True)
    (target / hashlib.sha1(seed).hexdigest()).write_bytes(seed)


def stored_tiles(path):
    """Tiles of a file: the arguments of `save` after the folder."""
    with tifffile.TiffFile(path) as file:
        for page in file.pages:
            codec, size = CODECS.get(int(page.compression)), page.bitspersample // 8
            samples = 1 if page.planarconfig == 2 else page.samplesperpixel
            width = page.tilewidth if page.is_tiled else page.imagewidth
            height = page.tilelength if page.is_tiled else min(page.rowsperstrip, page.imagelength)
            if codec is None or size not in (1, 2, 4, 8) or max(width, height) > 32:
                continue
            for offset, count in zip(page.dataoffsets, page.databytecounts):
                if count:
                    file.filehandle.seek(offset)
                    stored = file.filehandle.read(count)
                    yield codec, int(page.predictor), size, file.byteorder == ">", samples, width, height, stored


def encoded_tiles():
    """Tiles of smooth and of random pixels, whole and cut short: the arguments of `save` after the folder."""
    rng = np.random.default_rng(4)
    for codec, encode in ENCODERS.items():
        for size, samples, width, height in [(1, 1, 16, 16), (2, 3, 31, 7), (4, 1, 32, 32), (8, 5, 5, 32)]:
            smooth = np.add.outer(np.arange(height), np.arange(width * samples)).astype(f"u{size}").tobytes()
            for pixels in (smooth, rng.bytes(len(smooth)), bytes(len(smooth))):
                stored = encode(pixels)
                for predictor in (1, 2) if size == 1 else (1, 2, 3):
                    shape = (predictor, size, False, samples, width, height)
                    yield codec, *shape, stored
                    yield codec, *shape, stored[: len(stored) // 2]
                    yield codec, *shape, pixels, ENCODE


def main():
    folder = Path(sys.argv[1])
    for tile in encoded_tiles():
        save(folder, *tile)
    for path in sorted(SAMPLES.glob("*.tif")):
        for tile in stored_tiles(path):
            save(folder, *tile)
    for target in sorted(folder.glob("tile_*")):
        print(f"{target}: {sum(1 for _ in target.iterdir())} seeds")


main()
