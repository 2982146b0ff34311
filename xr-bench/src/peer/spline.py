"""Holds points in memory, fits a thin-plate spline and evaluates it for lines on stdin; answers in JSON."""
import gc
import json
import sys
import time

import numpy

peer, work = sys.argv[1], json.loads(sys.argv[2])
(width, height), (x0, y0, x1, y1) = work["size"], work["extent"]
x, y, z = numpy.fromfile(work["points"]).reshape(3, -1)
columns = x0 + (numpy.arange(width) + 0.5) * (x1 - x0) / width
rows = y1 - (numpy.arange(height) + 0.5) * (y1 - y0) / height
points = numpy.column_stack([x, y])


def targets():
    across, down = numpy.meshgrid(columns, rows)
    return numpy.column_stack([across.ravel(), down.ravel()])


if peer == "ferreus_rbf":
    from importlib.metadata import version as version_of

    from ferreus_rbf import RBFInterpolator
    from ferreus_rbf.interpolant_config import Drift, InterpolantSettings, RBFKernelType

    version, places = version_of("ferreus_rbf"), targets()

    def fit():
        return RBFInterpolator(points, z, InterpolantSettings(RBFKernelType.ThinPlateSpline, drift=Drift.Linear))

    def evaluate(model):
        return model.evaluate(places).reshape(height, width)

    def at(model, chosen):
        return model.evaluate(numpy.ascontiguousarray(points[chosen])).ravel()
elif peer == "scipy":
    import scipy
    from scipy.interpolate import RBFInterpolator

    version, places = scipy.__version__, targets()

    def fit():
        return RBFInterpolator(points, z, kernel="thin_plate_spline")

    def evaluate(model):
        return model(places).reshape(height, width)

    def at(model, chosen):
        return model(points[chosen])
else:
    import xarray
    import xrspatial
    from xrspatial.interpolate import spline

    version = xrspatial.__version__
    template = xarray.DataArray(numpy.zeros((height, width)), coords={"y": rows, "x": columns}, dims=("y", "x"))

    def fit():
        return template  # its one call fits and evaluates

    def evaluate(template):
        return spline(points[:, 0], points[:, 1], z, template).values

    def at(template, chosen):
        # A raster of one row for each point is what it has for places.
        def value(n):
            u, v = points[n]
            place = xarray.DataArray(numpy.zeros((2, 2)), coords={"y": [v, v + 1], "x": [u, u + 1]}, dims=("y", "x"))
            return spline(points[:, 0], points[:, 1], z, place).values[0, 0]

        return numpy.array([value(n) for n in chosen[:10]]) if len(chosen) else z[:0]


def status(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def say(**answer):
    print(json.dumps(answer), flush=True)


gc.collect()
say(version=version, inputs=status("VmRSS"))
model = surface = None
for line in sys.stdin:
    call, _, path = line.strip().partition(" ")
    begin, cpu = time.perf_counter(), time.process_time()
    answer = {}
    if call == "fit":
        model = surface = None
        model = fit()
    elif call == "evaluate":
        surface = evaluate(model)
    else:
        chosen = numpy.arange(0, len(z), max(1, len(z) // 10_000))
        found = at(model, chosen)
        answer["residual"] = float(numpy.abs(found - z[chosen[: len(found)]]).max())
        answer["difference"] = float(numpy.abs(numpy.memmap(path, "f8", "r", shape=surface.shape) - surface).max())
    say(wall=time.perf_counter() - begin, cpu=time.process_time() - cpu, peak=status("VmHWM"), **answer)
