"""Times tifffile with imagecodecs on a raster that xr-bench wrote: one file written, one file read, in memory otherwise."""
import json
import os
import sys
import time

import imagecodecs
import numpy
import tifffile

raw, target, dtype, size, codec, level, predictor, tile = *sys.argv[1:4], int(sys.argv[4]), sys.argv[5], *map(int, sys.argv[6:9])
array = numpy.memmap(raw, dtype, "r", shape=(size, size))[:]
threads = os.cpu_count()
options = {"compression": codec, "predictor": predictor, "tile": (tile, tile), "maxworkers": threads, "metadata": None, "software": False}
if codec != "lzw":
    options["compressionargs"] = {"level": level}
begin = time.perf_counter()
tifffile.imwrite(target, array, **options)
write = time.perf_counter() - begin
begin = time.perf_counter()
read = tifffile.imread(target, maxworkers=threads)
read_time = time.perf_counter() - begin
version = f"{tifffile.__version__}, imagecodecs {imagecodecs.__version__}"
print(json.dumps({"version": version, "write": write, "read": read_time, "equal": bool((read == array).all())}))
