#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Loads a real data set through the connector JAR: starts the embedded server and a Flink session cluster, runs
# examples/sql/quickstart.sql, reads the table back over the MySQL port and compares it with the input file.
#
# usage: scripts/quickstart.sh SRCTL CONNECTOR_JAR [FLINK_LINE]   (`make quickstart` builds both and calls this)

NAME=quickstart
WORK=build/quickstart
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/flink.sh
source scripts/flink.sh
# shellcheck source=scripts/server.sh
source scripts/server.sh

SRCTL=$1
JAR=$2
LINE=${3:-1.20}
DATA=examples/data/flights.csv.gz

rm -rf "$WORK"
mkdir -p "$WORK"

say "starting the embedded server"
server_start
say "server ready: FE $SERVER_FE_HTTP, MySQL port $SERVER_QUERY"

say "creating table quickstart.flights (examples/sql/create-flights.sql)"
server_sql <examples/sql/create-flights.sql >"$WORK/create.log" 2>&1 || fail "the table could not be created" "$WORK/create.log"

say "starting Flink $(flink_version "$LINE"), a JobManager and a TaskManager"
flink_start "$LINE"
say "Flink ready: REST port $FLINK_REST_PORT"

say "running examples/sql/quickstart.sql, exactly-once, with $(basename "$JAR")"
sed -e "s|127\.0\.0\.1:8030|$SERVER_FE_HTTP|" -e "s|127\.0\.0\.1:9030|$SERVER_QUERY|" -e "s|'examples/data|'file://$ROOT/examples/data|" \
    examples/sql/quickstart.sql >"$WORK/quickstart.sql"
job_started=$SECONDS
flink_sql "$WORK/quickstart.sql" "$WORK/sql-client.log" "$JAR" || fail "the Flink job failed" "$WORK/sql-client.log"
say "job finished after $(seconds_since "$job_started") s, planning included"

say "comparing the table with $DATA"
query() { server_sql --query "$1" 2>"$WORK/query.log" || fail "the query failed: $1" "$WORK/query.log"; }

# Both sides print the same lines: totals first, then a line per airline. `NA` in the file is NULL in the table.
gzip -dc "$DATA" | LC_ALL=C awk -F, -v OFS='\t' '
    { rows++; miles += $16; n[$10]++; m[$10] += $16 }
    $4 != "NA" { departed++ }
    $9 != "NA" { arrived++; delay += $9 }
    $12 != "NA" { tails++ }
    END {
        print rows, miles, departed, arrived, delay, tails
        for (c in n) print c, n[c], m[c] | "LC_ALL=C sort"
    }' >"$WORK/expected.tsv"
{
    query "SELECT COUNT(*), SUM(distance), COUNT(dep_time), COUNT(arr_delay), SUM(arr_delay), COUNT(tailnum) FROM quickstart.flights"
    query "SELECT carrier, COUNT(*), SUM(distance) FROM quickstart.flights GROUP BY carrier ORDER BY carrier"
} >"$WORK/actual.tsv"

# A few whole rows: the longest flight of each airport on the first day, and one that was cancelled.
gzip -dc "$DATA" | LC_ALL=C awk -F, -v OFS='\t' '
    $1 == 2013 && $2 == 1 && ($3 == 1 && $10 == "HA" || $3 == 1 && $10 == "UA" && $11 == 1545 || $3 == 2 && $10 == "EV" && $4 == "NA") {
        for (i = 1; i <= NF; i++) if ($i == "NA") $i = "NULL"
        sub(/T/, " ", $19); sub(/Z/, "", $19)
        print sprintf("%d-%02d-%02d", $1, $2, $3), $10, $11, $12, $13, $14, $5, $4, $6, $9, $15, $16, $19
    }' | LC_ALL=C sort >"$WORK/expected-rows.tsv"
query "SELECT flight_date, carrier, flight, tailnum, origin, dest, sched_dep_time, dep_time, dep_delay, arr_delay, air_time, distance, time_hour
    FROM quickstart.flights
    WHERE flight_date = '2013-01-01' AND (carrier = 'HA' OR carrier = 'UA' AND flight = 1545)
       OR flight_date = '2013-01-02' AND carrier = 'EV' AND dep_time IS NULL" | LC_ALL=C sort >"$WORK/actual-rows.tsv"

printf '\n  %-8s %10s %14s\n' airline flights miles
tail -n +2 "$WORK/actual.tsv" | sort -t$'\t' -k2,2nr | head -n 5 | awk -F'\t' '{ printf "  %-8s %10d %14d\n", $1, $2, $3 }'
printf '\n  a few rows (date, airline, flight, tail, from, to, scheduled, departed, late, late at arrival, minutes, miles, hour in UTC)\n'
sed 's/^/  /; s/\t/  /g' "$WORK/actual-rows.tsv"
echo

loaded=$(head -n 1 "$WORK/expected.tsv" | cut -f 1)
read_back=$(head -n 1 "$WORK/actual.tsv" | cut -f 1)
[[ $loaded == "$read_back" ]] || fail "the file has $loaded rows, the table $read_back"
for what in "" -rows; do
    diff "$WORK/expected$what.tsv" "$WORK/actual$what.tsv" >"$WORK/diff$what.txt" ||
        fail "the table differs from the file: see $WORK/expected$what.tsv (file) and $WORK/actual$what.tsv (table)" "$WORK/diff$what.txt"
done
stop_all
say "OK $loaded rows loaded, $read_back rows read back"
