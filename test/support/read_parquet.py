"""Reads Parquet files with pyarrow: their paths are lines on stdin. Of each, stdout has a line of JSON with its column names and
the number of its rows, then a line for each row, in the form that test/support/pyarrow.ts has, too."""

import json
import sys
from json.encoder import encode_basestring as text

import pyarrow
import pyarrow.parquet as parquet


def texts(column):
    kind = column.type
    if pyarrow.types.is_string(kind):
        return column.to_pylist(), text
    if pyarrow.types.is_boolean(kind):
        return column.to_pylist(), lambda value: "true" if value else "false"
    if pyarrow.types.is_int64(kind):
        return column.to_pylist(), str
    if pyarrow.types.is_float64(kind):
        return column.view(pyarrow.int64()).to_pylist(), lambda bits: '{"double":"%016x"}' % (bits & (1 << 64) - 1)
    if kind == pyarrow.date32():
        return column.view(pyarrow.int32()).to_pylist(), lambda days: '{"micros":%d}' % (days * 86400 * 1000000)
    if pyarrow.types.is_timestamp(kind) and kind.unit == "us":
        return column.view(pyarrow.int64()).to_pylist(), lambda micros: '{"micros":%d}' % micros
    raise TypeError(kind)


def cells(column):
    # In one piece, also where there is nothing in it.
    values, form = texts(pyarrow.concat_arrays(column.chunks or [pyarrow.array([], column.type)]))
    return ["null" if value is None else form(value) for value in values]


for line in sys.stdin:
    table = parquet.ParquetFile(line.rstrip("\n")).read()
    print(json.dumps({"names": table.column_names, "rows": table.num_rows}))
    for row in zip(*map(cells, table.columns)):
        print("[" + ",".join(row) + "]")
