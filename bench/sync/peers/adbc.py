"""PostgreSQL into a DuckDB file by ADBC and Arrow.

Usage: adbc.py URL TABLE FILE
"""

import sys

import adbc_driver_postgresql.dbapi
import duckdb


def main(url, table, file):
    target = duckdb.connect()
    target.execute("SET TimeZone = 'UTC'")
    # In the form that the DuckDB of the comparison reads as well.
    target.execute(f"ATTACH '{file}' AS target (STORAGE_VERSION 'v1.2.0')")
    with adbc_driver_postgresql.dbapi.connect(url) as source, source.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        rows = cursor.fetch_record_batch()
        target.execute("CREATE TABLE target.copied AS SELECT * FROM rows")
    target.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
