# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# The original connector, to compare with. Sourced after common.sh.

# original_fetch LINE: sets ORIGINAL, the newest release on Maven Central that runs on the line, and ORIGINAL_JAR.
original_fetch() {
    case $1 in
        1.18) ORIGINAL=1.2.9_flink-1.18 ;;
        1.20) ORIGINAL=1.2.10_flink-1.19 ;;
        *) fail "there is no release of the original connector on Maven Central for Flink $1" ;;
    esac
    say "fetching the original connector, $ORIGINAL"
    mvn -B -ntp -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy "-Dartifact=com.starrocks:flink-connector-starrocks:$ORIGINAL" \
        "-DoutputDirectory=$ROOT/$WORK" >"$WORK/maven.log" 2>&1 || fail "Maven could not fetch the original connector" "$WORK/maven.log"
    ORIGINAL_JAR=$WORK/flink-connector-starrocks-$ORIGINAL.jar
}
