"""Makes xr-core/src/spline/fmm/basis.f64: the basis in which the spline's fast sums hold what boxes do to each other.

pip install numpy
python scripts/make_spline_basis.py xr-core/src/spline/fmm/basis.f64

Charges and potentials of a box lie on 16 × 16 Chebyshev nodes of the square |x|, |y| ≤ 1. Boxes that are not neighbours but whose
parents are lie at 40 offsets; the basis is that of the left singular vectors of all 40 matrices of φ between the nodes, and
of those of ½r², which φ at another scale is in need of. Every one is even or odd in x and in y, so that a quarter of its
entries is all of them.

The file: 80 vectors by falling singular value, each an unsigned 64-bit number, 1 if odd in x plus 2 if odd in y, and 64 doubles,
little-endian: its entries at the nodes with x, y > 0, x fast, from the largest node down.
"""

import sys

import numpy as np

SIDE, VECTORS = 16, 80

nodes = np.cos((2 * np.arange(SIDE) + 1) * np.pi / (2 * SIDE))
nodes = (nodes - nodes[::-1]) / 2
x, y = np.tile(nodes, SIDE), np.repeat(nodes, SIDE)
matrices = []
for dy in range(-3, 4):
    for dx in range(-3, 4):
        if max(abs(dx), abs(dy)) > 1:
            r2 = (x[:, None] - x - 2 * dx) ** 2 + (y[:, None] - y - 2 * dy) ** 2
            matrices += [0.5 * r2 * np.log(r2), 0.5 * r2]
rows = np.hstack(matrices).reshape(SIDE, SIDE, -1)

vectors = []
for odd in range(4):
    folded = rows + (-1) ** (odd & 1) * rows[:, ::-1]
    folded = folded + (-1) ** (odd >> 1) * folded[::-1]
    quarter = folded[: SIDE // 2, : SIDE // 2].reshape(SIDE * SIDE // 4, -1) / 2
    left, values, _ = np.linalg.svd(np.linalg.qr(quarter.T, mode="r").T)
    # The quarter has half of the length of the whole.
    vectors += [(-value, odd, left[:, k] / 2) for k, value in enumerate(values)]
vectors.sort(key=lambda vector: vector[:2])
with open(sys.argv[1], "wb") as file:
    for value, odd, entries in vectors[:VECTORS]:
        file.write(np.uint64(odd).tobytes() + entries.astype("<f8").tobytes())
print(f"singular values {-vectors[0][0]:.3e} … {-vectors[63][0]:.3e} (64) … {-vectors[VECTORS - 1][0]:.3e}")
