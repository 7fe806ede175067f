#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs the examples of the guides: the SQL scripts in one session of the SQL client, the DataStream programs one by one, the scan of the Rust
# SDK and an export. The tables must be tests/examples/expected.tsv, the file tests/examples/exported.csv. The quick start and the Kafka
# example have scripts of their own.
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
SQL=(csv json primary-key partial-update conditional-update merge-commit catalog lookup read)
PROGRAMS=(CsvLines JsonLines Objects ManyTables SharedTransactions ReadRows)

rm -rf "$WORK"
mkdir -p "$WORK/classes"
server_start --compat-version 4.0.0
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

say "scanning and exporting a table"
recent="since >= '2020-01-01'"
cargo build --quiet --workspace --example scan || fail "the example of the SDK was not built"
"$CARGO_TARGET_DIR/debug/examples/scan" "$SERVER_FE_HTTP" guide customers "$recent" >"$WORK/scan.txt" 2>"$WORK/scan.log" || fail "the example of the SDK failed" "$WORK/scan.log"
scanned=$(awk '/^tablet [0-9]+: [0-9]+ rows$/ { rows += $3 } END { print rows + 0 }' "$WORK/scan.txt")
[[ $scanned == 3 ]] || fail "the example of the SDK read $scanned rows instead of 3" "$WORK/scan.txt"
"$SRCTL" export --fe-http "$SERVER_FE_HTTP" -u root --table guide.customers --columns id,name,since --where "$recent" --format csv \
    -o "$WORK/exported.csv" >"$WORK/export.log" 2>&1 || fail "the export failed" "$WORK/export.log"
# Rows come in no order, after the line of names.
{ head -n 1 "$WORK/exported.csv" && tail -n +2 "$WORK/exported.csv" | LC_ALL=C sort; } >"$WORK/sorted.csv"
same tests/examples/exported.csv "$WORK/sorted.csv" "tests/examples/exported.csv differs from $WORK/exported.csv"

server_sql <tests/examples/check.sql >"$WORK/actual.tsv" 2>"$WORK/check.log" || fail "the tables cannot be read" "$WORK/check.log"
same tests/examples/expected.tsv "$WORK/actual.tsv" "tests/examples/expected.tsv differs from $WORK/actual.tsv"
stop_all
say "OK ${#SQL[@]} SQL scripts, ${#PROGRAMS[@]} programs, a scan and an export"
