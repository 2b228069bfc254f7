"""Compares the values of Parquet files with those of the first one. usage: compare.py FILE ..."""

import os
import sys

import pyarrow.parquet as parquet

first = parquet.read_table(sys.argv[1])
for path in sys.argv[2:]:
    table = parquet.read_table(path)
    other = table.rename_columns(first.column_names).cast(first.schema)
    differing = [name for name in first.column_names if not first[name].equals(other[name])]
    types = [f"{a.name} {b.type}" for a, b in zip(first.schema, table.schema) if a.type != b.type]
    print(f"pyarrow reads from {os.path.basename(path)}: {'equal' if not differing else 'differs in ' + ', '.join(differing)}", end="")
    print(f"; other types: {', '.join(types)}" if types else "")
