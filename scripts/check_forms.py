"""Rewrites rasters with `xr translate` in many forms and reads each with rasterio (GDAL) and tifffile.

pip install rasterio tifffile imagecodecs rio-cogeo
python scripts/check_forms.py target/release/xr [--full]

The forms are codec × predictor × type × layout (plain, BigTIFF, COG), each with one of the tile sizes, or with all of them
by --full. Each COG must pass `rio cogeo validate --strict`, and each file `xr validate`.
"""

import argparse
import itertools
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import rasterio
import tifffile
from rasterio.transform import Affine
from rio_cogeo.cogeo import cog_validate

HEIGHT, WIDTH = 300, 410
TRANSFORM = Affine(30, 0, 5e5, 0, -30, 4e6)
DTYPES = "uint8 int8 uint16 int16 uint32 int32 uint64 int64 float32 float64".split()
TILE_SIZES = [64, 128, 256, 16, 512]
LAYOUTS = {"plain": [], "bigtiff": ["--bigtiff", "yes"], "cog": ["--cog", "--resampling", "average"]}
CODECS = {"none": 1, "deflate": 8, "zstd": 50000, "lzw": 5, "packbits": 32773}
PREDICTORS = {"none": 1, "horizontal": 2, "float": 3}


def nodata(dtype):
    return 7 if dtype.startswith("u") else -7


def pixels(dtype, bands):
    """A slope with noise, tiles of nothing but nodata, and the ends of the type's range."""
    rng = np.random.default_rng(bands)
    band, row, column = np.indices((bands, HEIGHT, WIDTH))
    data = ((7 * band + row // 3 + column // 5 + rng.integers(0, 4, row.shape)) % 120).astype(dtype)
    data[:, :140, :200] = nodata(dtype)
    limits = np.finfo(dtype) if np.dtype(dtype).kind == "f" else np.iinfo(dtype)
    data[:, -1, -2:] = limits.min, limits.max
    return data


def write(path, data):
    bands, height, width = data.shape
    profile = dict(driver="GTiff", width=width, height=height, count=bands, dtype=data.dtype)
    place = dict(crs="EPSG:32613", transform=TRANSFORM, nodata=nodata(data.dtype.name))
    with rasterio.open(path, "w", **profile, **place) as image:
        image.write(data)


def predictors(codec, dtype):
    if codec in ("none", "packbits"):
        return ["none"]
    return ["none", "horizontal"] + ["float"] * dtype.startswith("float")


def check(xr, source, target, data, codec, predictor, tile_size, layout):
    options = ["--compress", codec, "--predictor", predictor, "--tile-size", str(tile_size), *LAYOUTS[layout]]
    subprocess.run([xr, "translate", source, target, "--overwrite", "--quiet", *options], check=True)
    subprocess.run([xr, "validate", target, *["--cog"] * (layout == "cog")], check=True, stdout=subprocess.DEVNULL)

    with rasterio.open(target) as image:
        assert image.nodata == nodata(data.dtype.name), image.nodata
        assert image.crs.to_epsg() == 32613 and image.transform == TRANSFORM, image.profile
        assert set(image.block_shapes) == {(tile_size, tile_size)}, image.block_shapes
        assert (image.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == "COG") == (layout == "cog")
        np.testing.assert_array_equal(image.read(), data)
    with tifffile.TiffFile(target) as file:
        page = file.pages[0]
        assert file.is_bigtiff == (layout == "bigtiff")
        assert (page.compression, page.predictor) == (CODECS[codec], PREDICTORS[predictor])
        np.testing.assert_array_equal(page.asarray().reshape(HEIGHT, WIDTH, -1), np.moveaxis(data, 0, 2))
    if layout == "cog":
        valid, errors, warnings = cog_validate(target, strict=True, quiet=True)
        assert valid and not errors and not warnings, (errors, warnings)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("xr", type=Path)
    parser.add_argument("--full", action="store_true")
    arguments = parser.parse_args()
    xr = arguments.xr.resolve()

    forms = [(d, c, p, y) for d in DTYPES for c in CODECS for p in predictors(c, d) for y in LAYOUTS]
    if arguments.full:
        cases = [(*form, size) for form, size in itertools.product(forms, TILE_SIZES)]
    else:
        cases = list(zip(*zip(*forms), itertools.cycle(TILE_SIZES)))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source.tif"), Path(folder, "target.tif")
        for number, (dtype, group) in enumerate(itertools.groupby(cases, key=lambda case: case[0])):
            data = pixels(dtype, bands=[1, 3][number % 2])
            write(source, data)
            for _, codec, predictor, layout, tile_size in group:
                try:
                    check(xr, source, target, data, codec, predictor, tile_size, layout)
                except Exception as error:
                    raise SystemExit(f"{dtype}, {codec}, predictor {predictor}, tiles of {tile_size}, {layout}: {error}")
    print(f"{len(cases)} files agree, {sum(layout == 'cog' for _, _, _, layout, _ in cases)} of them valid COGs")


main()
