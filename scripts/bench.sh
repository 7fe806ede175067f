#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Measures this connector against the original one: same source, same Flink, same server in its sink-hole mode, one JVM for each
# case. Flink's own discarding sink is the baseline. Prints a table and writes build/bench/bench.json. Two more parts measure the
# row encoder alone, beside the speed of copying memory (build/bench/codec.json), the embedded server as it keeps what one
# client loads, and checkpoints over few and many tables. Cases of the format "read" read a table that the server's scanners repeat until it is large;
# those of the format "lookup" join 10,000 keys with a table of a million rows, once
# (the mode once) or over and over.
#
# usage: scripts/bench.sh SRCTL CONNECTOR_JAR FLINK_LINE quick|full|read|lookup|memory|delivery|codec|ingest|flat|slow|checkpoints|CASE...   (`make bench` builds both and calls this)
# A CASE is engine:shape:format:compression:parallelism:rows:mode as documented in java/bench, Case.java.

NAME=bench
WORK=build/bench
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
LINE=$3
shift 3

# cases SHAPES FORMATS COMPRESSIONS PARALLELISMS ROWS MODE: each combination for both engines, with its baseline before it.
cases() {
    local shape format compression parallelism
    for shape in $1; do
        for parallelism in $4; do
            [[ $2 == read || $2 == lookup ]] && echo "discard:$shape:$2:-:$parallelism:$5:$6" || echo "discard:$shape:-:-:$parallelism:$5:$6"
            for format in $2; do
                for compression in $3; do
                    # No release of the original compresses CSV; the report compares with its plain CSV.
                    [[ $format:$compression == csv:lz4 ]] || echo "original:$shape:$format:$compression:$parallelism:$5:$6"
                    echo "ours:$shape:$format:$compression:$parallelism:$5:$6"
                done
            done
        done
    done
}
memory_cases() {
    cases lineitem "csv json" none 1 binary small # peak resident set with a heap of 640 MiB
    cases "narrow lineitem wide" csv none 1 binary reuse # nothing but the sink allocates
}
# What exactly-once costs: the same checkpoints with both guarantees.
delivery_cases() {
    printf '%s\n' discard:lineitem:-:-:1:binary:alo ours:lineitem:csv:none:1:binary:alo ours:lineitem:csv:none:1:binary:eo
}
read_cases() {
    cases "narrow lineitem wide" read - 1 binary copy
}
lookup_cases() {
    printf '%s\n' {original,ours}:dim:lookup:-:1:binary:once
    cases dim lookup - 1 binary copy && echo ours:dim:lookup:-:1:binary:full
}
encoder_alone() {
    say "the row encoder alone, on one thread"
    codec_bench | tee "$WORK/codec.txt"
    codec_bench --json >"$WORK/codec.json"
}
codec_bench() { cargo run --quiet --release -p starrocks-codec --example codec_bench -- "$@"; }

INGEST_ROWS=3000000
# One client, one load after the other, into a table that is kept.
ingest() {
    local data=$WORK/lineitem.csv began took
    say "the embedded server: $INGEST_ROWS lineitem rows of CSV from one client"
    cargo build --quiet --workspace --example load_csv || fail "the loading program was not built"
    codec_bench --print "$INGEST_ROWS" lineitem csv >"$data" || fail "no rows to load"
    server_start
    create_tables
    began=$(date +%s%N)
    "$CARGO_TARGET_DIR/debug/examples/load_csv" "http://$SERVER_FE_HTTP" root "" bench lineitem "$data" $'\t' || fail "the load failed"
    took=$((($(date +%s%N) - began) / 1000000))
    [[ $(server_sql --query "SELECT COUNT(*) FROM bench.lineitem") == "$INGEST_ROWS" ]] || fail "not every row was loaded"
    say "the embedded server: $((INGEST_ROWS / took)) krows/s, $INGEST_ROWS rows in $took ms"
    stop_all
    rm -f "$data"
}

