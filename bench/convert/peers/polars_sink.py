"""The same conversion with Polars' streaming engine: files of 500,000 rows. usage: polars_sink.py CSV FOLDER"""

import sys

import polars

source, folder = sys.argv[1:3]
frame = polars.scan_csv(source, infer_schema_length=10_000, ignore_errors=True, truncate_ragged_lines=True)
schema = frame.collect_schema()
frame = frame.rename({name: name.strip().lower().replace(" ", "_") for name in schema.names()})
dates = [
    polars.col(name).str.to_date("%d/%m/%Y", strict=False)
    for name, kind in frame.collect_schema().items()
    if kind == polars.String and ("fecha" in name or "date" in name)
]
frame = frame.with_columns(dates).filter(~polars.all_horizontal(polars.all().is_null()))
frame.sink_parquet(polars.PartitionBy(folder, max_rows_per_file=500_000), compression="snappy", mkdir=True)
