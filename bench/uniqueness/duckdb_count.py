"""Counts the rows that repeat a key, in DuckDB with 512 MB. usage: duckdb_count.py CSV FOLDER"""

import sys

import duckdb

source, folder = sys.argv[1:3]
duckdb.sql(f"set memory_limit = '512MB'; set temp_directory = '{folder}'; set preserve_insertion_order = false")
columns = "{'order': 'varchar', 'amount': 'double', 'shop': 'varchar'}"
((repeats,),) = duckdb.sql(
    f"""select count("order") - count(distinct "order") from read_csv('{source}', columns = {columns})"""
).fetchall()
print(repeats)
