"""One typed COPY in DuckDB, all rows in one file: a lower bound for any engine on DuckDB. usage: duckdb_copy.py CSV FOLDER"""

import sys

import duckdb

source, folder = sys.argv[1:3]
rows = f"read_csv('{source}', ignore_errors = true, nullstr = ['', 'NA'])"
columns = [name for name, *_ in duckdb.sql(f"describe from {rows}").fetchall()]
dates = [name for name in columns if "fecha" in name.lower() or "date" in name.lower()]
parsed = ", ".join(f"""try_strptime("{name}", '%d/%m/%Y')::date as "{name}\"""" for name in dates)
everything = ", ".join(f'"{name}"' for name in columns)
duckdb.sql(
    f"copy (select * replace ({parsed}) from {rows} where concat({everything}) <> '') "
    f"to '{folder}/part.parquet' (format parquet, compression snappy)"
)