# A checkpoint over many tables, with a server that takes its time as a busy cluster does: what waits in line would show.
checkpoints() {
    local delay='"do":"delay","ms":50,"times":100000}' number table tables=(t{1..20})
    cargo build --quiet --workspace --example checkpoints || fail "the program was not built"
    server_start --faults
    for table in {1..20}; do
        echo "CREATE TABLE bench.t$table (k BIGINT, v STRING) DUPLICATE KEY (k) DISTRIBUTED BY HASH (k) BUCKETS 1;"
    done | cat <(echo "CREATE DATABASE bench;") - | server_sql >"$WORK/create.log" 2>&1 || fail "no tables" "$WORK/create.log"
    curl -sf -u root: -d "[{\"at\":\"prepare\",$delay,{\"at\":\"commit\",$delay]" "http://$SERVER_FE_HTTP/api/_faults" >/dev/null || fail "no delays"
    say "checkpoints with a server that takes 50 ms for each prepare and each commit"
    for number in 2 20; do
        "$CARGO_TARGET_DIR/debug/examples/checkpoints" "http://$SERVER_FE_HTTP" root "" bench "${tables[@]:0:number}" || fail "no checkpoints"
    done
    stop_all
}

# One job that reads for long, and the memory of its process meanwhile.
FLAT_ROWS=100000000
flat() {
    server_start --faults
    create_tables
    fill narrow
    say "memory while one job reads $FLAT_ROWS rows"
    bench ours flat flat "$SERVER_FE_HTTP" "$SERVER_BE_HTTP" "$SERVER_QUERY" "$FLAT_ROWS" 2>"$WORK/flat.log" | tee "$WORK/flat.txt" ||
        fail "the memory of the process grows, or the job failed" "$WORK/flat.log"
    stop_all
}

# Sinks that wait for a slow server, and the native memory that their process takes for it.
slow() {
    server_start --sink-hole --faults
    create_tables
    curl -sf -u root: -d '{"at":"load","do":"delay","ms":1000,"times":100000}' "http://$SERVER_FE_HTTP/api/_faults" >/dev/null || fail "no delays"
    say "memory while four subtasks write rows and each load takes a second longer"
    bench ours slow slow "$SERVER_FE_HTTP" "$SERVER_BE_HTTP" "$SERVER_QUERY" 2>"$WORK/slow.log" | tee "$WORK/slow.txt" ||
        fail "the process takes more memory than the sinks may, or the job failed" "$WORK/slow.log"
    stop_all
}

fill() { bench ours copy fill "$1" "$SERVER_FE_HTTP" "$SERVER_BE_HTTP" "$SERVER_QUERY" >"$WORK/fill-$1.log" 2>&1 || fail "no rows to read" "$WORK/fill-$1.log"; }

create_tables() {
    bench discard copy ddl bench >"$WORK/create.sql" 2>"$WORK/create.log" || fail "no table definitions" "$WORK/create.log"
    server_sql <"$WORK/create.sql" >>"$WORK/create.log" 2>&1 || fail "the tables could not be created" "$WORK/create.log"
}

MORE=()
case ${1:-full} in
    codec) CASES= MORE=(encoder_alone) ;;
    ingest) CASES= MORE=(ingest) ;;
    flat) CASES= MORE=(flat) ;;
    slow) CASES= MORE=(slow) ;;
    checkpoints) CASES= MORE=(checkpoints) ;;
    quick) CASES=$(cases lineitem csv none 1 binary copy && cases lineitem json lz4 1 binary copy | tail -n 2) MORE=(encoder_alone) ;;
    read) CASES=$(read_cases) ;;
    lookup) CASES=$(lookup_cases) ;;
    memory) CASES=$(memory_cases) ;;
    delivery) CASES=$(delivery_cases) ;;
    full) CASES=$(cases "narrow lineitem wide" "csv json" "none lz4" "1 2" binary copy && cases lineitem "csv json" none 1 generic copy && memory_cases && delivery_cases && read_cases && lookup_cases) MORE=(encoder_alone ingest checkpoints) ;;
    *) CASES=$(printf '%s\n' "$@") ;;
esac

