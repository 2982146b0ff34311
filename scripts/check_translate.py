"""Compares what xr translate and xr info make of files that rasterio (GDAL) wrote with what rasterio reads.

pip install rasterio
python scripts/check_translate.py target/release/xr

Pixels and masks of every layout, overviews of masked images, and statistics, which are exact for integers and else those
of GDAL to 1e-12.
"""

import json
import math
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import Affine

TYPES = "uint8 uint16 int16 uint32 int32 float32 float64".split()
SIZES = [(256, 192), (517, 333)]
LAYOUTS = [
    "",
    "--cog --tile-size 64",
    "--compress lzw --tile-size 16",
    "--compress packbits --tile-size 48",
    "--compress none --tile-size 16 --max-memory 52MiB",
    "--cog --tile-size 16 --window 13,7,201,101",
]
RESAMPLINGS = "nearest average bilinear cubic gauss".split()


def exact(values):
    """Mean and standard deviation of integers, computed in integers up to the last step."""
    values = [int(value) for value in values]
    count, total, squares = len(values), sum(values), sum(value * value for value in values)
    return total / count, math.sqrt((count * squares - total * total) / (count * count))


class Check:
    def __init__(self, program, folder):
        self.program = Path(program).resolve()
        self.source, self.output, self.gdal = (Path(folder) / name for name in ("in.tif", "out.tif", "gdal.tif"))
        self.count = 0

    def xr(self, command, *arguments):
        line = [self.program, command, *map(str, arguments)]
        return subprocess.run(line, check=True, capture_output=True, text=True).stdout

    def translate(self, options):
        self.count += 1
        return self.xr("translate", self.source, self.output, "--overwrite", "--verify", *options.split())

    def write(self, path, data, mask=None, **options):
        bands, height, width = data.shape
        profile = dict(driver="GTiff", width=width, height=height, count=bands, dtype=data.dtype, crs="EPSG:32613")
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
            with rasterio.open(path, "w", **profile, transform=Affine(30, 0, 0, 0, -30, 0), **options) as image:
                image.write(data)
                if mask is not None:
                    image.write_mask(mask)

    def masks(self, data, mask):
        self.write(self.source, data, mask)
        for options in LAYOUTS:
            self.translate(options)
            part = np.s_[..., 7:108, 13:214] if "window" in options else np.s_[...]
            with rasterio.open(self.output) as image:
                assert np.array_equal(image.read(), data[part]), options
                assert np.array_equal(image.dataset_mask(), mask[part]), options
        for resampling in RESAMPLINGS:
            self.translate(f"--overviews 2 --resampling {resampling}")
            self.write(self.gdal, data, mask)
            with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(self.gdal, "r+") as image:
                image.build_overviews([2], Resampling[resampling])
            with rasterio.open(self.output, overview_level=0) as ours, rasterio.open(self.gdal, overview_level=0) as theirs:
                assert np.array_equal(ours.dataset_mask(), theirs.dataset_mask()), resampling
                tolerance = 1e-6 if data.dtype.kind == "f" else 0
                assert np.allclose(ours.read(), theirs.read(), rtol=tolerance, atol=0), (resampling, data.dtype)

    def statistics(self, data, mask=None, **options):
        self.write(self.source, data, mask, **options)
        computed = json.loads(self.xr("info", self.source, "--stats", "--json"))["statistics"]
        report = json.loads(self.translate("--stats --json --tile-size 16"))["statistics"]
        alone = json.loads(self.translate("--stats --json --tile-size 16 --max-memory 52MiB --threads 1"))["statistics"]
        assert computed == report == alone
        with rasterio.open(self.source) as source, rasterio.open(self.output) as output:
            for band, ours in enumerate(computed, 1):
                theirs = source.statistics(band, approx=False, clear_cache=True)
                tags = output.tags(band)
                valid = source.read_masks(band) > 0
                if data.dtype.kind == "f":
                    valid &= ~np.isnan(data[band - 1])
                assert ours["valid"] == np.count_nonzero(valid)
                if data.dtype.kind != "f":
                    mean, deviation = exact(data[band - 1][valid])
                    assert ours["mean"] == mean and np.isclose(ours["stddev"], deviation, rtol=3e-16, atol=0), ours
                if mask is not None and data.dtype == "uint16":
                    continue  # GDAL (3.10) forgets the mask for this type
                for name, value in [("min", "minimum"), ("max", "maximum"), ("mean", "mean"), ("std", "stddev")]:
                    assert np.isclose(ours[value], getattr(theirs, name), rtol=1e-12, atol=0), (data.dtype, ours, theirs)
                    assert float(tags[f"STATISTICS_{value.upper()}"]) == ours[value]


def main():
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as folder:
        check = Check(sys.argv[1], folder)
        for width, height in SIZES:
            mask = np.where(rng.random((height, width)) < 0.5, 255, 0).astype("uint8")
            mask[:150, :200] = 0
            mask[60:90, 40:70] = 255
            for dtype, bands in [("uint8", 1), ("uint8", 3), ("int16", 2), ("float32", 1)]:
                check.masks(rng.integers(0, 200, (bands, height, width)).astype(dtype), mask)
        for dtype in TYPES:
            floats = np.dtype(dtype).kind == "f"
            scale = 1e6 if floats else np.iinfo(dtype).max
            data = (rng.random((2, height, width)) * scale).astype(dtype)
            check.statistics(data)
            check.statistics(data, mask)
            data[:, 3:40, 5:60] = 7
            if floats:
                data[:, 100:120, :] = np.nan
            check.statistics(data, nodata=7)
    print(f"{check.count} files: pixels, masks, overviews and statistics as GDAL has them")


main()
