# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
"""What happens in a round: the same seed, the same jobs and events. Only when exactly an event hits is left to the machine."""

import random
from dataclasses import dataclass

JOBS = 8
"""Jobs that run side by side in a round and share its crashes."""
ROWS = 28_800
"""Rows of a job: whole groups of changes (see oracle.py) at every parallelism."""
MAX_PARALLELISM = 3
LOADERS = ["lib", "job", "classpath"]
"""Where the connector comes from: Flink's lib/, the JAR of the job, or pipeline.classpaths."""


@dataclass
class Job:
    name: str
    model: str
    """Of the table: duplicate, aggregate, unique, primary."""
    api: str
    """sql, rows (objects and a row builder), texts (CSV lines) or tables (rows that name their tables)."""
    exactly_once: bool
    parallelism: int
    rows_per_second: int
    checkpoint_ms: int
    options: dict

    @property
    def many(self):
        return self.api == "tables"

    @property
    def merges(self):
        return "sink.properties.enable_merge_commit" in self.options

    @property
    def shares(self):
        return "sink.transaction.multi-table.enabled" in self.options

    def __str__(self):
        options = " ".join(f"{key.removeprefix('sink.')}={value}" for key, value in sorted(self.options.items()))
        return f"{self.name}: {self.model} table{'s' if self.many else ''}, {self.api}, parallelism {self.parallelism}, {options}"


@dataclass
class Event:
    kind: str
    """fault, taskmanager, jobmanager, server, savepoint or cancel."""
    after: float
    """Seconds after the event before."""
    job: int = 0
    """Which job a savepoint or cancel hits."""
    parallelism: int = 0
    """With which parallelism that job goes on."""
    away: float = 0.0
    """Seconds until a killed process is started again."""
    fault: dict = None

    def __str__(self):
        what = {"savepoint": f"stop job {self.job} with a savepoint, restore at parallelism {self.parallelism}",
                "cancel": f"cancel job {self.job}, restore its checkpoint at parallelism {self.parallelism}",
                "fault": f"fault {self.fault}"}
        return what.get(self.kind, f"kill -9 {self.kind}")


@dataclass
class Round:
    seed: int
    loader: str
    """One of LOADERS."""
    jobs: list
    events: list
    """While the sources hold back their last rows."""
    late: list
    """While the rest is written and the jobs end."""


def plan(seed):
    rng = random.Random(seed)
    loader = rng.choice(LOADERS)
    jobs = [_job(rng, f"r{seed}_{i}") for i in range(JOBS)]
    events = [_event(rng, ["fault"] * 8 + ["taskmanager"] * 2 + ["server"] * 3 + ["savepoint"] * 3 + ["cancel"] * 3 + ["jobmanager"])
              for _ in range(rng.randint(6, 10))]
    # Without a JobManager nobody knows whether a job has ended: it is not killed once they may.
    late = [_event(rng, ["fault"] * 3 + ["taskmanager"] + ["server"] * 2) for _ in range(rng.randint(0, 3))]
    return Round(seed, loader, jobs, events, late)


def _job(rng, name):
    model = rng.choice(["duplicate"] * 4 + ["primary"] * 3 + ["unique", "aggregate"])
    api = rng.choice(["sql", "sql", "rows", "tables", "tables"] + ([] if model == "primary" else ["texts"]))
    exactly_once = rng.random() < 0.6
    options = {"sink.semantic": "exactly-once" if exactly_once else "at-least-once", "sink.label-prefix": name}
    if api in ("sql", "tables"):
        options["sink.use.new-sink-api"] = rng.choice(["true", "false"])
    if api != "texts" and ((api, model) == ("tables", "primary") or rng.random() < 0.5):
        options["sink.properties.format"] = "json"
    if rng.random() < 0.3:
        options["sink.properties.compression"] = "lz4_frame"
    # A few bytes a load, so that a transaction consists of several.
    chunks = "sink.chunk-limit"
    if not exactly_once:
        if rng.random() < 0.5:
            options["sink.buffer-flush.interval-ms"] = "1000"
        way = rng.choice(["transactions", "plain", "merge"] + ["shared"] * (api == "tables"))
        if way == "plain":
            options["sink.at-least-once.use-transaction-stream-load"] = "false"
        elif way == "shared":
            options["sink.transaction.multi-table.enabled"] = "true"
        elif way == "merge":
            options.update(_merge_commit(rng, in_order=model in ("primary", "unique")))
            chunks = "sink.merge-commit.chunk.size"
    if rng.random() < 0.4:
        options[chunks] = "8192"
    return Job(name, model, api, exactly_once, rng.randint(1, MAX_PARALLELISM), rng.choice([150, 240, 400]), rng.choice([200, 500, 1500]), options)


def _merge_commit(rng, in_order):
    return {"sink.properties.enable_merge_commit": "true",
            "sink.properties.merge_commit_interval_ms": rng.choice(["50", "300", "1000"]),
            "sink.properties.merge_commit_async": rng.choice(["true", "false"]),
            "sink.merge-commit.max-concurrent-requests": rng.choice(["0", "1"] if in_order else ["0", "3", "-1"]),
            "sink.merge-commit.backend-direct-connection": rng.choice(["true", "false"]),
            "sink.merge-commit.check-label-state.init-delay-ms": "50",
            "sink.merge-commit.check-label-state.interval-ms": "50"}


def _event(rng, kinds):
    event = Event(rng.choice(kinds), round(rng.uniform(0.1, 2.0), 2))
    event.job = rng.randrange(JOBS)
    event.parallelism = rng.randint(1, MAX_PARALLELISM)
    event.away = round(rng.uniform(0.0, 2.5), 2)
    if event.kind == "fault":
        event.fault = _fault(rng)
    return event


def _fault(rng):
    fault = {"at": rng.choice(["begin", "load", "load", "prepare", "prepare", "commit", "commit", "commit", "rollback", "stream_load", "stream_load", "label_state"])}
    fault["do"] = rng.choice(["reset", "drop_reply", "drop_reply", "delay", "answer"])
    fault["times"] = rng.randint(1, 4)
    if fault["do"] == "delay":
        fault["ms"] = rng.choice([50, 500, 3000])
    if fault["do"] == "answer":
        fault.update(rng.choice([
            {"code": 500, "body": "<html>Internal Server Error</html>"},
            {"code": 503, "body": ""},
            {"code": 200, "body": ""},
            {"code": 200, "body": "{\"Status\": \"OK"},
            {"code": 200, "body": "{\"Status\": \"INTERNAL_ERROR\", \"Message\": \"out of disk\"}"},
        ]))
    return fault
