"""Prints the columns and rows of a Parquet file as JSON. Values are exact texts."""

import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq


def text(value, kind):
    if value is None:
        return None
    if pa.types.is_decimal(kind):
        return format(value, "f")
    if pa.types.is_temporal(kind):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


file = pq.ParquetFile(sys.argv[1])
columns = []
for at in range(len(file.schema)):
    column = file.schema.column(at)
    columns.append(
        {"name": column.name, "physical": column.physical_type, "type": str(file.schema_arrow.field(at).type)}
    )
table = file.read()
rows = [[] for _ in range(table.num_rows)]
for field, column in zip(table.schema, table.columns):
    for row, value in zip(rows, column.to_pylist()):
        row.append(text(value, field.type))
json.dump({"columns": columns, "rows": rows}, sys.stdout)
