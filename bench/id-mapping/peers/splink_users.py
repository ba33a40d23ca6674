"""Users by the clustering of Splink on DuckDB; the IDs and the edges it works on are made in SQL.

Usage: splink_users.py REQUEST
"""

import json
import sys
import time

import duckdb
from splink import DuckDBAPI
from splink.clustering import cluster_pairwise_predictions_at_threshold

from distinct_ids import quoted


def number_ids(connection, tables):
    """Makes `ids (id, id_type, id_value, place)`: `place` is that of the first table."""
    cells = " UNION ALL ".join(
        f"""SELECT {quoted(column["idType"])} AS id_type, "{column["column"]}" AS id_value,
              {place} AS place
            FROM read_parquet({quoted(table["file"])}) WHERE "{column["column"]}" IS NOT NULL"""
        for place, table in enumerate(tables)
        for column in table["columns"]
    )
    connection.execute(
        f"""CREATE TABLE found AS
            SELECT id_type, id_value, min(place)::UTINYINT AS place FROM ({cells}) GROUP BY ALL"""
    )
    connection.execute("CREATE VIEW ids AS SELECT rowid AS id, * FROM found")


def rows_sql(table):
    """The IDs of each row as a list of numbers."""
    columns = table["columns"]
    joins = " ".join(
        f"""LEFT JOIN ids AS i{place} ON i{place}.id_type = {quoted(column["idType"])}
            AND i{place}.id_value = t."{column["column"]}" """
        for place, column in enumerate(columns)
    )
    numbers = ", ".join(f"i{place}.id" for place in range(len(columns)))
    return f"""SELECT list_filter([{numbers}], lambda id: id IS NOT NULL) AS row_ids
               FROM read_parquet({quoted(table["file"])}) AS t {joins}"""


def link(connection, tables):
    """Makes `edges`: each row's first ID with each of its others, once."""
    rows = " UNION ALL ".join(rows_sql(table) for table in tables)
    connection.execute(
        f"""CREATE TABLE edges AS
            SELECT DISTINCT row_ids[1] AS id_l, unnest(row_ids[2:]) AS id_r FROM ({rows})"""
    )


def write(connection, request, clusters):
    names = ", ".join(quoted(table["name"]) for table in request["tables"])
    [(count,)] = connection.execute(
        f"""COPY (
              SELECT format('{{:032x}}', c.cluster_id) AS one_id, i.id_type, i.id_value,
                [{names}][i.place + 1] AS first_table, {quoted(request["runId"])} AS run_id
              FROM ids AS i JOIN {clusters} AS c USING (id)
            ) TO {quoted(request["output"])} (FORMAT parquet)"""
    ).fetchall()
    [(users,)] = connection.execute(
        f"SELECT count(DISTINCT cluster_id) FROM {clusters}"
    ).fetchall()
    return count, users


def main(request):
    started = time.perf_counter()
    seconds = {}

    def end(phase):
        seconds[phase] = round(time.perf_counter() - started - sum(seconds.values()), 2)

    connection = duckdb.connect()
    connection.execute(f"SET temp_directory = {quoted(request['scratchDir'])}")
    connection.execute("SET preserve_insertion_order = false")
    number_ids(connection, request["tables"])
    end("numbering")
    link(connection, request["tables"])
    end("edges")
    clusters = cluster_pairwise_predictions_at_threshold(
        "ids", "edges", DuckDBAPI(connection), node_id_column_name="id"
    )
    end("linking")
    count, users = write(connection, request, clusters.physical_name)
    end("writing")
    print(json.dumps({"ids": count, "users": users, "seconds": seconds}))


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        main(json.load(file))
