"""Runs a query of one table as Athena does: each partition has its own files, and columns that they lack are null.

The first argument is a file with JSON: `database`, `table`, `sql`, `columns` and `keys` as [name, type], and `partitions`
with `values` and `paths`. stdout has the rows as CSV.
"""

import csv
import json
import sys

import duckdb

with open(sys.argv[1]) as file:
    query = json.load(file)
connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")
kinds = {"string": "varchar"}
selects = []
for partition in query["partitions"]:
    files = "read_parquet([%s])" % ", ".join("'%s'" % path for path in partition["paths"])
    stored = {name for name, *_ in connection.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()}
    cells = [
        'CAST(%s AS %s) AS "%s"' % (f'"{name}"' if name in stored else "NULL", kinds.get(kind, kind), name)
        for name, kind in query["columns"]
    ]
    cells += [
        "CAST('%s' AS %s) AS \"%s\"" % (value, kinds.get(kind, kind), name)
        for (name, kind), value in zip(query["keys"], partition["values"])
    ]
    selects.append(f"SELECT {', '.join(cells)} FROM {files}")
connection.execute(f"CREATE SCHEMA {query['database']}")
connection.execute(f"CREATE VIEW {query['database']}.{query['table']} AS {' UNION ALL '.join(selects)}")
csv.writer(sys.stdout, lineterminator="\n").writerows(connection.execute(query["sql"]).fetchall())
