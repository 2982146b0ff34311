"""Reads what xr-geotiff's example `write_cog` makes of arrays: planes, masks, colours and metadata in COGs.

pip install rasterio tifffile imagecodecs rio-cogeo
cargo build -p xr-geotiff --example write_cog
python scripts/check_cog.py target/debug/examples/write_cog [--full]

Each type of pixel once, by --full with each codec and shape. Read by rasterio (GDAL) and tifffile; each COG must pass
`rio cogeo validate --strict`.
"""

import argparse
import itertools
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import rasterio
import tifffile
from rio_cogeo.cogeo import cog_validate

DTYPES = "uint8 int8 uint16 int16 uint32 int32 uint64 int64 float32 float64".split()
CODECS = ["none", "lzw", "deflate", "zstd"]
# Rows, columns, bands, side of a tile.
SHAPES = [(300, 500, 1, 128), (513, 700, 3, 256), (100, 90, 1, 128), (1000, 130, 4, 64)]


def options(d, c, s):
    """Options that differ from case to case, so that they meet in many ways; arguments are places in the lists above."""
    chosen = {"codec": CODECS[c], "tile": SHAPES[s][3]}
    if (d + c + s) % 2:
        chosen["nodata"] = 0
    elif (d + s) % 3 == 1:
        chosen["mask"] = "yes"
    if (d + c + s) % 3 == 0:
        chosen["bigtiff"] = "yes"
    if SHAPES[s][2] > 1 and (d // 2 + c) % 2:
        chosen["interleave"] = "band"
    if s == 1 and d % 2 == 0:
        chosen["photometric"] = "rgb"
    if s == 0 and DTYPES[d] == "uint8":
        chosen["photometric"] = "palette"
    if (d + c) % 3 == 0:
        chosen["point"] = "yes"
    return chosen


def check(write_cog, folder, dtype, shape, chosen):
    rows, columns, bands, _ = shape
    data = np.random.default_rng(3).integers(0, 120, (rows, columns, bands)).astype(dtype)
    data[: rows // 2, : columns // 2] = 0
    source, path = folder / "source.npy", folder / "cog.tif"
    np.save(source, data)
    subprocess.run([write_cog, source, path, *(f"{key}={value}" for key, value in chosen.items())], check=True)

    with rasterio.open(path) as image:
        assert image.crs.to_epsg() == 32613, image.crs
        assert tuple(image.transform)[:6] == (30, 0, 500000, 0, -30, 4000000), image.transform
        assert (image.descriptions[0], image.units[0]) == ("first & best", "m"), (image.descriptions, image.units)
        assert (image.scales[0], image.offsets[0]) == (0.5, -1.5), (image.scales, image.offsets)
        assert image.tags(bands)["STATISTICS_MEAN"].startswith("0.3333333"), image.tags(bands)
        assert image.tags()["AREA_OR_POINT"] == ("Point" if "point" in chosen else "Area")
        np.testing.assert_array_equal(image.read(), np.moveaxis(data, 2, 0))
        if "mask" in chosen:
            np.testing.assert_array_equal(image.dataset_mask(), np.where(data[..., 0] != 0, 255, 0))
        if chosen.get("photometric") == "palette":
            assert image.colormap(1)[7] == (7, 248, 3, 255)
        if chosen.get("photometric") == "rgb":
            assert [colour.name for colour in image.colorinterp] == ["red", "green", "blue"]
        levels = len(image.overviews(1))
    for level in range(levels):
        with rasterio.open(path, overview_level=level) as image:
            image.read()
    with tifffile.TiffFile(path) as file:
        pixels = file.pages[0].asarray()
        planar = "interleave" in chosen
        np.testing.assert_array_equal(np.moveaxis(pixels, 0, 2) if planar else pixels.reshape(data.shape), data)
    valid, errors, warnings = cog_validate(path, strict=True, quiet=True)
    assert valid and not errors and not warnings, (errors, warnings)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("write_cog", type=Path)
    parser.add_argument("--full", action="store_true")
    arguments = parser.parse_args()
    if arguments.full:
        cases = list(itertools.product(range(len(DTYPES)), range(len(CODECS)), range(len(SHAPES))))
    else:
        cases = [(d, d % len(CODECS), (d + d // 4) % len(SHAPES)) for d in range(len(DTYPES))]
    with tempfile.TemporaryDirectory() as folder:
        for d, c, s in cases:
            chosen = options(d, c, s)
            try:
                check(arguments.write_cog.resolve(), Path(folder), DTYPES[d], SHAPES[s], chosen)
            except Exception as error:
                raise SystemExit(f"{DTYPES[d]} {SHAPES[s]} {chosen}: {error}")
    print(f"{len(cases)} COGs agree and are valid")


main()