rm -rf "$WORK"
mkdir -p "$WORK"
flink_classpath "$LINE"
original_fetch "$LINE"

cat >"$WORK/log4j2.properties" <<'CONF'
rootLogger.level = WARN
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1.} - %m%n
CONF
# bench ENGINE MODE ARGUMENT...: each engine has a class path of its own, so that no classes of the two connectors meet.
bench() {
    local engine=$1 heap=(-Xms1g -Xmx3g) jar=
    [[ $2 == small ]] && heap=(-Xmx640m)
    # Memory that the optimising compiler of the JVM frees stays with the allocator, where nobody can tell it from that of sinks.
    [[ $2 == slow ]] && heap=(-Xms640m -Xmx640m -XX:+AlwaysPreTouch -XX:NativeMemoryTracking=summary -XX:TieredStopAtLevel=1)
    [[ $2 == flat ]] && heap=(-Xms640m -Xmx640m -XX:+AlwaysPreTouch)
    [[ $engine == original ]] && jar=$ORIGINAL_JAR:
    [[ $engine == ours ]] && jar=$JAR:
    shift 2
    "$JAVA" "${FLINK_JVM_FLAGS[@]}" "${heap[@]}" -XX:+UseG1GC "-Dlog4j2.configurationFile=$WORK/log4j2.properties" \
        -cp "java/bench/target/bench.jar:$jar$FLINK_CLASSPATH" com.starrocks.connector.bench.Bench "$@"
}

for part in "${MORE[@]}"; do "$part"; done
if [[ -z $CASES ]]; then
    say "OK $1"
    exit 0
fi

total=$(wc -l <<<"$CASES")
say "$total cases of about a minute each, $(nproc) cores, $("$JAVA" -version 2>&1 | head -n 1), Flink $(flink_version "$LINE")"
number=0
failed=()
# run_cases CASES: each in a JVM of its own, against the server that runs.
run_cases() {
    local spec log
    while read -r spec; do
        number=$((number + 1))
        say "[$number/$total] $spec"
        log=$WORK/${spec//:/-}.log
        if bench "${spec%%:*}" "${spec##*:}" run "$spec" "$SERVER_FE_HTTP" "$SERVER_BE_HTTP" "$SERVER_QUERY" "$WORK/results.tsv" >"$log" 2>&1 </dev/null; then
            tail -n 1 "$log" | sed 's/^/  /'
        else
            failed+=("$spec")
            say "case failed, see $log: $(grep -m 1 -E 'Caused by|Exception' "$log" | cut -c 1-200)"
        fi
        kill -0 "$SERVER_PID" 2>/dev/null || fail "the embedded server ended" "$WORK/server.json"
    done <<<"$1"
}

WRITING=$(grep -v -E ':(read|lookup):' <<<"$CASES" || true)
if [[ -n $WRITING ]]; then
    server_start --sink-hole
    create_tables
    run_cases "$WRITING"
    stop_all
fi
READING=$(grep ':read:' <<<"$CASES" || true)
if [[ -n $READING ]]; then
    server_start --faults
    create_tables
    for shape in $(cut -d: -f2 <<<"$READING" | sort -u); do
        fill "$shape"
    done
    run_cases "$READING"
    stop_all
fi
LOOKUPS=$(grep ':lookup:' <<<"$CASES" || true)
if [[ -n $LOOKUPS ]]; then
    server_start
    create_tables
    bench ours copy fill dim "$SERVER_FE_HTTP" "$SERVER_BE_HTTP" "$SERVER_QUERY" >"$WORK/fill-dim.log" 2>&1 || fail "no rows to look up" "$WORK/fill-dim.log"
    run_cases "$LOOKUPS"
    stop_all
fi

[[ -s $WORK/results.tsv ]] || fail "no case gave a result"
bench discard copy report "$WORK/results.tsv" "$WORK/bench.json" 2>"$WORK/report.log" || fail "no report" "$WORK/report.log"
((${#failed[@]} == 0)) || fail "${#failed[@]} of $total cases: ${failed[*]}"
say "OK $total cases, $WORK/bench.json"
