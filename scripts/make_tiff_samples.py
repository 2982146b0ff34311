"""Makes the small files of xr-geotiff/tests/data and prints their expected pixels for tests/samples.rs.

apt install gdal-bin; pip install rasterio tifffile imagecodecs
python scripts/make_tiff_samples.py xr-geotiff/tests/data

A printed line is a row of the test's table: file, directory, size, type, and the CRC-32 of the samples (little-endian,
band after band) as rasterio (GDAL) reads them; tifffile where GDAL does not read the directory.
"""

import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import rasterio
import tifffile
from rasterio.transform import Affine

RUST_TYPES = {"u": "U", "i": "I", "f": "F"}


def ramp(dtype, bands, height, width):
    band, row, column = np.indices((bands, height, width))
    values = (7 * band + 3 * row + 5 * column) % 97
    values[:, 2:6, 3:9] = 11
    return (values / 8 if np.dtype(dtype).kind == "f" else values).astype(dtype)


def write(path, data, transform=Affine(30, 0, 500000, 0, -30, 4000000), **options):
    bands, height, width = data.shape
    profile = dict(driver="GTiff", width=width, height=height, count=bands, dtype=data.dtype, crs="EPSG:32613")
    with rasterio.open(path, "w", **profile, transform=transform, **options) as image:
        image.write(data)


def report(path, pixels, image=0):
    data = np.ascontiguousarray(pixels).astype(pixels.dtype.newbyteorder("<"))
    bands, height, width = data.shape
    rust = RUST_TYPES[data.dtype.kind] + str(8 * data.dtype.itemsize)
    crc = f"0x{zlib.crc32(data.tobytes()):08x}"
    print(f'    Sample("{path.name}", {image}, ({width}, {height}, {bands}), SampleType::{rust}, {crc}),')


def report_gdal(path, directory=None):
    name = path if directory is None else f"GTIFF_DIR:{directory + 1}:{path}"
    with rasterio.open(name) as image:
        report(path, image.read(), directory or 0)


def report_tifffile(path):
    with tifffile.TiffFile(path) as file:
        for image, page in enumerate(file.pages):
            data = page.asarray()
            report(path, data[np.newaxis].astype("uint8" if data.dtype == bool else data.dtype), image)


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    tiles = dict(tiled=True, blockxsize=16, blockysize=16)
    deflate = dict(compress="deflate", predictor=2)
    zstd = dict(compress="zstd", predictor=3, interleave="band")

    def made(name, data, **options):
        path = folder / f"{name}.tif"
        write(path, data, **options)
        return path

    files = [
        made("u8-lzw-p2-strips", ramp("uint8", 1, 13, 20), compress="lzw", predictor=2, blockysize=5),
        made("i16-deflate-p2-big-endian", ramp("int16", 2, 20, 18) - 40, **deflate, ENDIANNESS="BIG", **tiles),
        made("f32-zstd-p3-planes-bigtiff", ramp("float32", 2, 19, 21), **zstd, BIGTIFF="YES", **tiles),
        made("u1-packbits", ramp("uint8", 1, 9, 21) % 2, compress="packbits", nbits=1),
        made("u4-none-three-bands", ramp("uint8", 3, 9, 7) % 16, nbits=4),
        made("f16-deflate-big-endian", ramp("float32", 1, 9, 7), compress="deflate", nbits=16, ENDIANNESS="BIG"),
    ]
    sparse = ramp("int32", 1, 40, 40) + 2**30
    sparse[:, 16:32, :] = -9999
    files.append(made("i32-zstd-sparse", sparse, compress="zstd", sparse_ok=True, nodata=-9999, **tiles))
    files.append(made("u64-none", ramp("uint64", 1, 5, 6) + 2**63))
    rotated = Affine(20, 5, 700000, 4, -25, 5000000)
    path = made("f64-rotated-point", ramp("float64", 1, 5, 6), transform=rotated)
    with rasterio.open(path, "r+") as image:
        image.update_tags(AREA_OR_POINT="Point")
        image.scales, image.offsets = [0.01], [-273.15]
    files.append(path)
    for path in files:
        report_gdal(path)

    source = folder / "source.tif"
    large = np.full((1, 140, 150), 7, "uint8")
    large[0, 30:90, 40:] = 200
    write(source, large)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(source, "r+") as image:
        image.write_mask((large[0] != 200).astype("uint8") * 255)
    cog = folder / "cog-masked.tif"
    options = ["-co", "COMPRESS=DEFLATE", "-co", "BLOCKSIZE=128", "-co", "LEVEL=12"]
    subprocess.run(["gdal_translate", "-q", "-of", "COG", *options, str(source), str(cog)], check=True)
    report_tifffile(cog)
    for path in folder.glob("source.tif*"):
        path.unlink()

    palette = folder / "palette-old-deflate.tif"
    colours = np.arange(768, dtype="uint16").reshape(3, 256) // 16 * 4096
    tifffile.imwrite(palette, ramp("uint8", 1, 8, 9)[0], photometric="palette", colormap=colours, compression="deflate")
    report_gdal(palette)

    pyramid = folder / "subifds.tif"
    full = ramp("uint16", 1, 32, 24)[0]
    with tifffile.TiffWriter(pyramid) as writer:
        writer.write(full, tile=(16, 16), subifds=1, compression="zstd", metadata=None, software=False)
        writer.write(full[::2, ::2], tile=(16, 16), subfiletype=1, compression="zstd", metadata=None)
    report_gdal(pyramid)
    report(pyramid, full[np.newaxis, ::2, ::2], 1)


main()
