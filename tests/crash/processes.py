# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
"""The processes of the farm. Each dies with the farm, whatever becomes of that: the kernel sees to it."""

import base64
import ctypes
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Failure(Exception):
    """The farm cannot go on, or a run went wrong."""


def wait_for(what, seconds, condition):
    """Polls until the condition returns something true, which is returned."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(0.1)


class Process:
    def __init__(self, name, command, log):
        self.name, self.command, self.log, self.process = name, command, Path(log), None
        self.environment = {}

    def start(self):
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self.offset = log.tell()
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                            env={**os.environ, **self.environment},
                                            preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))

    def await_line(self, text, seconds=300):
        """The first line with the text since the last start."""
        def line():
            if self.process.poll() is not None:
                raise Failure(f"{self.name} ended with {self.process.returncode}; its log is {self.log}")
            with open(self.log, "rb") as log:
                log.seek(self.offset)
                return next((line for line in log.read().decode(errors="replace").splitlines() if text in line), None)
        return wait_for(f"{self.name}: '{text}' in {self.log}", seconds, line)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


def request(method, url, body=None, headers=None, timeout=300):
    """The JSON that answers; an HTTP error is a Failure with its text."""
    call = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(call, timeout=timeout) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        raise Failure(f"{method} {url}: {error.code} {error.read().decode(errors='replace')[:3000]}") from error
    except OSError as error:
        raise Failure(f"{method} {url}: {error}") from error


class Server:
    """The embedded server with a data directory."""

    def __init__(self, srctl, directory, more):
        self.srctl, self.directory, self.more = srctl, Path(directory), more
        self.ports = {"fe_http": "0", "query": "0", "be_http": "0", "be": "0"}

    def start(self):
        command = [self.srctl, "server", "--faults", "--data-dir", str(self.directory / "data"), "--fe-http-port", self.ports["fe_http"],
                   "--query-port", self.ports["query"], "--be-http-port", self.ports["be_http"],
                   "--be-port", self.ports["be"], *self.more]
        self.process = Process("the server", command, self.directory / "server.log")
        self.process.start()
        ready = json.loads(self.process.await_line('"fe_http"'))
        self.ports = {key: address.rpartition(":")[2] for key, address in ready.items()}
        # By default a frontend forgets what became of a label after a thousand more loads of its database. On a slow machine eight jobs
        # make as many before one of them is restored, and must then stop, since it cannot know whether its rows are there.
        self.sql('ADMIN SET FRONTEND CONFIG ("label_keep_max_num" = "100000")')

    def kill(self):
        self.process.kill()

    def fault(self, fault):
        url = f"http://127.0.0.1:{self.ports['fe_http']}/api/_faults"
        request("POST" if fault else "DELETE", url, json.dumps(fault).encode() if fault else None,
                {"Authorization": "Basic " + base64.b64encode(b"root:").decode()})

    def sql(self, statement):
        """The rows of a query, as texts. The client doubles backslashes, as MySQL's own does."""
        done = subprocess.run([self.srctl, "sql", "--host", "127.0.0.1", "--port", self.ports["query"], "--user", "root", "--query", statement],
                              capture_output=True, timeout=120, check=False)
        if done.returncode:
            raise Failure(f"{statement}: {done.stderr.decode(errors='replace')}")
        return [tuple(line.replace("\\\\", "\\").split("\t")) for line in done.stdout.decode().split("\n") if line]


