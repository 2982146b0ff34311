"""Burns the real counties with xr --coverage and compares areas with shapely (GEOS), and with --full also weighted means
with exactextract.

pip install rasterio numpy shapely
python scripts/check_coverage.py target/release/xr [--full]

Both work in double precision of projected coordinates; exactextract keeps fractions in single precision.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import rasterio
import shapely

DATA = Path(__file__).parent.parent / "examples/data/us_counties_5070.gpkg"
ENVELOPE_BYTES = [0, 32, 48, 48, 64]
TOLERANCE = 1e-12


def counties():
    rows = sqlite3.connect(DATA).execute("select geom, area_km2 from us_counties order by fid")
    geometries, areas = zip(*rows)
    bodies = [blob[8 + ENVELOPE_BYTES[blob[3] >> 1 & 7]:] for blob in geometries]
    return shapely.from_wkb(bodies), np.array(areas)


def burn(xr, path, *options):
    subprocess.run([xr, "rasterize", DATA, "-o", path, "--overwrite", "--quiet", *options], check=True)
    with rasterio.open(path) as image:
        return image.read(1), image.transform


def fractions(geometry, transform, shape):
    """Index and covered fraction of each pixel in the box around a geometry."""
    left, bottom, right, top = geometry.bounds
    columns = np.arange(max(int((left - transform.c) / transform.a) - 1, 0), min(int((right - transform.c) / transform.a) + 2, shape[1]))
    rows = np.arange(max(int((top - transform.f) / transform.e) - 1, 0), min(int((bottom - transform.f) / transform.e) + 2, shape[0]))
    column, row = np.meshgrid(columns, rows)
    x, y = transform.c + column * transform.a, transform.f + row * transform.e
    boxes = shapely.box(x, y + transform.e, x + transform.a, y)
    return row, column, shapely.area(shapely.intersection(boxes, geometry)) / abs(transform.a * transform.e)


def main():
    xr = str(Path(sys.argv[1]).resolve())
    geometries, areas = counties()
    shapely.prepare(geometries)
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.tif"
        ours, transform = burn(xr, path, "--coverage", "--resolution", "10000")
        total, weighted = np.zeros(ours.shape), np.zeros(ours.shape)
        for geometry, area in zip(geometries, areas):
            row, column, fraction = fractions(geometry, transform, ours.shape)
            total[row, column] += fraction
            weighted[row, column] += fraction * area
        worst = np.abs(ours - total).max()
        print(f"sum of fractions, {ours.shape[1]} × {ours.shape[0]}: at most {worst:.1e} from shapely's")
        bad.append(worst > TOLERANCE)
        mean, _ = burn(xr, path, "--weighted", "--merge", "mean", "--column", "area_km2", "--resolution", "10000", "--nodata", "-1")
        solid = total > 1e-6
        error = np.abs(mean[solid] / (weighted[solid] / total[solid]) - 1).max()
        print(f"weighted mean: at most {error:.1e} of its value from shapely's")
        bad.append(error > 1e-9)
        area, _ = burn(xr, path, "--coverage", "--resolution", "4000", "--tap")
        relative = area.sum() * 4000**2 / shapely.area(geometries).sum() - 1
        print(f"all fractions at 4 km: {relative:.1e} more than the counties' area")
        bad.append(abs(relative) > 1e-12)
        if "--full" in sys.argv:
            bad.append(exactextract(xr, path, geometries))
    if any(bad):
        sys.exit("coverage is not what the peers say")


def exactextract(xr, path, geometries):
    """Fractions of single counties, the last of each pixel."""
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    chosen = [geometries[n] for n in range(0, len(geometries), 10)]
    source = path.with_suffix(".geojson")
    features = [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(g)} for g in chosen]
    source.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    subprocess.run([xr, "rasterize", source, "--coverage", "--crs", "EPSG:5070", "--resolution", "5000", "-o", path, "--overwrite", "--quiet"], check=True)
    with rasterio.open(path) as image:
        ours, bounds = image.read(1), image.bounds
    grid = NumPyRasterSource(np.zeros(ours.shape), bounds.left, bounds.bottom, bounds.right, bounds.top)
    total = np.zeros(ours.size)
    for result in exact_extract(grid, features, ["cell_id", "coverage"]):
        np.add.at(total, np.asarray(result["properties"]["cell_id"], dtype=int), result["properties"]["coverage"])
    worst = np.abs(ours.ravel() - total).max()
    print(f"sum of fractions of {len(chosen)} counties, {ours.shape[1]} × {ours.shape[0]}: at most {worst:.1e} from exactextract's")
    return worst > 1e-6


main()
