"""Burns polygons that share edges with `xr rasterize --merge count`: each pixel inside must belong to exactly one, or to as
many as shapely finds there.

pip install numpy scipy shapely pyogrio rasterio
python scripts/check_partition.py target/release/xr [cells]

The counties of the examples, and Voronoi cells (100,000 unless said otherwise) whose vertices lie on a lattice of half
pixels, so that edges run through centres and corners everywhere.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyogrio.raw
import rasterio
import shapely
from scipy.spatial import Voronoi

COUNTIES = Path(__file__).parent.parent / "examples/data/us_counties_5070.gpkg"


def counts(xr, source, target, *grid):
    options = ["--merge", "count", "--dtype", "u8", "--fill", "0", "--compress", "zstd", "--overwrite", "--quiet"]
    subprocess.run([xr, "rasterize", source, "-o", target, *options, *grid], check=True)
    with rasterio.open(target) as image:
        return image.read(1), image.transform


def cells(count, size):
    """Voronoi cells over a square of `size` pixels, vertices moved to half pixels. Seeds are mirrored at the sides, so that
    the cells' outer edges are the square's. Seeds whose cell the move turns over are left out."""
    seeds = np.random.default_rng(7).uniform(0, size, (count, 2))
    while True:
        sides = [(1, 0, 1, 0), (-1, 0, 1, 0), (-1, 2 * size, 1, 0), (1, 0, -1, 0), (1, 0, -1, 2 * size)]
        diagram = Voronoi(np.concatenate([np.c_[s * seeds[:, 0] + a, t * seeds[:, 1] + b] for s, a, t, b in sides]))
        vertices = np.round(diagram.vertices * 2) / 2
        regions = [diagram.regions[region] for region in diagram.point_region[: len(seeds)]]
        polygons = np.array([shapely.Polygon(vertices[region]) for region in regions])
        valid = shapely.is_valid(polygons)
        if valid.all():
            return polygons
        seeds = seeds[valid]


def owners(count, transform, polygons):
    """Pixels that do not belong to exactly one polygon, and how many shapely finds around their centres."""
    rows, columns = np.nonzero(count != 1)
    centres = shapely.points(*(transform * (columns + 0.5, rows + 0.5)))
    found, _ = shapely.STRtree(polygons).query(centres, predicate="within")
    return count[rows, columns], np.bincount(found, minlength=len(centres))


def main():
    xr, number = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "count.tif"
        count, transform = counts(xr, COUNTIES, target, "--resolution", "1000")
        polygons = shapely.from_wkb(pyogrio.raw.read(COUNTIES)[2])
        ours, theirs = owners(count, transform, polygons)
        assert (ours == theirs).all(), f"counties: {int((ours != theirs).sum())} pixels have other owners by shapely"
        print(f"counties: {int((count == 1).sum())} pixels of one, {int((count > 1).sum())} where the data overlap")

        size = int(np.sqrt(number) * 12)
        polygons = cells(number, size)
        source = Path(folder) / "cells.fgb"
        pyogrio.raw.write(source, shapely.to_wkb(polygons), [np.arange(len(polygons))], ["cell"], geometry_type="Polygon", crs="EPSG:32633",
                          layer_options={"SPATIAL_INDEX": "NO"})
        count, _ = counts(xr, source, target, "--extent", f"0,0,{size},{size}", "--resolution", "1")
        assert (count == 1).all(), f"cells: {int((count != 1).sum())} pixels do not belong to exactly one"
        print(f"{len(polygons)} cells: each of {count.size} pixels belongs to one")


main()
