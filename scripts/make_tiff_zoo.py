"""Makes small TIFF files of every kind with GDAL and tifffile, and says what their pixels are.

apt install gdal-bin proj-data; pip install rasterio tifffile imagecodecs
python scripts/make_tiff_zoo.py FOLDER [/usr/share/proj/egm96_15.gtx]
XR_TIFF_ZOO=FOLDER cargo test -p xr-geotiff --test zoo -- --ignored --nocapture

FOLDER/zoo.json lists images: file, number of the directory, size, type, transform, EPSG code, nodata, and the file with
the expected samples (little-endian, band after band), as rasterio (GDAL) or tifffile (imagecodecs) reads them.
"""

import itertools
import json
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import rasterio
import tifffile
from rasterio.transform import Affine

WIDTH, HEIGHT = 61, 47
TYPES = "uint8 int8 uint16 int16 uint32 int32 uint64 int64 float32 float64".split()
GDAL_TYPES = [name for name in TYPES if name != "int8"]
NORTH_UP = Affine(30, 0, 500000, 0, -30, 4000000)
PREDICTED = ("LZW", "DEFLATE", "ZSTD")


def pixels(dtype, bands, height=HEIGHT, width=WIDTH):
    """A smooth surface with noise, over the type's whole range."""
    band, row, column = np.indices((bands, height, width))
    rng = np.random.default_rng(7)
    surface = np.sin(row / 9 + band) * np.cos(column / 7) + rng.normal(0, 0.01, row.shape)
    surface[:, 5:12, 8:30] = 0.25
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return (surface * 1000).astype(dtype)
    info = np.iinfo(dtype)
    unit = (np.clip(surface, -1, 1) + 1) / 2
    return (float(info.min) + unit * (float(info.max) - float(info.min)) * 0.999).astype(dtype)


class Zoo:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.entries = []
        self.contents = {}

    def path(self, name):
        return self.folder / f"{name}.tif"

    def add(self, path, expected, image=0, **facts):
        """`expected` is bands × rows × columns."""
        data = np.ascontiguousarray(expected).astype(expected.dtype.newbyteorder("<")).tobytes()
        name = self.contents.setdefault(data, f"{zlib.crc32(data):08x}-{len(data)}.bin")
        (self.folder / name).write_bytes(data)
        bands, height, width = expected.shape
        entry = dict(file=path.name, image=image, width=width, height=height, bands=bands, expected=name)
        self.entries.append(entry | dict(dtype=expected.dtype.name) | facts)

    def add_as_gdal_reads(self, path, image=0, overview=None, directory=None):
        name = str(path) if directory is None else f"GTIFF_DIR:{directory}:{path}"
        options = {} if overview is None else {"overview_level": overview}
        with rasterio.open(name, **options) as source:
            facts = dict(nodata=None if source.nodata is None else str(source.nodata))
            if overview is None and directory is None and source.transform != Affine.identity():
                facts["transform"] = list(source.transform.to_gdal())
                facts["epsg"] = source.crs.to_epsg() if source.crs else None
                facts["scale_offset"] = [[s, o] for s, o in zip(source.scales, source.offsets)]
            self.add(path, source.read(), image, **facts)


def translate(source, target, *options):
    subprocess.run(["gdal_translate", "-q", *options, str(source), str(target)], check=True)


def creation(**options):
    return [word for key, value in options.items() for word in ("-co", f"{key}={value}")]


