"""Opens the files of xr-geotiff's example `write_samples` with rasterio (GDAL) and tifffile.

pip install rasterio tifffile imagecodecs
cargo run -p xr-geotiff --example write_samples -- FOLDER
python scripts/check_geotiff.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import rasterio
import tifffile

WIDTH, HEIGHT = 70, 50
DTYPES = {"u": "uint", "i": "int", "f": "float"}


def expected(dtype, bands):
    band, row, column = np.indices((bands, HEIGHT, WIDTH))
    return ((7 * band + 3 * row + column) % 120).astype(dtype)


def check(path):
    sample_type, compression, epsg, bands = path.stem.split("-")
    dtype = DTYPES[sample_type[0]] + sample_type[1:]
    values = expected(dtype, int(bands))
    transform = (30, 1, 5e5, 2, -30, 4e6) if epsg == "32613" else (0.25, 0, -105, 0, -0.5, 40)

    with rasterio.open(path) as image:
        assert (image.width, image.height, image.count) == (WIDTH, HEIGHT, int(bands)), image.shape
        assert set(image.dtypes) == {dtype}, image.dtypes
        assert image.crs.to_epsg() == int(epsg), image.crs
        assert tuple(image.transform)[:6] == transform, image.transform
        assert image.nodata == 119, image.nodata
        assert image.block_shapes == [(32, 32)] * int(bands), image.block_shapes
        assert image.tags()["AREA_OR_POINT"] == "Area"
        assert image.compression is None if compression == "none" else image.compression.name == compression
        np.testing.assert_array_equal(image.read(), values)

    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        assert page.is_tiled and page.dtype == dtype and len(file.pages) == 1
        np.testing.assert_array_equal(page.asarray().reshape(HEIGHT, WIDTH, -1), np.moveaxis(values, 0, 2))


def main():
    paths = sorted(Path(sys.argv[1]).glob("*.tif"))
    if not paths:
        sys.exit(f"{sys.argv[1]}: no files; run the example write_samples first")
    for path in paths:
        try:
            check(path)
        except Exception as error:
            sys.exit(f"{path}: {error}")
    print(f"{len(paths)} files agree")


main()
