"""Reads Parquet files with pyarrow: their paths are lines on stdin, and each becomes a line of JSON on stdout."""

import datetime
import json
import struct
import sys

import pyarrow.parquet as parquet

EPOCH = datetime.datetime(1970, 1, 1)


def cell(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return {"boolean": value}
    if isinstance(value, int):
        return {"integer": str(value)}
    if isinstance(value, float):
        return {"double": struct.pack(">d", value).hex()}
    if isinstance(value, datetime.datetime):
        return {"micros": str((value.replace(tzinfo=None) - EPOCH) // datetime.timedelta(microseconds=1))}
    if isinstance(value, datetime.date):
        return {"micros": str((value - EPOCH.date()).days * 86400 * 1000000)}
    raise TypeError(type(value))


for line in sys.stdin:
    table = parquet.ParquetFile(line.rstrip("\n")).read()
    columns = [[cell(value) for value in column.to_pylist()] for column in table.columns]
    print(json.dumps({"names": table.column_names, "rows": list(zip(*columns))}), flush=True)
