# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
"""Rounds of jobs on a real Flink, into the embedded server, while both are killed; then each table is compared with the oracle.

A run is one job and its table. A round is JOBS runs side by side; its seed decides on everything but the exact moments (plan.py).
`scripts/crash.sh` prepares what the arguments name.
"""

import argparse
import json
import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

import oracle
from plan import JOBS, ROWS, plan
from processes import Failure, Flink, Server, wait_for

END_SECONDS = 600
"""Until a round whose events are over must have ended; many times what it takes."""


def say(text):
    print(f"crash: {text}", flush=True)


class Run:
    """A job of a round, over all its restarts."""

    def __init__(self, job, number, work):
        self.job, self.number, self.work = job, number, work
        self.tables = oracle.tables(job.name, job.many)
        self.parallelism, self.id, self.restore, self.ended = job.parallelism, None, None, False

    def submit(self, flink, server, release_file):
        job = self.job
        arguments = {"name": job.name, "model": job.model, "api": job.api, "count": ROWS, "rows-per-second": job.rows_per_second, "release-file": release_file,
                     "checkpoint-ms": job.checkpoint_ms}
        options = {"load-url": f"127.0.0.1:{server.ports['fe_http']}", "jdbc-url": f"jdbc:mysql://127.0.0.1:{server.ports['query']}", "database-name": "crash",
                   "table-name": "*" if job.many else job.name, "username": "root", "password": "", "sink.retry.interval-ms": "1000", **job.options}
        arguments.update({f"with.{key}": value for key, value in options.items()})
        self.id = flink.run([f"{key}={value}" for key, value in arguments.items()], self.parallelism, self.restore)

    def take_checkpoint(self):
        """The newest complete checkpoint is where the job will be restored from; without one that is where it was before."""
        complete = [path.parent for path in (self.work / "checkpoints" / self.id).glob("chk-*/_metadata")]
        if complete:
            self.restore = str(max(complete, key=lambda path: int(path.name.removeprefix("chk-"))))

    def check(self, server):
        expected = oracle.expected(self.job.model, ROWS)
        for number, table in enumerate(self.tables):
            want = [row for row in expected if not self.job.many or oracle.table_of(row) == number]
            wrong = oracle.differences(self.job.model, self.job.exactly_once, want, server.sql(oracle.select(table)))
            if wrong:
                raise Failure(f"{self.job}: {table} differs from the oracle: {'; '.join(wrong)}")