def gdal_matrix(zoo):
    layouts = {
        "strips": dict(BLOCKYSIZE=7),
        "onestrip": dict(BLOCKYSIZE=HEIGHT),
        "tiles": dict(TILED="YES", BLOCKXSIZE=32, BLOCKYSIZE=16),
    }
    codecs = [("NONE", 1), ("PACKBITS", 1)]
    codecs += [(codec, predictor) for codec in PREDICTED for predictor in (1, 2, 3)]
    jobs = []
    for dtype in GDAL_TYPES:
        source = zoo.folder / f"source-{dtype}.tif_"
        write(source, pixels(dtype, 3), nodata=None)
        for (codec, predictor), layout in itertools.product(codecs, layouts):
            if predictor == 3 and not dtype.startswith("float"):
                continue
            for bands, interleave in ((1, "PIXEL"), (3, "PIXEL"), (3, "BAND")):
                for order, big in (("LITTLE", "NO"), ("BIG", "NO"), ("LITTLE", "YES"), ("BIG", "YES")):
                    name = f"gdal-{dtype}-{codec}-p{predictor}-{layout}-{bands}{interleave}-{order}-{big}"
                    options = creation(COMPRESS=codec, INTERLEAVE=interleave, ENDIANNESS=order, BIGTIFF=big)
                    options += creation(**layouts[layout])
                    options += creation(PREDICTOR=predictor) if codec in PREDICTED else []
                    options += [word for band in range(bands) for word in ("-b", str(band + 1))]
                    jobs.append((source, zoo.path(name), options))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda job: translate(job[0], job[1], *job[2]), jobs))
    for _, path, _ in jobs:
        zoo.add_as_gdal_reads(path)


def write(path, data, transform=NORTH_UP, crs="EPSG:32613", tags=None, **options):
    bands, height, width = data.shape
    profile = dict(driver="GTiff", width=width, height=height, count=bands, dtype=data.dtype)
    with rasterio.open(path, "w", **profile, transform=transform, crs=crs, **options) as image:
        image.write(data)
        if tags:
            image.update_tags(**tags)


def gdal_bits(zoo):
    layouts = {"strips": dict(BLOCKYSIZE=7), "tiles": dict(TILED="YES", BLOCKXSIZE=16, BLOCKYSIZE=32)}
    for bits, codec, layout, bands, interleave in itertools.product(
        (1, 2, 4), ("NONE", "PACKBITS", "LZW", "DEFLATE"), layouts, (1, 3), ("PIXEL", "BAND")
    ):
        source = zoo.folder / f"source-{bits}-bit-{bands}.tif_"
        write(source, pixels("uint8", bands) >> (8 - bits))
        path = zoo.path(f"gdal-{bits}bit-{codec}-{layout}-{bands}{interleave}")
        options = creation(NBITS=bits, COMPRESS=codec, INTERLEAVE=interleave, **layouts[layout])
        translate(source, path, *options)
        zoo.add_as_gdal_reads(path)
    for codec, order in itertools.product(("NONE", "LZW", "DEFLATE", "ZSTD"), ("LITTLE", "BIG")):
        path = zoo.path(f"gdal-f16-{codec}-{order}")
        source = zoo.folder / "source-float32.tif_"
        options = creation(NBITS=16, COMPRESS=codec, ENDIANNESS=order, TILED="YES", BLOCKXSIZE=32, BLOCKYSIZE=32)
        translate(source, path, *options)
        zoo.add_as_gdal_reads(path)


def gdal_georeference(zoo):
    data = pixels("int16", 1)
    rotated = Affine(20, 5, 700000, 4, -25, 5000000)
    write(zoo.path("gdal-rotated"), data, transform=rotated, crs="EPSG:3035", nodata=-9999)
    point, degrees = {"AREA_OR_POINT": "Point"}, Affine(0.1, 0, 10, 0, -0.1, 50)
    write(zoo.path("gdal-point"), data, transform=degrees, crs="EPSG:4326", tags=point)
    write(zoo.path("gdal-rotated-point"), data, transform=rotated, tags=point)
    write(zoo.path("gdal-south-up"), data, transform=Affine(30, 0, 500000, 0, 30, 4000000))
    for name in ("gdal-rotated", "gdal-point", "gdal-rotated-point", "gdal-south-up"):
        zoo.add_as_gdal_reads(zoo.path(name))
    path = zoo.path("gdal-scaled")
    translate(zoo.folder / "source-int16.tif_", path, "-a_scale", "0.01", "-a_offset", "-273.15", "-a_nodata", "-9999")
    zoo.add_as_gdal_reads(path)


