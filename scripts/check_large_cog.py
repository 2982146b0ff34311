"""Makes large COGs with xr and checks memory, structure and pixels. Takes minutes and 25 GB of disk.

pip install rasterio rio-cogeo
python scripts/check_large_cog.py target/release/xr FOLDER

1. 60,000² pixels of u8 through `xr translate --cog --max-memory 512MiB`, whose peak memory must stay below 700 MiB: noise,
   whose encoded tiles are the largest.
2. 70,000² pixels uncompressed, more than 4 GiB, for which xr must choose BigTIFF by itself; GDAL reads windows on both
   sides of the 4 GiB.
3. 200,000² pixels of u8 burned to a sparse COG with `--max-memory 512MiB`, which must be the peak; windows of it, and of
   an overview, beside crops that are burned by themselves. Rasters of a row and of a column too.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window
from rio_cogeo.cogeo import cog_validate

DATA = Path(__file__).parent.parent / "examples/data/us_counties_5070.gpkg"
COUNTIES = DATA.parent / "us_counties.fgb"
MEMORY_LIMIT = 700 << 20
WINDOW = 1000


def run(*command):
    """Runs a program; prints its time and returns its peak memory in bytes."""
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command])
    _, status, usage = os.wait4(process.pid, 0)
    peak = usage.ru_maxrss << 10  # Linux counts KiB
    print(f"xr {command[1]}: {time.monotonic() - start:.0f} s, peak {peak >> 20} MiB", flush=True)
    if status:
        sys.exit(f"xr {command[1]} failed")
    return peak


def rasterize(xr, size, target, *options):
    column = ["--column", "state_fips", "--dtype", "u8", "--size", f"{size},{size}"]
    run(xr, "rasterize", DATA, *column, "--max-memory", "512MiB", "--quiet", *options, "-o", target)


def validate(path):
    valid, errors, warnings = cog_validate(path, strict=True, quiet=True)
    assert valid and not errors and not warnings, (errors, warnings)


def compare(path, source, windows):
    """Pixels of both files, and those of the first overview, which is every second pixel."""
    with rasterio.open(path) as image, rasterio.open(source) as original:
        with rasterio.open(path, overview_level=0) as overview:
            for column, row in windows:
                window = Window(column, row, WINDOW, WINDOW)
                pixels = original.read(1, window=window)
                np.testing.assert_array_equal(image.read(1, window=window), pixels)
                half = Window(column // 2, row // 2, WINDOW // 2, WINDOW // 2)
                np.testing.assert_array_equal(overview.read(1, window=half), pixels[::2, ::2])


def write_noise(path, size):
    rng = np.random.default_rng(1)
    profile = dict(driver="GTiff", width=size, height=size, count=1, dtype="uint8", BIGTIFF="YES")
    place = dict(crs="EPSG:5070", transform=(10, 0, 0, 0, -10, 0), tiled=True, blockxsize=512, blockysize=512)
    with rasterio.open(path, "w", **profile, **place) as image:
        for row in range(0, size, 512):
            window = Window(0, row, size, min(512, size - row))
            image.write(rng.integers(0, 256, (window.height, size), "uint8"), 1, window=window)


def bounded_memory(xr, folder):
    size, source, cog = 60_000, folder / "source.tif", folder / "cog.tif"
    write_noise(source, size)
    peak = run(xr, "translate", source, cog, "--cog", "--max-memory", "512MiB", "--quiet")
    assert peak <= MEMORY_LIMIT, f"translate took {peak >> 20} MiB"
    validate(cog)
    places = range(0, size, 9_834)  # even numbers, the last window reaches to the edge
    compare(cog, source, [(column, row) for column in places for row in places])
    print(f"{size}² pixels: {cog.stat().st_size} bytes, a valid COG with equal pixels")


def beyond_4_gib(xr, folder):
    size, source, cog = 70_000, folder / "source.tif", folder / "cog.tif"
    rasterize(xr, size, source)
    rasterize(xr, size, cog, "--cog", "--compress", "none")
    assert cog.stat().st_size > 1 << 32
    with open(cog, "rb") as file:
        assert file.read(4) == b"II\x2b\0", "a BigTIFF"
    validate(cog)
    with rasterio.open(cog) as image:
        rows = range(0, size - WINDOW + 1, 4_600)
        offsets = [int(image.get_tag_item(f"BLOCK_OFFSET_0_{row // 512}", "TIFF", bidx=1)) for row in rows]
    assert min(offsets) < 1 << 32 < max(offsets), offsets
    compare(cog, source, [(column, row) for column in (0, size // 2, size - WINDOW) for row in rows])
    print(f"{size}² pixels: {cog.stat().st_size} bytes, a valid BigTIFF COG with equal pixels around 4 GiB")


def wide_as_it_is_high(xr, folder):
    size, cog, crop, limit = 200_000, folder / "cog.tif", folder / "crop.tif", 512 << 20
    burn = [xr, "rasterize", COUNTIES, "--column", "state_fips", "--dtype", "u8", "--nodata", "0", "--quiet"]
    cog_options = ["--compress", "zstd", "--cog", "--max-memory", "512MiB"]
    peak = run(*burn, *cog_options, "--size", f"{size},{size}", "-o", cog)
    assert peak <= limit, f"rasterize took {peak >> 20} MiB"
    validate(cog)
    with rasterio.open(cog) as image, rasterio.open(cog, overview_level=3) as overview:
        left, dx, top, dy = image.transform.c, image.transform.a, image.transform.f, image.transform.e
        data = 0
        for column in range(0, size, 24_000):
            for row in range(0, size, 24_000):
                # Blocks meet at multiples of tiles: windows lie across.
                window = Window(column + 400, row + 400, WINDOW, WINDOW)
                x, y = left + window.col_off * dx, top + window.row_off * dy
                # Pixel centres that crops and whole both place within a rounding error of each other.
                extent = f"--extent={x!r},{y + WINDOW * dy!r},{x + WINDOW * dx!r},{y!r}"
                run(*burn, extent, "--size", f"{WINDOW},{WINDOW}", "--overwrite", "-o", crop)
                with rasterio.open(crop) as alone:
                    pixels = alone.read(1)
                whole = image.read(1, window=window)
                assert np.count_nonzero(whole != pixels) <= 2, (column, row)
                small = overview.read(1, window=Window(window.col_off // 16, window.row_off // 16, 60, 60))
                np.testing.assert_array_equal(small, whole[::16, ::16][:60, :60])
                data += np.count_nonzero(whole)
        assert data > 0
    for shape in ("1000000,1", "1,1000000"):
        peak = run(*burn, *cog_options, "--size", shape, "--overwrite", "-o", crop)
        assert peak <= limit, f"{shape} took {peak >> 20} MiB"
        validate(crop)
    print(f"{size}² pixels: {cog.stat().st_size} bytes, a valid COG with the pixels of crops")


def main():
    xr = Path(sys.argv[1]).resolve()
    for check in (bounded_memory, beyond_4_gib, wide_as_it_is_high):
        with tempfile.TemporaryDirectory(dir=sys.argv[2]) as folder:
            check(xr, Path(folder))


main()