class Farm:
    def __init__(self, arguments):
        self.arguments, self.work = arguments, Path(arguments.work)
        self.flink = Flink(arguments.java, arguments.flink_conf, arguments.rest_port, self.work, arguments.connector_jar, arguments.job_jar)
        self.server = None
        self.counts = Counter()

    def round(self, seed):
        shutil.rmtree(self.work / "round", ignore_errors=True)
        shutil.rmtree(self.work / "checkpoints", ignore_errors=True)
        release_file = self.work / "round" / "release"
        this = plan(seed)
        self.flink.bring_connector(this.loader)
        # Transactions over several tables come with 4.0; the rest is tested with the server's default.
        more = ["--compat-version", "4.0.0"] if any(job.shares for job in this.jobs) else []
        self.server = Server(self.arguments.srctl, self.work / "round", more)
        self.server.start()
        self.server.sql("CREATE DATABASE crash")
        runs = [Run(job, number, self.work) for number, job in enumerate(this.jobs)]
        for run in runs:
            for table in run.tables:
                self.server.sql(oracle.create_table(table, run.job.model))
            run.submit(self.flink, self.server, release_file)
        try:
            for event in this.events:
                time.sleep(event.after)
                self.happen(event, runs, release_file)
            self.server.fault(None)
            release_file.touch()
            for event in this.late:
                time.sleep(event.after)
                self.happen(event, runs, release_file)
            self.server.fault(None)
            for run in runs:
                self.await_end(run)
            for run in runs:
                run.check(self.server)
        except Failure as failure:
            raise Failure(f"{failure}\nthe connector is in: {this.loader}\nthe jobs:\n" + "\n".join(f"  {run.job}" for run in runs) + "\nthe events:\n"
                          + "\n".join(f"  {event}" for event in this.events) + "\nand at the end:\n" + "\n".join(f"  {event}" for event in this.late)) from failure
        self.counts["runs"] += len(runs)
        for run in runs:
            job = run.job
            self.counts["exactly-once" if job.exactly_once else "at-least-once"] += 1
            self.counts.update(["tables"] * len(run.tables) + ["runs into many tables"] * job.many + ["runs with merge commit"] * job.merges
                               + ["runs with transactions over several tables"] * job.shares
                               + ["runs from a user class loader"] * (this.loader != "lib"))
        left = self.server.sql("SELECT LABEL FROM information_schema.loads WHERE DB_NAME = 'crash' AND STATE NOT IN ('FINISHED', 'CANCELLED')")
        self.counts["transactions left to their time-out"] += len(left)
        self.server.kill()

    def happen(self, event, runs, release_file):
        # On a slow machine the events outlast a job; it is not run again, since a finished job keeps no checkpoint.
        for run in runs:
            run.ended = run.ended or self.flink.state(run.id) == "FINISHED"
        run = runs[event.job]
        outcome = ""
        if run.ended and event.kind in ("cancel", "savepoint"):
            outcome = " too late"
        elif event.kind == "fault":
            self.server.fault(event.fault)
        elif event.kind == "server":
            self.server.kill()
            time.sleep(event.away)
            self.server.start()
        elif event.kind == "taskmanager":
            self.flink.taskmanager.kill()
            time.sleep(event.away)
            self.flink.start_taskmanager()
        elif event.kind == "jobmanager":
            self.flink.jobmanager.kill()
            time.sleep(event.away)
            self.flink.start_jobmanager()
            self.flink.await_taskmanager()
            for run in runs:
                if not run.ended:
                    run.take_checkpoint()
                    run.submit(self.flink, self.server, release_file)
        elif event.kind == "cancel":
            self.flink.cancel(run.id)
            run.take_checkpoint()
            run.parallelism = event.parallelism
            run.submit(self.flink, self.server, release_file)
        elif event.kind == "savepoint":
            outcome = self.stop_and_restore(event, run, release_file)
        self.counts[(event.kind + outcome)] += 1

    def stop_and_restore(self, event, run, release_file):
        directory = self.work / "checkpoints" / f"savepoint-{run.job.name}-{time.monotonic_ns()}"
        savepoint, _ = self.flink.stop_with_savepoint(run.id, str(directory))
        if not savepoint:
            # A job that fails while it stops goes on from its last checkpoint, unless the savepoint is complete: then it
            # stays failed, because only the savepoint knows of what it has committed.
            if self.flink.state(run.id) not in ("FAILED", "FAILING"):
                return " refused"
            savepoint = next((str(path.parent) for path in directory.glob("*/_metadata")), None)
            if not savepoint:
                raise Failure(f"{run.job} failed for good:\n{self.flink.why(run.id)}")
        wait_for(f"the end of {run.job.name}", 120, lambda: self.flink.state(run.id) in ("FINISHED", "FAILED"))
        run.restore, run.parallelism = savepoint, event.parallelism
        run.submit(self.flink, self.server, release_file)
        return ""

    def await_end(self, run):
        def ended():
            if run.ended:
                return True
            state = self.flink.state(run.id)
            if state in ("FAILED", "CANCELED"):
                raise Failure(f"{run.job} is {state}:\n{self.flink.why(run.id)}")
            return state == "FINISHED"
        try:
            wait_for(f"the end of {run.job.name}", END_SECONDS, ended)
        except Failure as failure:
            raise Failure(f"{failure}\n{run.job} is {self.flink.state(run.id)}, last seen:\n{self.flink.why(run.id)}") from failure

    def close(self):
        self.flink.kill()
        if self.server:
            self.server.kill()


def main():
    parser = argparse.ArgumentParser(description="Kills a real Flink and the embedded server under jobs, and compares their tables with an oracle.")
    for name in ("srctl", "java", "flink-conf", "rest-port", "work", "connector-jar", "job-jar"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--runs", type=int, default=JOBS, help=f"rounded up to rounds of {JOBS}")
    parser.add_argument("--seed", type=int, help="of the first round; the next ones count on from it")
    arguments = parser.parse_args()
    first = arguments.seed if arguments.seed is not None else random.randrange(1_000_000)
    rounds = -(-arguments.runs // JOBS)
    farm, failed, seed = Farm(arguments), [], None
    try:
        say(f"{rounds} rounds of {JOBS} runs, seeds {first} to {first + rounds - 1}")
        for seed in range(first, first + rounds):
            started = time.monotonic()
            try:
                farm.round(seed)
                say(f"seed {seed}: {JOBS} runs right after {time.monotonic() - started:.0f} s")
            except Failure as failure:
                failed.append(seed)
                kept = farm.work / f"failed-{seed}"
                say(f"seed {seed}: FAILED {failure}\n  logs and data are in {kept}; once more: make crash SEED={seed} RUNS={JOBS}")
                farm.close()
                shutil.rmtree(kept, ignore_errors=True)
                kept.mkdir()
                for path in ("round", "checkpoints", "jobmanager.log", "taskmanager.log"):
                    if (farm.work / path).exists():
                        shutil.move(farm.work / path, kept / path)
    finally:
        farm.close()
        with open(farm.work / "counts.json", "w", encoding="utf-8") as out:
            json.dump({"seeds": [first, seed], "failed": failed, "counts": farm.counts}, out, indent=1)
    say(", ".join(f"{count} {what}" for what, count in sorted(farm.counts.items())))
    if failed:
        say(f"FAILED seeds {' '.join(map(str, failed))}")
        sys.exit(1)
    say(f"OK {farm.counts['runs']} runs, every table as it must be")


if __name__ == "__main__":
    main()
