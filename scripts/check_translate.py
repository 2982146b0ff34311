"""Compares what xr translate and xr info make of files that rasterio (GDAL) wrote with what rasterio reads.

pip install rasterio
python scripts/check_translate.py target/release/xr

Pixels and masks of every layout, overviews of masked images, metadata, and statistics, which are exact for integers and else those
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
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.rpc import RPC
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
MIDDLE_ALPHA = [ColorInterp.gray, ColorInterp.undefined, ColorInterp.alpha, ColorInterp.undefined, ColorInterp.undefined]
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
        profile |= dict(transform=Affine(30, 0, 0, 0, -30, 0)) | options
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
            with rasterio.open(path, "w", **profile) as image:
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

    def metadata(self, data):
        """What files say beside their pixels, as a whole and in a part."""
        colours = {i: (i, 255 - i, i // 2, 255) for i in range(256)}
        corners = [(0, 0, 10, 50), (0, 50, 11, 50), (40, 0, 10, 49), (40, 50, 11.1, 49)]
        gcps = [GroundControlPoint(row, col, x, y) for row, col, x, y in corners]
        terms = dict(line_num_coeff=[0.1] * 20, line_den_coeff=[1] * 20, samp_num_coeff=[0.2] * 20, samp_den_coeff=[1] * 20)
        offsets = dict(line_off=20, samp_off=25, lat_off=40, long_off=-100, height_off=100)
        scales = dict(line_scale=20, samp_scale=25, lat_scale=1, long_scale=1, height_scale=500)
        rpcs = RPC(err_bias=1, err_rand=2, **offsets, **scales, **terms)
        texts = dict(TIFFTAG_ARTIST="me", TIFFTAG_COPYRIGHT="c", TIFFTAG_SOFTWARE="sw", TIFFTAG_DATETIME="2020:01:01 00:00:00")
        density = dict(TIFFTAG_XRESOLUTION="72", TIFFTAG_YRESOLUTION="72", TIFFTAG_RESOLUTIONUNIT="2 (pixels/inch)")
        units = dict(units=("K", "hPa", "<&>"), descriptions=("a", 'b "c"', "d"), scales=(0.5, 2, 3), offsets=(1, 2, -273.15))
        cases = [
            (1, dict(photometric="palette"), lambda image: image.write_colormap(1, colours)),
            (3, dict(photometric="rgb"), lambda image: image.update_tags(A="b", AREA_OR_POINT="Point", **texts, **density)),
            (3, dict(nodata=7), lambda image: [setattr(image, *item) for item in units.items()]),
            (4, dict(photometric="rgb", alpha="premultiplied"), lambda image: image.update_tags(2, B="c")),
            (5, dict(alpha="no"), lambda image: setattr(image, "colorinterp", MIDDLE_ALPHA)),
            (1, dict(transform=None, crs="EPSG:6318+5703"), lambda image: image.update_tags(ns="DOMAIN", C="d")),
            (1, dict(transform=None, crs=None), lambda image: setattr(image, "gcps", (gcps, CRS.from_epsg(4326)))),
            (1, dict(transform=None, crs=None), lambda image: setattr(image, "rpcs", rpcs)),
        ]
        for bands, options, change in cases:
            self.write(self.source, data[:bands], **options)
            with rasterio.open(self.source, "r+") as image:
                change(image)
            for line, (column, row) in [("", (0, 0)), ("--cog --window 16,7,30,30 --tile-size 16", (16, 7))]:
                self.translate(line)
                with rasterio.open(self.source) as source, rasterio.open(self.output) as output:
                    for name in ["crs", "colorinterp", "nodata", "scales", "offsets", "units", "descriptions"]:
                        assert getattr(source, name) == getattr(output, name), (name, options)
                    assert source.tags() == output.tags() and source.tags(2 % bands + 1) == output.tags(2 % bands + 1)
                    assert source.tags(ns="DOMAIN") == output.tags(ns="DOMAIN")
                    if "photometric" in options and bands == 1:
                        assert source.colormap(1) == output.colormap(1)
                    moved = [(p.row - row, p.col - column, p.x, p.y) for p in source.gcps[0]]
                    assert moved == [(p.row, p.col, p.x, p.y) for p in output.gcps[0]] and source.gcps[1] == output.gcps[1]
                    if source.rpcs:
                        expected = {**source.rpcs.to_dict(), "line_off": 20 - row, "samp_off": 25 - column}
                        assert expected == output.rpcs.to_dict(), output.rpcs
                    assert source.transform @ Affine.translation(column, row) == output.transform or "transform" in options

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
        check.metadata(rng.integers(0, 200, (5, 40, 50)).astype("uint8"))
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
    print(f"{check.count} files: pixels, masks, overviews, metadata and statistics as GDAL has them")


main()
