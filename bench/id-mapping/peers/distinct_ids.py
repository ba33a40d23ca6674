"""The limit: reads all IDs, keeps each once, writes them. It does not say who is one user.

Usage: distinct_ids.py REQUEST
"""

import json
import sys
import time

import duckdb


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def cells(tables):
    """All IDs of all tables, as (id_type, id_value)."""
    return " UNION ALL ".join(
        f"""SELECT {quoted(column["idType"])} AS id_type, "{column["column"]}" AS id_value
            FROM read_parquet({quoted(table["file"])}) WHERE "{column["column"]}" IS NOT NULL"""
        for table in tables
        for column in table["columns"]
    )


def main(request):
    started = time.perf_counter()
    connection = duckdb.connect()
    connection.execute(f"SET temp_directory = {quoted(request['scratchDir'])}")
    # The order of rows means nothing, and keeping it costs time.
    connection.execute("SET preserve_insertion_order = false")
    [(count,)] = connection.execute(
        f"""COPY (SELECT DISTINCT id_type, id_value FROM ({cells(request["tables"])}))
            TO {quoted(request["output"])} (FORMAT parquet)"""
    ).fetchall()
    seconds = {"all": round(time.perf_counter() - started, 2)}
    print(json.dumps({"ids": count, "users": None, "seconds": seconds}))


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        main(json.load(file))
