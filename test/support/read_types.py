"""Reads the parts of batches with pyarrow, DuckDB and Polars: stdin has a JSON list of their paths for each batch. The first column
numbers the rows.

stdout has a JSON list, for each batch: the columns' types as stored, the rows of each reader as texts, and the filters that return other rows than those
that satisfy them. Filters use the statistics of the parts: wrong ones lose rows.
"""

import datetime
import decimal
import json
import operator
import sys

import duckdb
import polars
import pyarrow.parquet as parquet


epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def text(value):
    """Instants are microseconds since 1970; trailing zeros do not count."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, datetime.datetime):
        return str((value - epoch) // datetime.timedelta(microseconds=1))
    if isinstance(value, datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    return str(value)


def stored(column):
    length = column.length if column.physical_type == "FIXED_LEN_BYTE_ARRAY" else None
    return [column.name, column.physical_type, length, str(column.logical_type), column.converted_type]


def read(paths):
    names = parquet.ParquetFile(paths[0]).schema_arrow.names
    table = parquet.read_table(paths)
    rows = sorted(zip(*(table.column(name).to_pylist() for name in names)))

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("CREATE VIEW parts AS SELECT * FROM read_parquet(?)".replace("?", json.dumps(paths).replace('"', "'")))
    types = dict(connection.execute("SELECT column_name, column_type FROM (DESCRIBE parts)").fetchall())
    zoned = {name for name, kind in types.items() if "ZONE" in kind}
    times = {name for name, kind in types.items() if kind == "TIME"}
    as_texts = ", ".join(
        f'epoch_us("{name}")::TEXT' if name in zoned else f'"{name}"' if name in times else f'"{name}"::TEXT' for name in names
    )
    duck = connection.execute(f'SELECT {as_texts} FROM parts ORDER BY "{names[0]}"').fetchall()
    frame = polars.scan_parquet(paths)

    operators = {"=": operator.eq, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
    wrong = []
    for at, name in enumerate(names):
        # JSON values cannot be compared.
        if str(table.schema.field(name).type) == "extension<arrow.json>":
            continue
        for value in {row[at] for row in rows} - {None}:
            for sign, compare in operators.items():
                wanted = [row[0] for row in rows if row[at] is not None and compare(row[at], value)]
                literal = "'%s'" % str(value).replace("'", "''")
                found = {
                    "pyarrow": parquet.read_table(paths, filters=[(name, sign if sign != "=" else "==", value)]).column(names[0]).to_pylist(),
                    "duckdb": [id for id, in connection.execute(f'SELECT "{names[0]}" FROM parts WHERE "{name}" {sign} {literal}::{types[name]}').fetchall()],
                    "polars": frame.filter(compare(polars.col(name), polars.lit(value, dtype=frame.collect_schema()[name]))).collect()[names[0]].to_list(),
                }
                wrong += [[reader, name, sign, str(value)] for reader, ids in found.items() if sorted(ids) != wanted]

    schema = parquet.ParquetFile(paths[0]).schema
    statistics = parquet.ParquetFile(paths[0]).metadata.row_group(0)
    return {
        "types": [stored(schema.column(at)) for at in range(len(names))],
        "arrow": [str(kind) for kind in parquet.ParquetFile(paths[0]).schema_arrow.types],
        "ranges": [statistics.column(at).is_stats_set and statistics.column(at).statistics.has_min_max for at in range(len(names))],
        "pyarrow": [[text(cell) for cell in row] for row in rows],
        "duckdb": [[text(cell) for cell in row] for row in duck],
        "polars": [[text(cell) for cell in row] for row in sorted(frame.collect().rows())],
        "wrong": wrong,
    }


print(json.dumps([read(paths) for paths in json.load(sys.stdin)]))
