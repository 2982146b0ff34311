"""Writes the small fixtures of this folder with GDAL (pyogrio 0.13.0) and pyarrow 26.0.1."""
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

BIG = 2**53 + 1
hole = shapely.from_wkt("POLYGON Z ((0 0 7,0 10 7,10 10 7,10 0 7,0 0 7),(2 2 7,4 2 7,4 4 7,2 4 7,2 2 7))")
pair = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (1 2),GEOMETRYCOLLECTION (LINESTRING (3 4,5 6,7 8)))")
fields = ["id", "flag", "name", "real"]
data = [
    np.array([BIG, -BIG, 7], dtype=np.int64),
    np.array([True, False, True]),
    np.array(["Zürich", None, "東京"], dtype=object),
    np.array([0.1 + 0.2, 1e-300, -2.5]),
]


def write(path, geometries, rows, **options):
    pyogrio.raw.write(
        path,
        geometry=np.array([None if g is None else shapely.to_wkb(g, flavor="iso") for g in geometries], dtype=object),
        field_data=[column[:rows] for column in data],
        fields=fields,
        geometry_type=options.pop("geometry_type"),
        crs=options.pop("crs", "EPSG:2056"),
        **options,
    )


write("scalars.shp", [hole, None], 2, geometry_type="Polygon Z", encoding="UTF-8")
write("scalars.fgb", [hole, None, pair], 3, geometry_type="Unknown", SPATIAL_INDEX="NO")
write("heights.fgb", [hole], 1, geometry_type="Polygon Z", SPATIAL_INDEX="NO")

geometry = pa.array([shapely.to_wkb(hole, flavor="iso"), None, shapely.to_wkb(pair)], type=pa.binary())
unsigned = pa.array([2**64 - 1, None, 1], type=pa.uint64())
decimal = pa.array(["12.50", "-0.01", None]).cast(pa.decimal128(20, 2))
columns = {"geometry": geometry, "unsigned": unsigned, "decimal": decimal}
columns |= {name: pa.array(column, from_pandas=True) for name, column in zip(fields, data)}
columns["category"] = pa.array(["a", "b", "a"]).dictionary_encode()
table = pa.table(columns)
geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}}}
pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), "scalars.parquet", compression="zstd")
