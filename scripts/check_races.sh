#!/usr/bin/env bash
# Runs the OpenCL kernels of tiny burns in oclgrind, which finds data races and accesses out of bounds.
# Usage: check_races.sh XR   (built with --features opencl; apt installs oclgrind)
# Oclgrind 21.10 knows too few of LLVM's intrinsics for the kernels of coverage and for products of integers.
set -euo pipefail
xr=$(realpath "$1")
export OCL_ICD_VENDORS=${OCLGRIND_ICD:-/usr/lib/oclgrind/liboclgrind-rt-icd.so} OCLGRIND_DATA_RACES=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

"$xr" devices --json | grep -q Oclgrind || { echo "oclgrind is not what xr finds as an OpenCL device" >&2; exit 1; }
cat >scene.geojson <<'JSON'
{"type": "FeatureCollection", "features": [
  {"type": "Feature", "properties": {"v": 1}, "geometry": {"type": "Polygon", "coordinates": [[[1, 1], [39, 3], [20, 36], [1, 1]]]}},
  {"type": "Feature", "properties": {"v": 2}, "geometry": {"type": "MultiPolygon", "coordinates": [
    [[[2.5, 2.5], [12.5, 2.5], [12.5, 12.5], [2.5, 12.5], [2.5, 2.5]], [[4, 4], [8, 4], [6, 9], [4, 4]]],
    [[[20, 20], [38, 25], [25, 38], [20, 20]]]]}},
  {"type": "Feature", "properties": {"v": 3}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [40, 38], [3, 30]]}},
  {"type": "Feature", "properties": {"v": 4}, "geometry": {"type": "MultiPoint", "coordinates": [[7, 7], [33.2, 31.9]]}}]}
JSON

check() {
    echo "$*"
    "$xr" --quiet rasterize scene.geojson --extent 0,0,40,40 --size 40,40 --backend cpu -o cpu.tif --overwrite "$@"
    "$xr" --quiet rasterize scene.geojson --extent 0,0,40,40 --size 40,40 --backend opencl -o opencl.tif --overwrite "$@" >log 2>&1 ||
        { cat log; exit 1; }
    if grep -E -A12 'data race|Invalid (read|write)|FATAL' log; then exit 1; fi
    cmp cpu.tif opencl.tif
}

for merge in last first min max sum count mean; do
    check --column v --dtype f64 --merge "$merge"
done
check --column v --all-touched --merge sum
check --column v --merge sum --dtype i32
check --column v --merge-expr 'acc + value * count' --dtype f64
