"""Burns the Z of random flat features with xr and with gdal_rasterize -3d, from every format that GDAL writes here.

pip install rasterio numpy shapely pyogrio; gdal_rasterize if it is installed
python scripts/check_z.py target/release/xr

Each feature lies in a part of the raster of its own. The Z must be the one of the attribute `z`; GDAL must burn the same
pixels for points and polygons, and the same values wherever both burn a line, whose pixels it chooses by another rule.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyogrio
import rasterio
import shapely

ACROSS, DOWN, CELL = 20, 15, 20
FORMATS = {"gpkg": {}, "fgb": {"SPATIAL_INDEX": "NO"}, "shp": {}, "geojson": {}, "csv": {"GEOMETRY": "AS_WKT"}}
EXTENT = [0.0, 0.0, float(ACROSS * CELL), float(DOWN * CELL)]


def run(*command):
    subprocess.run([*map(str, command)], check=True, stdout=subprocess.DEVNULL)


def geometry(kind, rng, x, y):
    """A geometry within 2 to 18 of x and y; irregular, so that no centre lies on an edge."""
    def star(radius, inner=0.0):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
        distances = rng.uniform(0.7, 1, 9) * radius
        ring = lambda scale: np.c_[x + 10 + scale * distances * np.cos(angles), y + 10 + scale * distances * np.sin(angles)]
        return shapely.Polygon(ring(1), [ring(inner)] if inner else [])

    points = rng.uniform(2, 18, (5, 2)) + [x, y]
    return {
        "Point": lambda: shapely.Point(points[0]),
        "MultiPoint": lambda: shapely.MultiPoint(points),
        "LineString": lambda: shapely.LineString(points),
        "MultiLineString": lambda: shapely.MultiLineString([points[:2], points[2:]]),
        "Polygon": lambda: star(8, 0.4),
        "MultiPolygon": lambda: shapely.MultiPolygon([star(2), shapely.box(x + 14.1, y + 2.2, x + 17.3, y + 5.4)]),
    }[kind]()


def main():
    xr, rng = Path(sys.argv[1]).resolve(), np.random.default_rng(1)
    gdal = shutil.which("gdal_rasterize")
    for kind in ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]:
        z = rng.uniform(-1000, 9000, ACROSS * DOWN).round(3)
        flat = [geometry(kind, rng, CELL * (n % ACROSS), CELL * (n // ACROSS)) for n in range(len(z))]
        shapes = [shapely.force_3d(shape, height) for shape, height in zip(flat, z)]
        for extension, options in FORMATS.items():
            with tempfile.TemporaryDirectory() as folder:
                source, [ours, column, theirs] = Path(folder, f"a.{extension}"), [Path(folder, f"{n}.tif") for n in "xcg"]
                pyogrio.raw.write(
                    source, shapely.to_wkb(np.array(shapes), flavor="iso"), [z], ["z"],
                    geometry_type=f"{kind} Z", crs="EPSG:32633", promote_to_multi=False, **options,
                )
                grid = ["--size", f"{ACROSS * CELL},{DOWN * CELL}", "--extent", ",".join(map(str, EXTENT)), "--dtype", "f64", "--quiet"]
                run(xr, "rasterize", source, "--z", *grid, "-o", ours)
                run(xr, "rasterize", source, "--column", "z", *grid, "-o", column)
                if gdal:
                    run(gdal, "-q", "-3d", "-ot", "Float64", "-te", *EXTENT, "-ts", ACROSS * CELL, DOWN * CELL, source, theirs)
                a, b, c = (rasterio.open(path).read(1) if path.exists() else None for path in (ours, column, theirs))
                np.testing.assert_array_equal(a, b, f"{kind} in {extension}: Z and attribute")
                assert set(z) >= set(a[a != 0]) and len(set(a[a != 0])) > 0.9 * len(z), (kind, extension)
                if gdal:
                    both = (a != 0) & (c != 0) if "Line" in kind else np.full(a.shape, True)
                    np.testing.assert_array_equal(a[both], c[both], f"{kind} in {extension}: xr and GDAL")
        print(f"{kind}: {len(z)} features in {', '.join(FORMATS)}: the same" + ("" if gdal else ", without gdal_rasterize"))


main()
