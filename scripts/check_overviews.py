"""Compares overviews that `xr translate` makes with those that GDAL makes of the same pixels.

pip install rasterio
python scripts/check_overviews.py target/release/xr [--full]

Nearest, average and mode, of integers and floats, with and without nodata, at odd and even sizes: integers are equal,
floats to within rounding. With --full more types.
"""

import argparse
import itertools
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import Resampling

METHODS = [Resampling.nearest, Resampling.average, Resampling.mode]
DTYPES = ["uint8", "int16", "float32"]
ALL_DTYPES = ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
SIZES = [(1, 256, 320), (1, 301, 203), (3, 131, 257), (2, 77, 1000)]
TILE_SIZE = 64
# GDAL averages floats in single or double precision, whichever its vector code has.
ROUNDING = 3e-7


def comparable(dtype, method, nodata):
    """Whether GDAL 3.10 does what it documents."""
    if method == Resampling.average and dtype in ("uint32", "int32"):
        return False  # sums with rounded weights, so that exact halves go down, and levels inherit it
    if method == Resampling.mode and nodata is np.nan:
        return False  # makes 0 of pixels that are all NaN; GDAL 3.6 makes NaN, and so does xr
    return True


def pixels(dtype, shape, nodata):
    """Waves with noise; a quarter of the pixels and a disc are nodata."""
    rng = np.random.default_rng(1)
    band, row, column = np.indices(shape)
    data = 130 + 60 * np.sin(column / 17 + band) + 45 * np.cos(row / 11) + rng.integers(-8, 9, shape)
    if dtype.startswith("int"):
        data -= 130
    data = (data * 1.37 if dtype.startswith("float") else data).astype(dtype)
    if nodata is not None:
        bands, height, width = shape
        missing = rng.random(shape) < 0.25
        data[missing | (np.hypot(column - width / 3, row - height / 2) < min(height, width) / 5)] = nodata
    return data


def write(path, data, nodata):
    bands, height, width = data.shape
    profile = dict(driver="GTiff", width=width, height=height, count=bands, dtype=data.dtype, nodata=nodata)
    with rasterio.open(path, "w", **profile, crs="EPSG:32613", transform=(30, 0, 5e5, 0, -30, 4e6)) as image:
        image.write(data)


def overviews(path):
    with rasterio.open(path) as image:
        factors = image.overviews(1)
    for level in range(len(factors)):
        with rasterio.open(path, overview_level=level) as image:
            yield factors[level], image.read()


def compare(xr, folder, dtype, shape, nodata, method):
    source, target = folder / "source.tif", folder / "target.tif"
    write(source, pixels(dtype, shape, nodata), nodata)
    options = ["--cog", "--resampling", method.name, "--tile-size", str(TILE_SIZE), "--overwrite", "--quiet"]
    subprocess.run([xr, "translate", source, target, *options], check=True)
    ours = list(overviews(target))
    with rasterio.open(source, "r+") as image:
        image.build_overviews([factor for factor, _ in ours], method)
    assert ours, "there are overviews"
    rtol = ROUNDING if dtype.startswith("float") else 0
    for (factor, our), (_, peer) in zip(ours, overviews(source), strict=True):
        np.testing.assert_allclose(our, peer, rtol=rtol, atol=0, err_msg=f"overview {factor}")
    return len(ours)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("xr", type=Path)
    parser.add_argument("--full", action="store_true")
    arguments = parser.parse_args()
    xr = arguments.xr.resolve()
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for dtype, shape, method in itertools.product(ALL_DTYPES if arguments.full else DTYPES, SIZES, METHODS):
            for nodata in [None, 0, np.nan if dtype.startswith("float") else 120]:
                if not comparable(dtype, method, nodata):
                    continue
                try:
                    count += compare(xr, Path(folder), dtype, shape, nodata, method)
                except Exception as error:
                    raise SystemExit(f"{dtype} {shape}, nodata {nodata}, {method.name}: {error}")
    print(f"{count} overviews equal GDAL's")


main()
