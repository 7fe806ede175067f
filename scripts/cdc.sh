#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Flink CDC's StarRocks pipeline connector on our JAR. What is published bundles connector 1.2.9; those classes are taken out, CDC's own stay
# as they are. A pipeline creates a table in the embedded server, fills it, adds
# and drops columns, updates and deletes; then the table must be what the events say.
#
# usage: scripts/cdc.sh SRCTL CONNECTOR_JAR_FOR_FLINK_1.18

NAME=cdc
WORK=build/cdc
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/flink.sh
source scripts/flink.sh
# shellcheck source=scripts/server.sh
source scripts/server.sh

SRCTL=$1
JAR=$2
JAVAC=${JAVA_HOME:+$JAVA_HOME/bin/}javac

rm -rf "$WORK"
mkdir -p "$WORK/classes"
CLASSPATH_FILE=build/cdc.classpath
if [[ ! -s $CLASSPATH_FILE || java/cdc/pom.xml -nt $CLASSPATH_FILE ]] || ! classpath_complete "$CLASSPATH_FILE"; then
    say "fetching Flink CDC (about 150 MB the first time)"
    mvn -B -ntp -q -f java/cdc/pom.xml dependency:build-classpath "-Dmdep.outputFile=$ROOT/$CLASSPATH_FILE" \
        -Dmdep.includeScope=runtime >"$WORK/maven.log" 2>&1 || fail "Maven could not fetch Flink CDC" "$WORK/maven.log"
    touch "$CLASSPATH_FILE"
fi
CDC_CLASSPATH=$(<"$CLASSPATH_FILE")
BUNDLE=$(tr : '\n' <<<"$CDC_CLASSPATH" | grep '/flink-cdc-pipeline-connector-starrocks-[^/]*$')
SINK=$WORK/$(basename "$BUNDLE")
mkdir "$WORK/bundle"
(cd "$WORK/bundle" && "${JAVAC%javac}jar" xf "$BUNDLE" && rm -r com/starrocks && "${JAVAC%javac}jar" cf "$ROOT/$SINK" .) ||
    fail "connector 1.2.9 could not be taken out of $BUNDLE"
CDC_CLASSPATH=${CDC_CLASSPATH/"$BUNDLE"/"$ROOT/$SINK"}
"$JAVAC" -nowarn -d "$WORK/classes" -cp "$CDC_CLASSPATH" tests/cdc/*.java >"$WORK/javac.log" 2>&1 ||
    fail "the pipeline does not compile against Flink CDC" "$WORK/javac.log"
server_start

say "running a pipeline with $(basename "$JAR")"
"$JAVA" "${FLINK_JVM_FLAGS[@]}" -Xmx700m -XX:MaxDirectMemorySize=512m -cp "$WORK/classes:$JAR:$CDC_CLASSPATH" \
    Pipeline "$SERVER_FE_HTTP" "jdbc:mysql://$SERVER_QUERY" >"$WORK/pipeline.log" 2>&1 ||
    fail "the pipeline failed" "$WORK/pipeline.log"

server_sql --query "SELECT id, name, CAST(at AS STRING), n, note FROM cdc.orders ORDER BY id" >"$WORK/actual.tsv"
same tests/cdc/expected.tsv "$WORK/actual.tsv" "the table differs from the events"
created=$(server_sql --query "SHOW CREATE TABLE cdc.orders")
for part in 'PRIMARY KEY(`id`)' 'BUCKETS 3' 'it'"'"'s new'; do
    [[ $created == *"$part"* ]] || fail "the table was created without $part: $created"
done
[[ $created != *'`price`'* ]] || fail "column price is still there: $created"
stop_all
say "OK $(wc -l <tests/cdc/expected.tsv) rows through Flink CDC and $(basename "$JAR" .jar)"
