#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# The crash farm: jobs on a real Flink into the embedded server; JobManager, TaskManager and server are killed, requests fail at
# every step of a transaction, jobs are stopped, restored and rescaled. Each table must then be what the oracle says.
#
# usage: scripts/crash.sh SRCTL CONNECTOR_JAR JOB_JAR RUNS [SEED]   (`make crash` builds all three and calls this)

NAME=crash
WORK=build/crash
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/flink.sh
source scripts/flink.sh
SRCTL=$1
JAR=$2
JOB_JAR=$3
RUNS=$4
SEED=${5:-}

rm -rf "$WORK"
mkdir -p "$WORK"
FLINK_SLOTS=24
FLINK_MORE_CONF="execution.checkpointing.timeout: 60 s
execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
execution.checkpointing.tolerable-failed-checkpoints: 1000
state.checkpoints.dir: file://$ROOT/$WORK/checkpoints
restart-strategy.type: fixed-delay
restart-strategy.fixed-delay.attempts: 1000
restart-strategy.fixed-delay.delay: 300 ms
heartbeat.interval: 1000
heartbeat.timeout: 30000
slot.request.timeout: 300000
web.timeout: 300000
pekko.ask.timeout: 60 s"
flink_configure 1.20

# One executable for Python to start Flink's processes with; FLINK_LIB_JAR joins the class path as if it lay in lib/.
cat >"$WORK/java" <<SCRIPT
#!/bin/sh
exec "$JAVA" ${FLINK_JVM_FLAGS[*]} -XX:+UseG1GC "-Dlog4j2.configurationFile=$FLINK_CONF/log4j2.properties" -cp "$FLINK_CLASSPATH\${FLINK_LIB_JAR:+:\$FLINK_LIB_JAR}" "\$@"
SCRIPT
chmod +x "$WORK/java"

exec python3 tests/crash/farm.py --srctl "$SRCTL" --java "$ROOT/$WORK/java" --flink-conf "$FLINK_CONF" --rest-port "$FLINK_REST_PORT" \
    --work "$ROOT/$WORK" --connector-jar "$JAR" --job-jar "$JOB_JAR" --runs "$RUNS" ${SEED:+--seed "$SEED"}
