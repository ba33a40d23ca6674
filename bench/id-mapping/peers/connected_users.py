"""Users by connected components of scipy: IDs become numbers per type, rows become edges.

Usage: connected_users.py REQUEST ENCODER, where ENCODER is what numbers the IDs: `pandas` (factorize,
one type after the other) or `arrow` (dictionary_encode, types at the same time: it leaves the GIL).
"""

import binascii
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

NOBODY = -1


class Phases:
    """Seconds of each step."""

    def __init__(self):
        self.seconds = {}
        self._from = time.perf_counter()

    def end(self, name):
        now = time.perf_counter()
        self.seconds[name] = round(now - self._from, 2)
        self._from = now


def read_tables(tables):
    """The ID columns of each table as Arrow holds them."""
    return [
        pq.read_table(table["file"], columns=[column["column"] for column in table["columns"]])
        for table in tables
    ]


def cells_of(tables, data, id_type):
    """Columns of one type, in the order of tables and columns: (place of table, of column, cells)."""
    return [
        (place, column_place, data[place].column(column["column"]))
        for place, table in enumerate(tables)
        for column_place, column in enumerate(table["columns"])
        if column["idType"] == id_type
    ]


def encode_with_pandas(parts):
    """Numbers in order of appearance, NOBODY for none; and the IDs that they stand for."""
    codes, values = pd.factorize(pd.concat([part.to_pandas() for part in parts], ignore_index=True))
    return codes.astype(np.int32), pa.array(values)


def encode_with_arrow(parts):
    """The same by Arrow's own kernel."""
    encoded = pa.chunked_array([chunk for part in parts for chunk in part.chunks])
    encoded = encoded.dictionary_encode().combine_chunks()
    codes = encoded.indices.fill_null(NOBODY).to_numpy(zero_copy_only=False)
    return codes, encoded.dictionary


def number_ids(tables, data, id_types, encoder):
    """For each type its IDs and the place of the first table of each; for each table its numbers."""
    encode = encode_with_pandas if encoder == "pandas" else encode_with_arrow
    threads = 1 if encoder == "pandas" else os.cpu_count()
    numbers = [[None] * len(table["columns"]) for table in tables]

    def number(id_type):
        cells = cells_of(tables, data, id_type)
        codes, values = encode([part for _, _, part in cells])
        first_table = np.empty(len(values), dtype=np.int8)
        start = seen = 0
        for place, column_place, part in cells:
            own = codes[start : start + len(part)]
            numbers[place][column_place] = own
            start += len(part)
            # Numbers are in order of appearance: those above all former ones appear here first.
            now_seen = max(seen, int(own.max(initial=NOBODY)) + 1)
            first_table[seen:now_seen] = place
            seen = now_seen
        return values, first_table

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(number, id_types)), numbers


def edges_of(columns, offsets):
    """Each row's first ID with each of its others."""
    first = np.where(columns[0] < 0, NOBODY, columns[0] + offsets[0]).astype(np.int32)
    sources, targets = [], []
    for codes, offset in zip(columns[1:], offsets[1:]):
        there = codes >= 0
        ids = codes + np.int32(offset)
        linked = there & (first >= 0)
        sources.append(first[linked])
        targets.append(ids[linked])
        begins = there & (first < 0)
        first[begins] = ids[begins]
    return np.concatenate(sources), np.concatenate(targets)


def link(tables, numbers, starts):
    """The number of the component of each ID."""
    edges = [
        edges_of(numbers[place], [starts[column["idType"]] for column in table["columns"]])
        for place, table in enumerate(tables)
    ]
    sources = np.concatenate([source for source, _ in edges])
    targets = np.concatenate([target for _, target in edges])
    size = starts["end"]
    graph = coo_array((np.ones(len(sources), dtype=np.int8), (sources, targets)), (size, size))
    return connected_components(graph.tocsr(), directed=False)


def one_ids(count):
    """32 hexadecimal digits for each component."""
    numbers = np.zeros((count, 2), dtype=">u8")
    numbers[:, 1] = np.arange(count)
    digits = binascii.hexlify(numbers.tobytes())
    offsets = np.arange(0, 32 * count + 1, 32, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(digits))


def constant(text, count):
    return pa.DictionaryArray.from_arrays(np.zeros(count, dtype=np.int8), pa.array([text]))


def write(request, id_types, ids, users, roots):
    """One row for each ID, as a job of Tablegate writes it; the types one after the other."""
    schema = pa.schema(
        [
            ("one_id", pa.dictionary(pa.int32(), pa.string())),
            ("id_type", pa.dictionary(pa.int8(), pa.string())),
            ("id_value", pa.string()),
            ("first_table", pa.dictionary(pa.int8(), pa.string())),
            ("run_id", pa.dictionary(pa.int8(), pa.string())),
        ]
    )
    user_ids = one_ids(users)
    names = pa.array([table["name"] for table in request["tables"]])
    start = 0
    # Dictionaries of what hardly repeats cost time and save nothing.
    repeated = ["id_type", "first_table", "run_id"]
    with pq.ParquetWriter(request["output"], schema, use_dictionary=repeated) as writer:
        for id_type, (values, first_table) in zip(id_types, ids):
            end = start + len(values)
            columns = [
                pa.DictionaryArray.from_arrays(roots[start:end], user_ids),
                constant(id_type, len(values)),
                values.cast(pa.string()),
                pa.DictionaryArray.from_arrays(first_table, names),
                constant(request["runId"], len(values)),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            start = end


def main(request, encoder):
    phases = Phases()
    tables = request["tables"]
    id_types = sorted({column["idType"] for table in tables for column in table["columns"]})
    data = read_tables(tables)
    phases.end("reading")
    ids, numbers = number_ids(tables, data, id_types, encoder)
    del data
    phases.end("numbering")
    counts = [len(values) for values, _ in ids]
    starts = dict(zip([*id_types, "end"], np.cumsum([0, *counts]).tolist()))
    users, roots = link(tables, numbers, starts)
    del numbers
    phases.end("linking")
    write(request, id_types, ids, users, roots)
    phases.end("writing")
    print(json.dumps({"ids": sum(counts), "users": int(users), "seconds": phases.seconds}))


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        main(json.load(file), sys.argv[2])
