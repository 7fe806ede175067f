#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs the examples of the guide: the SQL scripts in one session of the SQL client, the DataStream programs one by one, and compares the
# tables with tests/examples/expected.tsv. The quick start and the Kafka example have scripts of their own.
#
# usage: scripts/examples.sh SRCTL CONNECTOR_JAR

NAME=examples
WORK=build/examples
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/flink.sh
source scripts/flink.sh
# shellcheck source=scripts/server.sh
source scripts/server.sh
SRCTL=$1
JAR=$2
SQL=(csv json primary-key partial-update conditional-update merge-commit catalog)
PROGRAMS=(CsvLines JsonLines Objects ManyTables)

rm -rf "$WORK"
mkdir -p "$WORK/classes"
server_start
server_sql <examples/sql/create-guide.sql >"$WORK/create.log" 2>&1 || fail "the tables could not be created" "$WORK/create.log"
say "starting Flink $(flink_version 1.20)"
flink_start 1.20

say "running ${SQL[*]}"
for example in "${SQL[@]}"; do
    sed -e "s|127\.0\.0\.1:8030|$SERVER_FE_HTTP|" -e "s|127\.0\.0\.1:9030|$SERVER_QUERY|" "examples/sql/$example.sql"
done >"$WORK/examples.sql"
flink_sql "$WORK/examples.sql" "$WORK/sql-client.log" "$JAR" || fail "a SQL script failed" "$WORK/sql-client.log"

say "compiling and running ${PROGRAMS[*]}"
FLINK_CLASSPATH+=:$(realpath "$JAR"):$ROOT/$WORK/classes
"${JAVA}c" -nowarn -d "$WORK/classes" -cp "$FLINK_CLASSPATH" examples/datastream/*.java >"$WORK/javac.log" 2>&1 || fail "the programs do not compile" "$WORK/javac.log"
for program in "${PROGRAMS[@]}"; do
    (flink_java -Xmx512m "$program" "$SERVER_FE_HTTP" "$SERVER_QUERY") >"$WORK/$program.log" 2>&1 || fail "$program failed" "$WORK/$program.log"
done

server_sql <tests/examples/check.sql >"$WORK/actual.tsv" 2>"$WORK/check.log" || fail "the tables cannot be read" "$WORK/check.log"
diff tests/examples/expected.tsv "$WORK/actual.tsv" >"$WORK/diff.txt" || fail "tests/examples/expected.tsv differs from $WORK/actual.tsv" "$WORK/diff.txt"
stop_all
say "OK ${#SQL[@]} SQL scripts and ${#PROGRAMS[@]} programs"
