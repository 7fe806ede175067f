# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
"""What a table must hold at the end, said once more than in the job itself (Numbers.java), and how a table differs from it."""

from collections import Counter
from datetime import datetime, timedelta

KEYS, CHANGES, GROUPS, TABLES = 300, 4, 1000, 4
START = datetime(2024, 1, 1)

COLUMNS = {
    "duplicate": "n BIGINT, name VARCHAR(60), price DECIMAL(12, 2), at DATETIME",
    "aggregate": "n BIGINT SUM, name VARCHAR(60) MAX, price DECIMAL(12, 2) SUM, at DATETIME MAX",
}
COLUMNS["unique"] = COLUMNS["primary"] = COLUMNS["duplicate"]


def create_table(name, model):
    return (f"CREATE TABLE crash.{name} (id BIGINT NOT NULL, {COLUMNS[model]}) {model.upper()} KEY(id)"
            f" DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")")


def select(name):
    return f"SELECT id, n, name, price, at FROM crash.{name}"


def name(n):
    return "NULL" if n % 7 == 0 else f"nümber \"{n}\", \\ '雪'"


def price(cents):
    return f"{cents // 100}.{cents % 100:02}"


def at(n):
    return str(START + timedelta(seconds=n))


def row(id, n):
    return (str(id), str(n), name(n), price(n), at(n))


def tables(name, many):
    """The tables of a job, in the order of their numbers."""
    return [f"{name}_{i}" for i in range(TABLES)] if many else [name]


def table_of(row):
    """Which of many tables a row goes to. A table has rows in turn, so that its writers are closed and opened again."""
    return int(row[0]) // KEYS % TABLES


def expected(model, count):
    """The rows of a table after `count` numbers, each as texts."""
    if model == "duplicate":
        return [row(n, n) for n in range(count)]
    if model == "aggregate":
        groups = {}
        for n in range(count):
            groups.setdefault(n % GROUPS, []).append(n)
        return [(str(id), str(sum(ns)), max((name(n) for n in ns if n % 7), key=lambda text: text.encode()), price(sum(ns)), at(max(ns)))
                for id, ns in groups.items()]
    last = {}
    for n in range(count):
        key = n // (KEYS * CHANGES) * KEYS + n % KEYS
        change = n // KEYS % CHANGES
        deleted = model == "primary" and (change == 2 and n % KEYS % 3 == 0 or change == 3 and n % KEYS % 6 == 3)
        last[key] = None if deleted else n
    return [row(key, n) for key, n in last.items() if n is not None]


def differences(model, exactly_once, want, actual):
    """What is wrong with the rows of a table, in words; nothing if they are right."""
    want, have = Counter(want), Counter(actual)
    if model == "aggregate" and not exactly_once:
        # A row that counts twice shows in the sums alone, and is no loss.
        return _at_least(want, have)
    lost, extra = want - have, have - want
    if not exactly_once:
        extra = Counter({row: times for row, times in extra.items() if row not in want})
    return [f"{len(rows)} rows {what}, such as {_sample(rows)}" for what, rows in (("lost", lost), ("doubled or wrong", extra)) if rows]


def _at_least(want, have):
    rows = {row[0]: row for row in have}
    wrong = [row for row in want
             if row[0] not in rows or int(rows[row[0]][1]) < int(row[1]) or (rows[row[0]][2], rows[row[0]][4]) != (row[2], row[4])]
    return [f"{len(wrong)} groups lost rows, such as {_sample(wrong)}"] if wrong or len(rows) != len(have) else []


def _sample(rows):
    rows = sorted(rows)
    return "; ".join("|".join(row) for row in rows[:3] + rows[-1:])
