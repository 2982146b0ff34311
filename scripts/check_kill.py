"""Kills xr at random moments while it replaces a file: the old file is there, or the new one, each of them complete.

pip install rasterio
python scripts/check_kill.py target/release/xr [RUNS]

Half of the runs are `xr rasterize`, half `xr translate --cog`. Each gets SIGKILL after a time drawn between its start and
what the slowest of three undisturbed runs took. Afterwards one undisturbed run must leave no other file in the folder.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import rasterio

DATA = Path(__file__).parent.parent / "examples/data/us_counties_5070.gpkg"


def rasterize(column, *options):
    return ["rasterize", DATA, "--column", column, "--nodata", "0", "--resolution", "500", *options]


def pixels(path):
    with rasterio.open(path) as image:
        return image.read()


def prepare(xr, folder):
    """Makes the inputs; returns the commands to be killed, without their output."""
    source = folder / "source.tif"
    subprocess.run([xr, *rasterize("area_km2", "--dtype", "f32"), "--quiet", "-o", source], check=True)
    return [rasterize("area_km2", "--cog"), ["translate", source, "--cog", "--resampling", "average", "--compress", "zstd"]]


def main():
    xr = Path(sys.argv[1]).resolve()
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    moments = random.Random(1)
    fates = Counter()
    with tempfile.TemporaryDirectory() as inputs, tempfile.TemporaryDirectory() as folder:
        for command in prepare(xr, Path(inputs)):
            target = Path(folder) / "target.tif"
            write = [xr, *command, *["-o"] * (command[0] == "rasterize"), target, "--quiet", "--overwrite"]

            durations = []
            for _ in range(3):
                start = time.monotonic()
                subprocess.run(write, check=True)
                durations.append(time.monotonic() - start)
            expected = pixels(target)
            subprocess.run([xr, *rasterize("state_fips"), "--quiet", "--overwrite", "-o", target], check=True)
            old = target.read_bytes()

            for _ in range(runs // 2):
                process = subprocess.Popen(write)
                time.sleep(moments.uniform(0, max(durations)))
                process.send_signal(signal.SIGKILL)
                killed = process.wait() == -signal.SIGKILL
                if target.read_bytes() == old:
                    assert killed, "a run that ended well replaces the file"
                    fate = "old file"
                else:
                    subprocess.run([xr, "validate", "--cog", target], check=True, stdout=subprocess.DEVNULL)
                    np.testing.assert_array_equal(pixels(target), expected)
                    target.write_bytes(old)
                    fate = "new file"
                fates[command[0], "killed" if killed else "ended", fate] += 1
                left = [path.name for path in Path(folder).iterdir() if path != target]
                assert len(left) <= 1, f"temporary files pile up: {left}"
                fates["hidden file left"] += len(left)

            subprocess.run(write, check=True)
            assert list(Path(folder).iterdir()) == [target], "the next run tidies up"
            print(f"{command[0]}: {min(durations):.2f} to {max(durations):.2f} s undisturbed")
    for fate, count in fates.items():
        print(f"{count:4} {fate if isinstance(fate, str) else ', '.join(fate)}")


main()
