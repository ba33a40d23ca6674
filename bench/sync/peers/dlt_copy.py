"""Rows by dlt, for each pair of places in the quickest of its ways that were tried.

Usage: dlt_copy.py PAIR SOURCE TARGET FOLDER
"""

import os
import sys

PAIR, SOURCE, TARGET, FOLDER = sys.argv[1:]
# All that it keeps goes into the folder, and nothing is told to anybody.
os.environ.update(
    {
        "DLT_DATA_DIR": FOLDER,
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "ERROR",
    }
)

import dlt  # noqa: E402
from dlt.destinations import duckdb, postgres  # noqa: E402
from dlt.sources.sql_database import sql_table  # noqa: E402
from pyarrow import csv  # noqa: E402

# Parquet goes into PostgreSQL by ADBC, which does not take all types of the CSV.
FORMS = {"pg-pg": "parquet", "csv-pg": "csv", "pg-duckdb": "parquet"}


def rows_of_postgres(url):
    """Arrow tables out of COPY, in place of rows of Python."""
    return sql_table(
        credentials=url.replace("postgres://", "postgresql+psycopg2://"),
        schema="public",
        table="source",
        backend="connectorx",
        reflection_level="full_with_precision",
        backend_kwargs={"return_type": "arrow_stream", "batch_size": 100_000},
    )


@dlt.resource(name="source")
def rows_of_csv(file):
    yield from csv.open_csv(
        file,
        read_options=csv.ReadOptions(block_size=16 << 20),
        # Else what is missing becomes an empty text.
        convert_options=csv.ConvertOptions(
            strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


def make_file():
    """In the form that the DuckDB of the comparison reads as well."""
    from duckdb import connect

    with connect() as engine:
        engine.execute(f"ATTACH '{TARGET}' AS target (STORAGE_VERSION 'v1.2.0')")


def main():
    rows = rows_of_csv(SOURCE) if PAIR == "csv-pg" else rows_of_postgres(SOURCE)
    if PAIR == "pg-duckdb":
        make_file()
        destination = duckdb(TARGET)
    else:
        destination = postgres(TARGET.replace("postgres://", "postgresql://"))
    pipeline = dlt.pipeline(
        "bench", destination=destination, dataset_name="moved", pipelines_dir=FOLDER
    )
    pipeline.run(rows, write_disposition="append", loader_file_format=FORMS[PAIR])


if __name__ == "__main__":
    main()
