"""Reads a table of the Data Catalog as Athena and Trino do: the files of a partition with the types of the partition, cast to
the types of the table. A column that a partition lacks is null.

stdin has JSON: `columns` of the table, and `partitions` with `columns` and `paths`; a column is [name, type]. stdout has JSON:
the rows as texts, and the columns of partitions whose type is not that of the file.
"""

import json
import sys

import duckdb
import pyarrow.parquet as parquet

STORED = {
    "string": {("BYTE_ARRAY", "String"), ("BYTE_ARRAY", "JSON")},
    "int": {("INT32", "None")},
    "bigint": {("INT64", "None"), ("INT64", "Time")},
    "double": {("DOUBLE", "None")},
    "boolean": {("BOOLEAN", "None")},
    "date": {("INT32", "Date")},
    "timestamp": {("INT64", "Timestamp")},
}


def problem(name, catalog_type, path):
    schema = parquet.ParquetFile(path).schema
    column = schema.column(schema.names.index(name))
    logical = str(column.logical_type)
    if catalog_type.startswith("decimal"):
        precision, scale = catalog_type[len("decimal(") : -1].split(",")
        fits = logical == f"Decimal(precision={precision}, scale={scale})"
    else:
        fits = (column.physical_type, logical.split("(")[0]) in STORED[catalog_type]
    return None if fits else [name, catalog_type, column.physical_type, logical]


table = json.load(sys.stdin)
connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")
problems, rows = [], []
for partition in table["partitions"]:
    types, paths = dict(partition["columns"]), partition["paths"]
    for path in paths:
        assert sorted(parquet.ParquetFile(path).schema.names) == sorted(types)
        problems += filter(None, (problem(name, kind, path) for name, kind in types.items()))
    files = "read_parquet([%s])" % ", ".join("'%s'" % path for path in paths)
    stored = dict((name, kind) for name, kind, *_ in connection.execute(f"DESCRIBE SELECT * FROM {files}").fetchall())
    cells = []
    for name, kind in table["columns"]:
        value = f'epoch_us("{name}")' if stored.get(name) == "TIME" else f'"{name}"' if name in types else "NULL"
        cells.append("CAST(CAST(%s AS %s) AS VARCHAR)" % (value, "VARCHAR" if kind == "string" else kind))
    rows += connection.execute(f"SELECT {', '.join(cells)} FROM {files}").fetchall()
json.dump({"rows": rows, "problems": problems}, sys.stdout)
