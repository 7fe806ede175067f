#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Programs that were compiled against the original connector, unchanged on our JAR: every form of its API, run with both JARs, must leave
# the same tables; and a job that the original ran up to a savepoint is continued by ours with every row once.
#
# usage: scripts/programs.sh SRCTL CONNECTOR_JAR [FLINK_LINE]

NAME=programs
WORK=build/programs
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/flink.sh
source scripts/flink.sh
# shellcheck source=scripts/server.sh
source scripts/server.sh
# shellcheck source=scripts/original.sh
source scripts/original.sh

SRCTL=$1
JAR=$2
LINE=${3:-1.20}
JAVAC=${JAVA_HOME:+$JAVA_HOME/bin/}javac
# What Programs.java writes into.
TABLES=(csv_texts json_texts row_builder rows_of_tables_1 rows_of_tables_2 rows_with_meta serialization_1 serialization_2
    row_transformer generic_transformer flink_rows flink_rows_v2 row_data_schema sdk committer read_rows read_some read_count)
# Interface of the sink, and whether the job dies after one savepoint or after a second one that is lost.
STATES=(function:once function:twice sink:once sink:twice v1:once v1:twice)

rm -rf "$WORK"
mkdir -p "$WORK/classes"
original_fetch "$LINE"
flink_classpath "$LINE"
say "compiling the programs against connector $ORIGINAL"
"$JAVAC" -nowarn -d "$WORK/classes" -cp "$ORIGINAL_JAR:$FLINK_CLASSPATH" tests/original/*.java >"$WORK/javac.log" 2>&1 ||
    fail "the programs do not compile against the original" "$WORK/javac.log"
server_start

# program LOG JAR CLASS ARGUMENT...: in a JVM with Flink inside.
program() {
    local log=$1 jar=$2
    shift 2
    (FLINK_CONF=$ROOT/$WORK flink_java -Xmx700m -XX:MaxDirectMemorySize=512m -cp "$WORK/classes:$jar:$FLINK_CLASSPATH" "$@") >"$log" 2>&1
}

rows() { server_sql --query "SELECT * FROM $1" | LC_ALL=C sort; }

for engine in original ours; do
    jar=$ORIGINAL_JAR
    [[ $engine == ours ]] && jar=$JAR
    server_sql --query "CREATE DATABASE $engine"
    for table in "${TABLES[@]}"; do
        server_sql --query "CREATE TABLE $engine.$table (id INT NOT NULL, name VARCHAR(100), price DECIMAL(10, 2))
            PRIMARY KEY (id) DISTRIBUTED BY HASH (id) BUCKETS 1 PROPERTIES ('replication_num' = '1')"
    done
    say "running the programs with $(basename "$jar")"
    program "$WORK/$engine.log" "$jar" Programs "$SERVER_FE_HTTP" "jdbc:mysql://$SERVER_QUERY" "$engine" ||
        fail "a program failed with $(basename "$jar")" "$WORK/$engine.log"
done
for table in "${TABLES[@]}"; do
    rows "original.$table" >"$WORK/expected.tsv"
    rows "ours.$table" >"$WORK/actual.tsv"
    [[ -s $WORK/expected.tsv ]] || fail "the original left $table empty"
    same "$WORK/expected.tsv" "$WORK/actual.tsv" "$table differs"
done
say "${#TABLES[@]} tables equal"

server_sql --query "CREATE DATABASE states"
for state in "${STATES[@]}"; do
    api=${state%:*} times=${state#*:} table=${state/:/_}
    server_sql --query "CREATE TABLE states.$table (id INT NOT NULL, name VARCHAR(100))
        DUPLICATE KEY (id) DISTRIBUTED BY HASH (id) BUCKETS 1 PROPERTIES ('replication_num' = '1')"
    mkdir -p "$WORK/$table"
    arguments=(StateJob "$SERVER_FE_HTTP" "jdbc:mysql://$SERVER_QUERY" states "$table" "$api")
    program "$WORK/$table/write.log" "$ORIGINAL_JAR" "${arguments[@]}" write "$ROOT/$WORK/$table" "$times" ||
        fail "the original could not write the state $state" "$WORK/$table/write.log"
    before=$(server_sql --query "SELECT COUNT(*) FROM states.$table")
    program "$WORK/$table/restore.log" "$JAR" "${arguments[@]}" restore "$ROOT/$WORK/$table" ||
        fail "the state $state was not restored" "$WORK/$table/restore.log"
    after=$(server_sql --query "SELECT COUNT(*), COUNT(DISTINCT id), MAX(id) FROM states.$table")
    [[ $after == $'2000\t2000\t1999' ]] || fail "$state: $before rows before, then (rows, distinct, largest) $after instead of 2000 2000 1999"
    open=$(server_sql --query "SELECT COUNT(*) FROM information_schema.loads
        WHERE DB_NAME = 'states' AND STATE NOT IN ('FINISHED', 'CANCELLED')")
    [[ $open == 0 ]] || fail "$state: $open transactions are left open"
    say "state $state: $before rows visible when the original died, 2000 after ours went on"
done
stop_all
say "OK ${#TABLES[@]} tables equal and ${#STATES[@]} states restored, $ORIGINAL and $(basename "$JAR" .jar)"
