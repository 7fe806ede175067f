#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Everything that continuous integration runs, in the order in which mistakes show soonest. All tests run on Flink 1.20; those of
# what differs between Flink lines run on the other lines too.
#
# usage: scripts/test.sh FLINK_LINE...   (`make test` names the lines of the build)

NAME=test
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
started=$SECONDS
mkdir -p build
export NOT_RUN=$ROOT/build/test-not-run
: >"$NOT_RUN"

step() {
    local step_started=$SECONDS what=$1
    shift
    say "$what"
    "$@" || fail "$what: $*"
    say "$what: done after $(seconds_since "$step_started") s"
}

# The tests of the boundary want a library that also provokes what it must survive; nothing else gets that one.
build_natives() {
    cargo build --quiet -p starrocks-jni -p srctl --features starrocks-jni/testing &&
        install -D "$CARGO_TARGET_DIR/debug/libstarrocks_jni.so" "$testing_library" &&
        cargo build --quiet -p starrocks-jni -p srctl
}
testing_library=$CARGO_TARGET_DIR/debug/testing/libstarrocks_jni.so

step "[1/13] sources" scripts/check.sh
step "[2/13] Rust tests" cargo test --workspace --quiet
step "[3/13] native library and srctl" build_natives
# Two runs of Maven: a property of its command line would override the library that the boundary's tests load.
step "[4/13] Java tests of the native boundary" mvn -B -ntp -f java/pom.xml -pl native -am "-Dstarrocks.native.testing.path=$testing_library" test
java_tests=(mvn -B -ntp -f java/pom.xml "-Dstarrocks.native.path=$CARGO_TARGET_DIR/debug/libstarrocks_jni.so" "-Dsrctl=$CARGO_TARGET_DIR/debug/srctl")
step "[5/13] Java tests on Flink 1.20" "${java_tests[@]}" verify
for line in "$@"; do
    modules=connector,it
    # Flink's own suites have one form since 1.20.
    [[ $line == 2.* ]] && modules+=,flink-suites
    [[ $line == 1.20 ]] || step "[5/13] Java tests on Flink $line" "${java_tests[@]}" "-Dflink.line=$line" -Dit.groups=every-line -pl "$modules" -am verify
done
step "[6/13] clients that nobody here wrote" scripts/clients.sh "$CARGO_TARGET_DIR/debug/srctl"
step "[7/13] quick start" make --no-print-directory quickstart
step "[8/13] the original connector and ours, row by row" scripts/differential.sh "$CARGO_TARGET_DIR/debug/srctl" "java/connector/target/flink-connector-starrocks-${VERSION}_flink-1.20.jar" 1.20
reads() {
    command -v curl >/dev/null || { not_run "what the original connector and ours read" "get curl: apt-get install curl"; return; }
    scripts/reads.sh "$CARGO_TARGET_DIR/debug/srctl" "java/connector/target/flink-connector-starrocks-${VERSION}_flink-1.20.jar" 1.20
}
step "[8/13] what the original connector and ours read" reads
step "[9/13] programs and state of the original connector" scripts/programs.sh "$CARGO_TARGET_DIR/debug/srctl" "java/connector/target/flink-connector-starrocks-${VERSION}_flink-1.20.jar" 1.20
from_kafka() {
    command -v python3 >/dev/null || { not_run "from Kafka to StarRocks" "get python3: apt-get install python3"; return; }
    scripts/kafka.sh "$CARGO_TARGET_DIR/debug/srctl" "java/connector/target/flink-connector-starrocks-${VERSION}_flink-1.20.jar"
}
step "[10/13] examples of the guide" scripts/examples.sh "$CARGO_TARGET_DIR/debug/srctl" "java/connector/target/flink-connector-starrocks-${VERSION}_flink-1.20.jar"
step "[11/13] from Kafka to StarRocks" from_kafka

from_cdc() {
    local jar="java/connector/target/flink-connector-starrocks-${VERSION}_flink-1.18.jar"
    [[ -f $jar ]] || { not_run "Flink CDC" "test Flink 1.18 as well: FLINK_LINES"; return; }
    scripts/cdc.sh "$CARGO_TARGET_DIR/debug/srctl" "$jar"
}
step "[12/13] Flink CDC" from_cdc

# One round with every kind of crash, and of sink.
crash_farm() {
    command -v python3 >/dev/null || { not_run "the crash farm" "get python3: apt-get install python3"; return; }
    scripts/crash.sh "$CARGO_TARGET_DIR/debug/srctl" "java/connector/target/flink-connector-starrocks-${VERSION}_flink-1.20.jar" java/crash/target/crash.jar 8 48693
}
step "[13/13] crash farm" crash_farm

if [[ -s $NOT_RUN ]]; then
    list=$(paste -sd, "$NOT_RUN")
    say "OK after $(seconds_since "$started") s, but $(wc -l <"$NOT_RUN") not run for want of a program: ${list//,/, }"
else
    say "OK after $(seconds_since "$started") s, everything ran"
fi
