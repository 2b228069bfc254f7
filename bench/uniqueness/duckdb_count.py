"""Counts the rows that repeat a key, in DuckDB. usage: duckdb_count.py CSV FOLDER MEMORY_LIMIT"""

import sys

import duckdb

source, folder, memory = sys.argv[1:4]
duckdb.sql(f"set memory_limit = '{memory}'; set temp_directory = '{folder}'; set preserve_insertion_order = false")
columns = "{'order': 'varchar', 'amount': 'double', 'shop': 'varchar'}"
((repeats,),) = duckdb.sql(
    f"""select count("order") - count(distinct "order") from read_csv('{source}', columns = {columns})"""
).fetchall()
print(repeats)
