#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# The same SQL jobs with the original connector, unmodified, and with ours, on a real Flink, that read tables of the embedded server: every
# type, several partitions, tablets and backends, filters, projections, counts. What they find must be what the MySQL port says; the rows
# that the original gets wrong are listed in tests/reads/differences.tsv.
#
# usage: scripts/reads.sh SRCTL CONNECTOR_JAR [FLINK_LINE]

NAME=reads
WORK=build/reads
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
JOBS=tests/reads
CASES=(types picked counts edges)
# Connectors that read; every one has tables of its own. ENGINE_JARS has the JAR of each but the original.
ENGINES=(original ours)
declare -A ENGINE_JARS=([ours]=$JAR)

rm -rf "$WORK"
mkdir -p "$WORK"
original_fetch "$LINE"
server_start --backends 2
say "starting Flink $(flink_version "$LINE")"
# The original lies in Flink's lib/, since each copy that a job loads keeps direct memory of its own. Another connector comes with its
# job, whose classes go first.
flink_start "$LINE" "$ORIGINAL_JAR"

# 1000 rows; every column is NULL in some of them.
rows() {
    awk -v q="'" '
        function text(t) { return q t q }
        function value(n, t) { return (i + n) % 7 == 0 ? "NULL" : t }
        BEGIN {
            for (i = 0; i < 1000; i++) {
                day = sprintf("%d-%02d-%02d", 2023 + i % 2, i % 12 + 1, i % 28 + 1)
                time = sprintf("2024-02-29 %02d:%02d:59", i % 24, i % 60) (i % 3 ? sprintf(".%06d", i) : "")
                row = i ", " text(day) ", " value(0, i % 2) ", " value(1, i % 256 - 128) ", " value(2, i * 31 - 16000)
                row = row ", " value(3, i * 1000003 - 500000) ", " value(4, "1701411834604692317316873037158841" i) ", " value(5, i ".25")
                row = row ", " value(6, "-" i ".125") ", " value(0, i ".0" i % 9) ", " value(1, i ".0123456789") ", " value(2, text("c" i))
                row = row ", " value(3, text(i % 50 ? "v" i : "it" q q "s")) ", " value(4, text("tab\tünï " i " 😀")) ", " value(5, text(time))
                row = row ", " value(6, text("{\"i\": " i ", \"s\": [true, null]}")) ", " value(0, "[" i ", null, -" i "]")
                row = row ", " value(1, "[" text("a" i) ", null, " text("") "]") ", " value(2, "map{1: " text("one") ", " i + 2 ": " text("m" i) "}")
                row = row ", " value(3, "row(" i ", " text("y" i) ", " i ".50)")
                print (i ? ", (" : "(") row ")"
            }
        }'
}

for engine in "${ENGINES[@]}"; do
    if [[ $engine == "${ENGINES[0]}" ]]; then
        sed "s/ENGINE/$engine/" $JOBS/create.sql | server_sql
    else
        sed -n '/ENGINE_/,$p' $JOBS/create.sql | sed "s/ENGINE/$engine/" | server_sql
    fi
done
{ echo "INSERT INTO reads.types VALUES"; rows; } | server_sql
gzip -dc examples/data/flights.csv.gz | curl -sS --location-trusted -u root: -H "Expect: 100-continue" -H "column_separator: ," \
    -H "columns: c1,c2,c3,c4,c5,c6,c7,c8,c9,carrier,flight,tailnum,origin,dest,c15,distance,c17,c18,c19" -T - \
    "http://$SERVER_FE_HTTP/api/reads/flights/_stream_load" >"$WORK/load.json"
grep -q '"Status": "Success"' "$WORK/load.json" || fail "the flights could not be loaded" "$WORK/load.json"

source="'connector' = 'starrocks', 'scan-url' = '$SERVER_FE_HTTP', 'jdbc-url' = 'jdbc:mysql://$SERVER_QUERY', 'username' = 'root', 'password' = '', 'scan.connect.timeout-ms' = '30000'"
sink="'connector' = 'starrocks', 'load-url' = '$SERVER_FE_HTTP', 'jdbc-url' = 'jdbc:mysql://$SERVER_QUERY', 'username' = 'root', 'password' = ''"
# jobs ENGINE: its script, without the statements that fail with it.
jobs() { sed -e "s|SOURCE|$source|; s|SINK|$sink|; s/ENGINE/$1/" -e "/^-- fails with $1$/,+1d" $JOBS/jobs.sql; }
# run_sql ENGINE SCRIPT LOG
run_sql() { flink_sql "$2" "$3" ${ENGINE_JARS[$1]:+"${ENGINE_JARS[$1]}"}; }

for case in "${CASES[@]}"; do
    server_sql --query "$(<"$JOBS/expected-$case.sql")" | LC_ALL=C sort >"$WORK/$case-expected.tsv"
    [[ -s $WORK/$case-expected.tsv ]] || fail "$case has no rows to compare"
done
for engine in "${ENGINES[@]}"; do
    jobs "$engine" >"$WORK/$engine.sql"
    say "running the jobs with $engine"
    run_sql "$engine" "$WORK/$engine.sql" "$WORK/$engine.log" || fail "a job with $engine failed" "$WORK/$engine.log"
    for case in "${CASES[@]}"; do
        server_sql --query "SELECT * FROM reads.${engine}_$case" | LC_ALL=C sort >"$WORK/$case-$engine.tsv"
        if [[ $engine:$case == original:edges ]]; then
            # Name and id of what is wrong or missing or too much.
            LC_ALL=C comm -3 "$WORK/$case-expected.tsv" "$WORK/$case-$engine.tsv" | sed 's/^\t//' | cut -f1,2 | LC_ALL=C sort -u >"$WORK/differ.tsv"
            grep -v '^#' $JOBS/differences.tsv | cut -f1,2 | LC_ALL=C sort -u >"$WORK/listed.tsv"
            same "$WORK/listed.tsv" "$WORK/differ.tsv" "$JOBS/differences.tsv lists other rows than those that the original gets wrong"
            say "$case: $(wc -l <"$WORK/$case-$engine.tsv") rows, $(wc -l <"$WORK/differ.tsv") as listed otherwise"
        else
            same "$WORK/$case-expected.tsv" "$WORK/$case-$engine.tsv" "$case: $engine read other rows than the MySQL port"
            say "$case: $(wc -l <"$WORK/$case-expected.tsv") rows, equal"
        fi
    done
done
for engine in "${ENGINES[@]}"; do
    sed '/^INSERT/d' "$WORK/$engine.sql" >"$WORK/fails-$engine.sql"
    grep -A1 -e "^-- fails with $engine$" $JOBS/jobs.sql >>"$WORK/fails-$engine.sql"
    ! run_sql "$engine" "$WORK/fails-$engine.sql" "$WORK/fails-$engine.log" || fail "what is to fail with $engine does not" "$WORK/fails-$engine.log"
done
stop_all
say "OK what ${ENGINES[*]} read is what the server has, but for $(wc -l <"$WORK/listed.tsv") rows of the original"
