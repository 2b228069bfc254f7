"""The usual pandas loop: one Parquet file for each chunk of 500,000 rows. usage: pandas_loop.py CSV FOLDER"""

import sys

import pandas

source, folder = sys.argv[1:3]
for number, chunk in enumerate(pandas.read_csv(source, chunksize=500_000), 1):
    chunk.columns = [name.strip().lower().replace(" ", "_") for name in chunk.columns]
    for name in chunk.select_dtypes(include=["object", "string"]).columns:
        if "fecha" in name or "date" in name:
            chunk[name] = pandas.to_datetime(chunk[name], errors="coerce", format="%d/%m/%Y")
    chunk = chunk.dropna(how="all")
    chunk.to_parquet(f"{folder}/part-{number:05d}.parquet", index=False, compression="snappy")