def gdal_sparse(zoo):
    nodata = dict(uint8=255, int16=-9999, float32=float("nan"), float64=None, int64=-(2**53))
    for dtype, nodata in nodata.items():
        data = pixels(dtype, 3)
        data[:, 16:48, 16:48] = 0 if nodata is None else nodata
        for interleave, codec in itertools.product(("pixel", "band"), ("none", "zstd")):
            path = zoo.path(f"gdal-sparse-{dtype}-{interleave}-{codec}")
            layout = dict(tiled=True, blockxsize=16, blockysize=16, interleave=interleave)
            write(path, data, nodata=nodata, compress=codec, sparse_ok=True, **layout)
            zoo.add_as_gdal_reads(path)


def gdal_pyramids(zoo):
    """Overviews and masks; directories in the order in which GDAL writes them."""
    for codec in ("NONE", "DEFLATE", "ZSTD", "LZW"):
        source = zoo.folder / "source-large.tif_"
        data = pixels("uint8", 3, 300, 200)
        write(source, data)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(source, "r+") as image:
            image.write_mask((data[0] > 60).astype("uint8") * 255)
        cog = zoo.path(f"gdal-cog-{codec}")
        translate(source, cog, "-of", "COG", *creation(COMPRESS=codec, BLOCKSIZE=128, OVERVIEW_COUNT=2))
        add_pyramid(zoo, cog)
        added = zoo.path(f"gdal-added-{codec}")
        options = creation(COMPRESS=codec, TILED="YES", BLOCKXSIZE=64, BLOCKYSIZE=64)
        translate(source, added, "--config", "GDAL_TIFF_INTERNAL_MASK", "YES", *options)
        subprocess.run(["gdaladdo", "-q", "-r", "average", str(added), "2", "4", "8"], check=True)
        add_pyramid(zoo, added)


def add_pyramid(zoo, path):
    zoo.add_as_gdal_reads(path)
    with rasterio.open(path) as image:
        levels = len(image.overviews(1))
    images = [page for page in tifffile.TiffFile(path).pages]
    overviews = [i for i, page in enumerate(images) if page.subfiletype == 1]
    overviews.sort(key=lambda i: -images[i].imagewidth)
    assert len(overviews) == levels, (path, len(overviews), levels)
    for level, i in enumerate(overviews):
        zoo.add_as_gdal_reads(path, image=i, overview=level)
    for i, page in enumerate(images):
        if page.subfiletype & 4:
            zoo.add(path, page.asarray()[np.newaxis].astype("uint8"), image=i)
    zoo.entries[-1]["overviews"] = overviews


def gdal_geoid(zoo, grid):
    """A real grid of 1440 × 721 geoid heights."""
    layouts = {"strips": {}, "tiles": dict(TILED="YES"), "onestrip": dict(BLOCKYSIZE=721)}
    for codec, predictor in [("NONE", 1), ("PACKBITS", 1), *itertools.product(PREDICTED, (1, 2, 3))]:
        options = creation(COMPRESS=codec) + (creation(PREDICTOR=predictor) if codec in PREDICTED else [])
        for layout, order in itertools.product(layouts, ("LITTLE", "BIG")):
            path = zoo.path(f"geoid-{codec}-p{predictor}-{layout}-{order}")
            translate(grid, path, *options, *creation(ENDIANNESS=order, **layouts[layout]))
            zoo.add_as_gdal_reads(path)
        if codec != "PACKBITS":
            path = zoo.path(f"geoid-cog-{codec}-p{predictor}")
            named = {1: "NO", 2: "STANDARD", 3: "FLOATING_POINT"}[predictor]
            translate(grid, path, "-of", "COG", *creation(COMPRESS=codec, PREDICTOR=named))
            add_pyramid(zoo, path)


