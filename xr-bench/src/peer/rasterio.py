"""Times rasterio.features.rasterize on polygons that xr-bench wrote, and compares the rasters."""
import json
import sys
import time
from pathlib import Path

import numpy
import rasterio
from rasterio.enums import MergeAlg
from rasterio.features import rasterize
from rasterio.transform import Affine

folder, size, dtype, algorithm, touched, repeat = Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:5], sys.argv[5] == "1", int(sys.argv[6])
dtype = {"u": "uint", "i": "int", "f": "float"}[dtype[0]] + (dtype[1:] if dtype[0] == "f" else dtype[1:])
dtype = numpy.dtype(dtype.replace("uint8", "u1").replace("int8", "i1"))
vertices = numpy.fromfile(folder / "vertices", "f8").reshape(-1, 2).tolist()
ends = numpy.cumsum(numpy.fromfile(folder / "lengths", "u4"))
shapes = []
for n, end in enumerate(ends):
    start = ends[n - 1] if n else 0
    shapes.append(({"type": "Polygon", "coordinates": [vertices[start:end]]}, n % 100 + 1))
transform = Affine(1, 0, 0, 0, -1, size)
times = []
for _ in range(repeat):
    begin = time.perf_counter()
    raster = rasterize(shapes, (size, size), fill=0, transform=transform, all_touched=touched, merge_alg=MergeAlg[algorithm], dtype=dtype)
    times.append(time.perf_counter() - begin)
ours = numpy.fromfile(folder / "ours", raster.dtype).reshape(size, size)
print(json.dumps({"version": rasterio.__version__, "times": times, "differing": int((ours != raster).sum())}))
