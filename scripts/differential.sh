#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# The same SQL jobs through the original connector, unmodified, and through ours, on a real Flink, into the embedded server: CSV and
# JSON, at-least-once and exactly-once. Only the JAR is swapped. Tables of ordinary rows must then be equal row by row; those of
# tests/differential, rows at the edges of what can be written, but for the rows that differences.tsv lists. The first frontend of the
# ordinary jobs is a follower, which redirects to the leader.
#
# usage: scripts/differential.sh SRCTL CONNECTOR_JAR [FLINK_LINE]

NAME=differential
WORK=build/differential
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
VARIANTS=(csv:at-least-once csv:exactly-once json:at-least-once json:exactly-once)

rm -rf "$WORK"
mkdir -p "$WORK"
original_fetch "$LINE"
server_start --follower 0:0
say "starting Flink $(flink_version "$LINE")"
flink_start "$LINE"
server_sql --query "CREATE DATABASE quickstart"

# The statements of the quick start, but for the INSERT once for each variant into a table of its own.
job() { # engine
    sed -n '1,/^CREATE TABLE flights (/p' examples/sql/quickstart.sql | sed -e '$d' -e "s|'examples/data|'file://$ROOT/examples/data|"
    local variant format semantic table
    for variant in "${VARIANTS[@]}"; do
        format=${variant%:*} semantic=${variant#*:}
        table=$1_${format}_${semantic//-/_}
        sed -n '/^CREATE TABLE flights (/,$p' examples/sql/quickstart.sql | sed \
            -e "s|127\.0\.0\.1:8030|$SERVER_FOLLOWER_HTTP;$SERVER_FE_HTTP|" -e "s|127\.0\.0\.1:9030|$SERVER_QUERY|" \
            -e "s|^CREATE TABLE flights |CREATE TABLE $table |" -e "s|^INSERT INTO flights$|INSERT INTO $table|" \
            -e "s|'table-name' = 'flights'|'table-name' = '$table'|" -e "s|'exactly-once'|'$semantic'|" \
            -e "s|'sink.label-prefix' = 'quickstart'|'sink.label-prefix' = '$table', 'sink.properties.format' = '$format'|"
    done
}

rows() { server_sql --query "SELECT * FROM quickstart.$1" | LC_ALL=C sort; }

for engine in original ours; do
    jar=$ORIGINAL_JAR
    [[ $engine == ours ]] && jar=$JAR
    for variant in "${VARIANTS[@]}"; do
        table=${engine}_${variant%:*}_$(tr - _ <<<"${variant#*:}")
        sed -n "s/quickstart\.flights/quickstart.$table/; /^CREATE TABLE/,\$p" examples/sql/create-flights.sql | server_sql
    done
    job "$engine" >"$WORK/$engine.sql"
    say "running four jobs with $(basename "$jar")"
    flink_sql "$WORK/$engine.sql" "$WORK/$engine.log" "$jar" || fail "a job with $(basename "$jar") failed" "$WORK/$engine.log"
done

reference=original_csv_exactly_once
rows "$reference" >"$WORK/reference.tsv"
expected=$(gzip -dc examples/data/flights.csv.gz | wc -l)
for engine in original ours; do
    for variant in "${VARIANTS[@]}"; do
        table=${engine}_${variant%:*}_$(tr - _ <<<"${variant#*:}")
        rows "$table" >"$WORK/actual.tsv"
        count=$(wc -l <"$WORK/actual.tsv")
        same "$WORK/reference.tsv" "$WORK/actual.tsv" "$table ($count rows) differs from $reference"
        say "$table: $count rows, equal"
    done
done
[[ $(wc -l <"$WORK/reference.tsv") == "$expected" ]] || fail "the file has $expected rows, the tables $(wc -l <"$WORK/reference.tsv")"

say "rows at the edges"
server_sql --query "CREATE DATABASE differential"
CASES=(values texts nested changes partial fewer zoned)
EDGES=tests/differential
edges() { # engine: its SQL, one job after another
    local format options
    options="'connector' = 'starrocks', 'load-url' = '$SERVER_FE_HTTP', 'jdbc-url' = 'jdbc:mysql://$SERVER_QUERY', 'username' = 'root', 'password' = ''"
    options+=", 'database-name' = 'differential', 'sink.parallelism' = '2', 'sink.properties.format' = 'FORMAT'"
    sed "s|DATA|file://$ROOT/$EDGES|" $EDGES/sources.sql
    for format in csv json; do sed -e "s|OPTIONS|$options|" -e "s/ENGINE/$1/; s/FORMAT/$format/g" $EDGES/sinks.sql; done
    for format in csv json; do sed "s/FORMAT/$format/g" $EDGES/inserts.sql; done
}
for engine in original ours; do
    jar=$ORIGINAL_JAR
    [[ $engine == ours ]] && jar=$JAR
    for format in csv json; do sed "s/ENGINE/$engine/; s/FORMAT/$format/" $EDGES/create.sql | server_sql; done
    edges "$engine" >"$WORK/$engine-edges.sql"
    flink_sql "$WORK/$engine-edges.sql" "$WORK/$engine-edges.log" "$jar" || fail "a job with $(basename "$jar") failed" "$WORK/$engine-edges.log"
done

# The ids of the rows that two tables do not have in common. Texts may hold anything, so they are compared as bytes.
edge_rows() {
    local columns='*'
    [[ $1 == *_texts_* ]] && columns='id, HEX(v)'
    server_sql --query "SELECT $columns FROM differential.$1" | LC_ALL=C sort
}
: >"$WORK/diff.txt"
unlisted=()
for case in "${CASES[@]}"; do
    for format in csv json; do
        edge_rows "original_${case}_$format" >"$WORK/edge-original.tsv"
        edge_rows "ours_${case}_$format" >"$WORK/edge-ours.tsv"
        LC_ALL=C comm -3 "$WORK/edge-original.tsv" "$WORK/edge-ours.tsv" | sed 's/^\t//' | cut -f1 | sort -un >"$WORK/edge-differ.txt"
        awk -F'\t' -v c="$case" -v f="$format" '$1 == c && $2 == f { print $3 }' $EDGES/differences.tsv | sort -un >"$WORK/edge-expected.txt"
        cmp -s "$WORK/edge-differ.txt" "$WORK/edge-expected.txt" || {
            unlisted+=("$case in $format: rows $(paste -sd, "$WORK/edge-differ.txt") differ, not $(paste -sd, "$WORK/edge-expected.txt")")
            diff "$WORK/edge-original.tsv" "$WORK/edge-ours.tsv" >>"$WORK/diff.txt" || true
            continue
        }
        say "$case in $format: $(wc -l <"$WORK/edge-ours.tsv") rows, $(wc -l <"$WORK/edge-differ.txt") as listed otherwise"
    done
done
[[ ${#unlisted[@]} == 0 ]] || { IFS=';'; fail "$EDGES/differences.tsv lists other rows than those that differ: ${unlisted[*]}" "$WORK/diff.txt"; }
stop_all
say "OK 8 tables of $expected rows equal, $ORIGINAL and $(basename "$JAR" .jar)"
