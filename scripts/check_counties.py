"""Burns the real counties with xr and with rasterio (GDAL) at three resolutions and compares every pixel.

pip install rasterio tifffile imagecodecs shapely
python scripts/check_counties.py target/release/xr

A pixel may differ only if its centre lies exactly on an edge, where GDAL has no documented rule; that is decided in
rational arithmetic. The files are read with GDAL and with tifffile.
"""

import sqlite3
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import rasterio
import shapely
import tifffile
from rasterio.features import rasterize

DATA = Path(__file__).parent.parent / "examples/data/us_counties_5070.gpkg"
ENVELOPE_BYTES = [0, 32, 48, 48, 64]


def counties():
    rows = sqlite3.connect(DATA).execute("select geom, area_km2, state_fips from us_counties order by fid")
    for blob, area, state in rows:
        header = 8 + ENVELOPE_BYTES[blob[3] >> 1 & 7]
        yield shapely.from_wkb(blob[header:]), area, state


def on_an_edge(x, y, geometries):
    """Whether the point lies exactly on an edge of any geometry."""
    x, y = Fraction(x), Fraction(y)
    near = shapely.box(float(x) - 1, float(y) - 1, float(x) + 1, float(y) + 1)
    for geometry in geometries:
        if not shapely.intersects(geometry, near):
            continue
        for part in shapely.get_parts(geometry):
            for ring in [part.exterior, *part.interiors]:
                points = [(Fraction(a), Fraction(b)) for a, b in ring.coords]
                for (x0, y0), (x1, y1) in zip(points, points[1:]):
                    inside = min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1)
                    if inside and (x1 - x0) * (y - y0) == (y1 - y0) * (x - x0):
                        return True
    return False


def compare(xr, folder, resolution, column, values, geometries, dtype, options):
    path = folder / "counties.tif"
    command = [xr, "rasterize", DATA, "--column", column, "--resolution", resolution, "--nodata", 0, "-o", path]
    subprocess.run([*map(str, command), "--overwrite", "--quiet", *options], check=True)
    with rasterio.open(path) as image:
        ours = image.read(1)
        assert image.crs.to_epsg() == 5070 and image.nodata == 0 and image.dtypes[0] == dtype, image.profile
        transform = image.transform
    bounds = shapely.total_bounds(geometries)
    assert (transform.c, transform.f) == (bounds[0], bounds[3]) and transform.a == resolution, transform
    np.testing.assert_array_equal(tifffile.imread(path), ours)
    peer = rasterize(zip(geometries, values), ours.shape, fill=0, transform=transform, dtype=dtype)
    rows, columns = np.nonzero(ours != peer)
    unexplained = 0
    for row, column in zip(rows, columns):
        x = Fraction(transform.c) + (Fraction(int(column)) + Fraction(1, 2)) * Fraction(transform.a)
        y = Fraction(transform.f) + (Fraction(int(row)) + Fraction(1, 2)) * Fraction(transform.e)
        unexplained += not on_an_edge(x, y, geometries)
    print(f"{resolution} m, {ours.shape[1]} × {ours.shape[0]} {dtype}: {len(rows)} differ, {unexplained} not on an edge")
    return unexplained


def main():
    xr = Path(sys.argv[1]).resolve()
    features = list(counties())
    geometries = [f[0] for f in features]
    areas, states = [f[1] for f in features], [f[2] for f in features]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        bad = compare(xr, folder, 5000, "area_km2", areas, geometries, "float64", [])
        bad += compare(xr, folder, 1000, "state_fips", states, geometries, "uint8", ["--compress", "zstd"])
        bad += compare(xr, folder, 600, "area_km2", areas, geometries, "float32", ["--dtype", "f32", "--predictor", "float"])
    if bad:
        sys.exit(f"{bad} pixels differ though their centre is on no edge")


main()
