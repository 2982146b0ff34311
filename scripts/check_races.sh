#!/usr/bin/env bash
# Runs tiny jobs under a tool that finds data races and accesses out of bounds in kernels, and compares the files with the
# CPU's. Usage: check_races.sh XR oclgrind    (XR built with --features opencl; apt installs oclgrind)
#               check_races.sh XR sanitizer   (XR built with --features cuda; compute-sanitizer comes with CUDA)
# Oclgrind 21.10 knows too few of LLVM's intrinsics for the kernels of coverage, of splines and of products of integers.
set -euo pipefail
xr=$(realpath "$1")
tool=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

case "$tool" in
oclgrind)
    backend=opencl
    runs=("")
    export OCL_ICD_VENDORS=${OCLGRIND_ICD:-/usr/lib/oclgrind/liboclgrind-rt-icd.so} OCLGRIND_DATA_RACES=1
    "$xr" devices --json | grep -q Oclgrind || { echo "oclgrind is not what xr finds as an OpenCL device" >&2; exit 1; }
    ;;
sanitizer)
    backend=cuda
    runs=("compute-sanitizer --error-exitcode 9 --tool memcheck" "compute-sanitizer --error-exitcode 9 --tool racecheck")
    ;;
*)
    echo "the tool is oclgrind or sanitizer" >&2
    exit 2
    ;;
esac

cat >scene.geojson <<'JSON'
{"type": "FeatureCollection", "features": [
  {"type": "Feature", "properties": {"v": 1}, "geometry": {"type": "Polygon", "coordinates": [[[1, 1], [39, 3], [20, 36], [1, 1]]]}},
  {"type": "Feature", "properties": {"v": 2}, "geometry": {"type": "MultiPolygon", "coordinates": [
    [[[2.5, 2.5], [12.5, 2.5], [12.5, 12.5], [2.5, 12.5], [2.5, 2.5]], [[4, 4], [8, 4], [6, 9], [4, 4]]],
    [[[20, 20], [38, 25], [25, 38], [20, 20]]]]}},
  {"type": "Feature", "properties": {"v": 3}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [40, 38], [3, 30]]}},
  {"type": "Feature", "properties": {"v": 4}, "geometry": {"type": "MultiPoint", "coordinates": [[7, 7], [33.2, 31.9]]}}]}
JSON
awk 'BEGIN { srand(4); print "x,y,z"; for (n = 0; n < 400; n++) printf "%f,%f,%f\n", 40 * rand(), 40 * rand(), rand() }' >points.csv

# A job on the CPU and, under the tool, on the device: the files have the same bytes.
check() {
    echo "$*"
    "$xr" --quiet "$@" --backend cpu -o cpu.tif --overwrite
    for run in "${runs[@]}"; do
        $run "$xr" --quiet "$@" --backend "$backend" -o device.tif --overwrite >log 2>&1 || { cat log; exit 1; }
        if grep -E -A12 'data race|Invalid (read|write)|FATAL|Race reported' log; then exit 1; fi
        for side in cpu device; do
            "$xr" --quiet translate "$side.tif" "$side-plain.tif" --compress none --predictor none --overwrite
        done
        cmp cpu-plain.tif device-plain.tif
    done
}

extent=(--extent 0,0,40,40 --size 40,40)
for merge in last first min max sum count mean; do
    check rasterize scene.geojson "${extent[@]}" --compress none --column v --dtype f64 --merge "$merge"
done
check rasterize scene.geojson "${extent[@]}" --compress none --column v --all-touched --merge sum
check rasterize scene.geojson "${extent[@]}" --compress none --column v --merge sum --dtype i32
check rasterize scene.geojson "${extent[@]}" --compress none --column v --merge-expr 'acc + value * count' --dtype f64
[ "$tool" = oclgrind ] && exit
check rasterize scene.geojson "${extent[@]}" --compress none --coverage
for method in direct fmm; do
    check spline points.csv --column z "${extent[@]}" --compress none --method "$method"
done
for level in 1 6 9; do
    check spline points.csv --column z --extent 0,0,40,40 --size 300,300 --compress deflate --level "$level" --predictor float
done
