# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
"""Records for two topics, and the rows that must be left of them.

usage: changes.py DIRECTORY   writes orders.records, customers.records (key, tab, value), orders.tsv and customers.tsv
"""

import json
import random
import sys
from pathlib import Path

CHANGES = 20_000
NULL = "__no_value__"
"""Stands for a record without a value, which deletes its key."""

rng = random.Random(20240229)
directory = Path(sys.argv[1])


def orders():
    """Changes as Debezium writes them, with the row before."""
    rows = {}
    for number in range(CHANGES):
        id = rng.randint(1, CHANGES // 4)
        before = rows.get(id)
        if before and rng.random() < 0.25:
            after, op = None, "d"
            del rows[id]
        else:
            after = {"order_id": id, "customer": rng.choice(["Zoë", "Søren \"the great\"", "李雷", "O'Neil, Ann\\Bo", None]),
                     "amount": f"{rng.randint(0, 9_999_999) / 100:.2f}", "status": rng.choice(["placed", "paid", "sent", ""]),
                     "placed": f"2024-02-{1 + number % 29:02} {number % 24:02}:00:59"}
            rows[id], op = after, "u" if before else "c"
        yield {"order_id": id}, {"before": before, "after": after, "op": op, "ts_ms": number}
    return rows


def customers():
    """The last value of each key, in any order of keys."""
    rows = {}
    for _ in range(CHANGES):
        id = rng.randint(1, CHANGES // 4)
        if rng.random() < 0.25:
            rows.pop(id, None)
            yield {"customer_id": id}, None
        else:
            rows[id] = {"customer_id": id, "name": f"name {rng.randint(0, 999)}", "city": rng.choice(["København", "Kraków", "東京", None])}
            yield {"customer_id": id}, rows[id]
    return rows


def write(topic, changes):
    rows = None
    with open(directory / f"{topic}.records", "w", encoding="utf-8") as records:
        while True:
            try:
                key, value = next(changes)
            except StopIteration as end:
                rows = end.value
                break
            text = NULL if value is None else json.dumps(value, ensure_ascii=False)
            records.write(f"{json.dumps(key)}\t{text}\n")
    with open(directory / f"{topic}.tsv", "w", encoding="utf-8") as expected:
        for row in rows.values():
            expected.write("\t".join("NULL" if value is None else str(value) for value in row.values()) + "\n")


write("orders", orders())
write("customers", customers())