def tifffile_matrix(zoo):
    codecs = {"none": None, "deflate8": "adobe_deflate", "deflate32946": "deflate"}
    codecs |= {"lzw": "lzw", "packbits": "packbits", "zstd": "zstd"}
    layouts = {"onestrip": {}, "strips": dict(rowsperstrip=5), "tiles": dict(tile=(16, 32))}
    dtypes = [*TYPES, "float16"]
    for dtype, codec, layout, order, big in itertools.product(dtypes, codecs, layouts, "<>", (False, True)):
        has_predictor = codec not in ("none", "packbits") and not dtype.endswith("int64")
        predictors = [False, True] if has_predictor else [False]
        for predictor, planar in itertools.product(predictors, ("single", "contig", "separate")):
            data = pixels(dtype, 1 if planar == "single" else 3)
            form = f"{'le' if order == '<' else 'be'}-{'big' if big else 'classic'}"
            name = f"tifffile-{dtype}-{codec}-p{int(predictor)}-{layout}-{planar}-{form}"
            options = dict(compression=codecs[codec], predictor=predictor, metadata=None, photometric="minisblack")
            if planar != "single":
                options["planarconfig"] = planar
            image = data[0] if planar == "single" else np.moveaxis(data, 0, 2) if planar == "contig" else data
            path = zoo.path(name)
            tifffile.imwrite(path, image, byteorder=order, bigtiff=big, **layouts[layout], **options)
            np.testing.assert_array_equal(tifffile.imread(path).reshape(image.shape), image)
            zoo.add(path, data.astype("float32") if dtype == "float16" else data)


def tifffile_others(zoo):
    bits = pixels("uint8", 1)[0] > 100
    for codec in (None, "packbits", "lzw", "zstd"):
        path = zoo.path(f"tifffile-bool-{codec}")
        tifffile.imwrite(path, bits, compression=codec, photometric="minisblack")
        zoo.add(path, bits[np.newaxis].astype("uint8"))

    # Pages of their own, and a pyramid below the first page (tag SubIFDs).
    path = zoo.path("tifffile-pages")
    pages = [pixels("uint16", 1, 40, 30)[0], pixels("float32", 1, 20, 50)[0]]
    with tifffile.TiffWriter(path) as writer:
        for page in pages:
            writer.write(page, compression="zlib")
    for i, page in enumerate(pages):
        zoo.add(path, page[np.newaxis], image=i)
    path = zoo.path("tifffile-subifds")
    full = pixels("uint16", 1, 64, 80)[0]
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        writer.write(full, tile=(16, 16), subifds=2, compression="zstd")
        writer.write(full[::2, ::2], tile=(16, 16), subfiletype=1, compression="zstd")
        writer.write(full[::4, ::4], tile=(16, 16), subfiletype=1, compression="zstd")
    zoo.add(path, full[np.newaxis], overviews=[1, 2])
    zoo.add(path, full[np.newaxis, ::2, ::2], image=1)
    zoo.add(path, full[np.newaxis, ::4, ::4], image=2)

    # A palette, and five bands of which two have no colour.
    path = zoo.path("tifffile-palette")
    colours = np.arange(768, dtype="uint16").reshape(3, 256) * 85
    tifffile.imwrite(path, pixels("uint8", 1)[0], photometric="palette", colormap=colours)
    zoo.add(path, pixels("uint8", 1), palette=[int(c) for c in colours.T.flatten()])
    path = zoo.path("tifffile-extra")
    five = pixels("uint8", 5)
    tifffile.imwrite(path, np.moveaxis(five, 0, 2), photometric="rgb", extrasamples=["unassalpha", "unspecified"])
    zoo.add(path, five, extra_samples=[2, 0])


def main():
    zoo = Zoo(sys.argv[1])
    parts = [gdal_matrix, gdal_bits, gdal_georeference, gdal_sparse, gdal_pyramids, tifffile_matrix, tifffile_others]
    for make in parts:
        make(zoo)
        print(f"{make.__name__}: {len(zoo.entries)} images so far", flush=True)
    for grid in sys.argv[2:]:
        gdal_geoid(zoo, grid)
    (zoo.folder / "zoo.json").write_text(json.dumps(zoo.entries))
    print(f"{len({entry['file'] for entry in zoo.entries})} files, {len(zoo.entries)} images")


main()
