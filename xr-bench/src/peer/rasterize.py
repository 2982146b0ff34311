"""Holds a vector file in memory and burns it with rasterio or xarray-spatial for each line on stdin; answers in JSON."""
import gc
import json
import sys
import time

import numpy
import pyogrio

peer, work = sys.argv[1], json.loads(sys.argv[2])
(width, height), extent = work["size"], work["extent"]
dtype, merge, touched = numpy.dtype(work["dtype"]), work["merge"], work["all_touched"]
column = work["column"]
frame = pyogrio.read_dataframe(work["source"], columns=[column] if column else [])
frame["value"] = frame[column] if column else numpy.ones(len(frame), "i8")

if peer == "rasterio":
    import rasterio
    from rasterio.enums import MergeAlg
    from rasterio.features import rasterize
    from rasterio.transform import from_bounds
    from shapely.geometry import mapping

    version = f"{rasterio.__version__}, GDAL {rasterio.__gdal_version__}"
    inputs = [(mapping(geometry), value) for geometry, value in zip(frame.geometry, frame["value"].tolist())]
    transform, algorithm = from_bounds(*extent, width, height), MergeAlg.add if merge == "sum" else MergeAlg.replace
    del frame

    def burn(shapes, rows, columns):
        return rasterize(
            shapes, (rows, columns), fill=0, transform=transform, all_touched=touched, merge_alg=algorithm, dtype=dtype
        )
else:
    import xrspatial

    version = xrspatial.__version__
    inputs = frame[["value", "geometry"]]

    def burn(shapes, rows, columns):
        return xrspatial.rasterize(
            shapes, width=columns, height=rows, bounds=tuple(extent), column="value", fill=0, dtype=dtype,
            all_touched=touched, merge=merge,
        ).values


def status(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def say(**answer):
    print(json.dumps(answer), flush=True)


burn(inputs[:1], 8, 8)  # compiles what is compiled at the first call
gc.collect()
say(version=version, inputs=status("VmRSS"))
for line in sys.stdin:
    call, _, path = line.strip().partition(" ")
    begin, cpu = time.perf_counter(), time.process_time()
    raster = burn(inputs, height, width)
    answer = {"wall": time.perf_counter() - begin, "cpu": time.process_time() - cpu, "peak": status("VmHWM")}
    if call == "check":
        ours = numpy.memmap(path, dtype, "r", shape=raster.shape)
        answer["differing"] = sum(int((a != b).sum()) for a, b in zip(ours, raster))
    del raster
    say(**answer)
