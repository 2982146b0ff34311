"""Burns the real counties into rasters that rasterio made, with xr and with rasterio (GDAL), and compares every pixel.

pip install rasterio numpy shapely
python scripts/check_update.py target/release/xr

The grid's origin and the counties' vertices are such that no pixel's centre lies on an edge, so that nothing may differ.
Besides pixels the metadata, mask and overviews of the updated files are compared with what was there.
"""

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.enums import MergeAlg, Resampling
from rasterio.features import rasterize
from rasterio.transform import from_origin
from rasterio.warp import aligned_target

DATA = Path(__file__).parent.parent / "examples/data/us_counties_5070.gpkg"
ENVELOPE_BYTES = [0, 32, 48, 48, 64]
WIDTH, HEIGHT, STEP = 1175, 737, 4000.123


def counties():
    rows = sqlite3.connect(DATA).execute("select geom, area_km2, state_fips from us_counties order by fid")
    for blob, area, state in rows:
        yield shapely.from_wkb(blob[8 + ENVELOPE_BYTES[blob[3] >> 1 & 7] :]), {"area_km2": area, "state_fips": state}


def run(*command):
    subprocess.run([*map(str, command)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def make(path, dtype, bands, mask=False, **options):
    """Noise of 0 to 99 with names, statistics and, for one band of bytes, a colour table."""
    pixels = np.random.default_rng(1).integers(0, 100, (bands, HEIGHT, WIDTH)).astype(dtype)
    transform = from_origin(-2_400_000.7, 3_200_000.3, STEP, STEP)
    profile = dict(driver="GTiff", width=WIDTH, height=HEIGHT, count=bands, dtype=dtype, crs="EPSG:5070")
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "w", transform=transform, **profile, **options) as image:
        if bands == 1 and dtype == "uint8":
            image.write_colormap(1, {n: (n, 255 - n, 7, 255) for n in range(256)})
        image.write(pixels)
        image.update_tags(AREA_OR_POINT="Area", author="check_update")
        for band in range(1, bands + 1):
            image.set_band_description(band, f"band {band}")
            image.update_tags(band, STATISTICS_MEAN="49.5")
        if mask:
            image.write_mask(pixels[0] < 50)


def updated(xr, folder, source, features, value, bands, xr_options):
    """Pixels by GDAL and by us. `value` is a column of the features or a number; the merge is that of the options."""
    path = folder / "xr.tif"
    shutil.copy(source, path)
    run(xr, "rasterize", DATA, "--quiet", "--update", path, *xr_options)
    with rasterio.open(source) as before, rasterio.open(path) as after:
        theirs, transform = before.read(), before.transform
        merge = MergeAlg.add if "sum" in xr_options else MergeAlg.replace
        shapes = [(geometry, columns.get(value, value)) for geometry, columns in features]
        for band in bands:
            burned = theirs[band - 1].copy()
            rasterize(shapes, out=burned, transform=transform, merge_alg=merge)
            if "--invert" in xr_options:
                burned = np.where(burned == value, theirs[band - 1], value)
            theirs[band - 1] = burned
        return theirs, after.read()


def same_form(source, path):
    """The files differ in nothing but their pixels."""
    with rasterio.open(source) as a, rasterio.open(path) as b:
        for key in ["crs", "transform", "nodata", "dtypes", "count", "descriptions", "colorinterp", "compression"]:
            assert getattr(a, key) == getattr(b, key), (path, key, getattr(a, key), getattr(b, key))
        assert a.tags() == b.tags(), (a.tags(), b.tags())
        assert a.overviews(1) == b.overviews(1), (a.overviews(1), b.overviews(1))
        if a.dtypes[0] == "uint8" and a.count == 1:
            assert a.colormap(1) == b.colormap(1)
        assert "STATISTICS_MEAN" not in b.tags(1), "statistics of the pixels before the update"


def main():
    xr = Path(sys.argv[1]).resolve()
    features = list(counties())
    cases = [
        ("uint8", 1, {}, "state_fips", [1], ["--column", "state_fips"]),
        ("float64", 1, dict(compress="zstd", predictor=3, tiled=True), "area_km2", [1], ["--column", "area_km2"]),
        ("int32", 1, dict(compress="lzw", tiled=True, blockxsize=128, blockysize=128), "state_fips", [1],
         ["--column", "state_fips", "--merge", "sum"]),
        ("uint16", 3, dict(compress="deflate", tiled=True), "state_fips", [2], ["--column", "state_fips", "--band", 2]),
        ("uint16", 3, dict(interleave="pixel"), 7, [1, 3], ["--value", 7, "--band", "3,1"]),
        ("int16", 1, dict(compress="packbits"), 200, [1], ["--value", 200, "--invert"]),
        ("float32", 2, dict(BIGTIFF="YES"), 0.5, [2], ["--value", 0.5, "--band", 2, "--merge", "sum"]),
    ]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        source = folder / "source.tif"
        for dtype, bands, options, value, burned, ours in cases:
            make(source, dtype, bands, **options)
            a, b = updated(xr, folder, source, features, value, burned, ours)
            differing = int((a != b).sum())
            same_form(source, folder / "xr.tif")
            print(f"{dtype} × {bands} {options}: {' '.join(map(str, ours))}: {differing} differ")
            bad += differing

        # A mask becomes valid where features are, and overviews follow.
        make(source, "int16", 1, mask=True, tiled=True)
        with rasterio.open(source, "r+") as image:
            image.build_overviews([2, 4], Resampling.nearest)
        shutil.copy(source, folder / "xr.tif")
        run(xr, "rasterize", DATA, "--quiet", "--value", 200, "--update", folder / "xr.tif")
        with rasterio.open(source) as before, rasterio.open(folder / "xr.tif") as after:
            burned = after.read(1) == 200
            np.testing.assert_array_equal(after.read(1)[~burned], before.read(1)[~burned])
            np.testing.assert_array_equal(after.read_masks(1) != 0, burned | (before.read_masks(1) != 0))
            with rasterio.open(folder / "xr.tif", overview_level=0) as small:
                assert small.shape == ((HEIGHT + 1) // 2, (WIDTH + 1) // 2) and (small.read(1) == 200).any()
        print(f"mask: {int(burned.sum())} pixels burned, all valid")

        # --tap gives the grid of GDAL's tools.
        bounds = shapely.total_bounds([geometry for geometry, _ in features])
        for x0, y0, x1, y1 in [bounds, [-1_000_001, 500_003, 1_000_002, 1_700_001]]:
            options = ["--tap", "--resolution", "9000,7000", "--extent", f"{x0!s},{y0!s},{x1!s},{y1!s}"]
            run(xr, "rasterize", DATA, *options, "-o", folder / "tap.tif", "--overwrite")
            transform, width, height = aligned_target(from_origin(x0, y1, x1 - x0, y1 - y0), 1, 1, (9000, 7000))
            with rasterio.open(folder / "tap.tif") as image:
                assert (image.transform, image.shape) == (transform, (height, width)), (image.transform, transform)
        print("--tap: the grids of GDAL")
    if bad:
        sys.exit(f"{bad} pixels differ")


main()