class Flink:
    """A session cluster, a JobManager and a TaskManager, with the connector in its lib/ or brought along by each job."""

    def __init__(self, java, conf, rest_port, work, connector_jar, job_jar):
        flags = ["--configDir", conf]
        self.jobmanager = Process("the JobManager", [java, "-Xmx768m", "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint", *flags],
                                  f"{work}/jobmanager.log")
        self.taskmanager = Process("the TaskManager", [java, "-Xmx768m", "-XX:MaxDirectMemorySize=512m", "org.apache.flink.runtime.taskexecutor.TaskManagerRunner", *flags],
                                   f"{work}/taskmanager.log")
        self.url, self.connector_jar, self.job_jar = f"http://127.0.0.1:{rest_port}", Path(connector_jar), Path(job_jar)
        self.whole_jar = Path(work) / "job-with-connector.jar"
        self.loader = None

    def bring_connector(self, loader):
        """Sees to a cluster that runs, for jobs whose connector is where the loader (plan.LOADERS) says."""
        if self.taskmanager.process and (loader == "lib") == (self.loader == "lib"):
            if loader != self.loader:
                self.loader = loader
                self.jar_id = self._upload()
            return
        self.kill()
        self.loader = loader
        for process in (self.jobmanager, self.taskmanager):
            process.environment = {"FLINK_LIB_JAR": str(self.connector_jar)} if loader == "lib" else {}
        self.start_jobmanager()
        self.start_taskmanager()
        self.await_taskmanager()

    @property
    def jar(self):
        """The JAR to submit."""
        if self.loader != "job":
            return self.job_jar
        if not self.whole_jar.exists():
            with zipfile.ZipFile(self.whole_jar, "w") as whole:
                for part in (self.connector_jar, self.job_jar):
                    with zipfile.ZipFile(part) as entries:
                        for name in set(entries.namelist()) - set(whole.namelist()):
                            whole.writestr(name, entries.read(name))
        return self.whole_jar

    def start_jobmanager(self):
        self.jobmanager.start()
        self.jobmanager.await_line("Rest endpoint listening")
        wait_for("the JobManager's answer", 300, lambda: self._quietly("/overview"))
        self.jar_id = self._upload()

    def start_taskmanager(self):
        self.taskmanager.start()

    def await_taskmanager(self):
        wait_for("a TaskManager with free slots", 300, lambda: (self._quietly("/overview") or {}).get("slots-available", 0) > 0)

    def kill(self):
        self.taskmanager.kill()
        self.jobmanager.kill()

    def _upload(self):
        boundary = "crash-farm"
        body = (f'--{boundary}\r\nContent-Disposition: form-data; name="jarfile"; filename="{self.jar.name}"\r\n'
                "Content-Type: application/x-java-archive\r\n\r\n").encode() + self.jar.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        answer = request("POST", self.url + "/jars/upload", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
        return Path(answer["filename"]).name

    def _quietly(self, path):
        try:
            return request("GET", self.url + path, timeout=10)
        except Failure:
            return None

    def _json(self, method, path, document=None):
        return request(method, self.url + path, json.dumps(document).encode() if document is not None else None, {"Content-Type": "application/json"})

    def run(self, arguments, parallelism, restore):
        """Submits a job; returns its id."""
        document = {"programArgsList": arguments, "entryClass": "com.starrocks.connector.crash.CrashJob", "parallelism": parallelism}
        if self.loader == "classpath":
            document["flinkConfiguration"] = {"pipeline.classpaths": self.connector_jar.resolve().as_uri()}
        if restore:
            document["savepointPath"] = restore
        return self._json("POST", f"/jars/{self.jar_id}/run", document)["jobid"]

    def state(self, job):
        answer = self._quietly(f"/jobs/{job}")
        return answer and answer["state"]

    def why(self, job):
        """The exceptions of a job, newest first."""
        history = ((self._quietly(f"/jobs/{job}/exceptions") or {}).get("exceptionHistory") or {}).get("entries", [])
        return "\n".join(entry["stacktrace"][:4000] for entry in history[:3])

    def cancel(self, job):
        self._json("PATCH", f"/jobs/{job}?mode=cancel")
        wait_for(f"the end of job {job}", 120, lambda: self.state(job) in ("CANCELED", "FAILED", "FINISHED"))

    def stop_with_savepoint(self, job, directory):
        """The savepoint, or None and why there is none."""
        def running():
            vertices = (self._quietly(f"/jobs/{job}") or {}).get("vertices", [])
            return vertices and all(vertex["status"] == "RUNNING" for vertex in vertices)
        try:
            wait_for(f"the tasks of job {job}", 60, running)
            trigger = self._json("POST", f"/jobs/{job}/stop", {"targetDirectory": directory, "drain": False})["request-id"]
        except Failure as failure:
            return None, str(failure)

        def done():
            answer = self._quietly(f"/jobs/{job}/savepoints/{trigger}")
            return answer and answer["status"]["id"] == "COMPLETED" and answer["operation"]
        operation = wait_for(f"a savepoint of job {job}", 180, done)
        return operation.get("location"), str(operation.get("failure-cause", {}).get("stack-trace", ""))[:2000]
