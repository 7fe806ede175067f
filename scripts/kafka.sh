#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# From Kafka to StarRocks: a real broker, records with inserts, updates and deletes, examples/sql/kafka.sql on a real Flink, and
# both tables compared row by row with what the records say.
#
# usage: scripts/kafka.sh SRCTL CONNECTOR_JAR

NAME=kafka
WORK=build/kafka
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/flink.sh
source scripts/flink.sh
# shellcheck source=scripts/server.sh
source scripts/server.sh
SRCTL=$1
JAR=$2
FLINK_KAFKA=3.4.0-1.20

rm -rf "$WORK"
mkdir -p "$WORK"
say "fetching Kafka and Flink's Kafka connector, $FLINK_KAFKA (about 100 MB the first time)"
mvn -B -ntp -q -f java/kafka/pom.xml dependency:build-classpath "-Dmdep.outputFile=$ROOT/$WORK/classpath" >"$WORK/maven.log" 2>&1 &&
    mvn -B -ntp -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy "-Dartifact=org.apache.flink:flink-connector-kafka:$FLINK_KAFKA" \
        "-DoutputDirectory=$ROOT/$WORK" >>"$WORK/maven.log" 2>&1 || fail "Maven could not fetch Kafka" "$WORK/maven.log"
CLASSPATH_KAFKA=$(<"$WORK/classpath")
CLIENTS=$(tr : '\n' <"$WORK/classpath" | grep '/kafka-clients-[^/]*\.jar$')
kafka() { exec "$JAVA" -Xmx384m -cp "$CLASSPATH_KAFKA" "$@"; }

free_port; BROKER=127.0.0.1:$FREE_PORT
free_port; CONTROLLER=127.0.0.1:$FREE_PORT
cat >"$WORK/server.properties" <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@$CONTROLLER
listeners=PLAINTEXT://$BROKER,CONTROLLER://$CONTROLLER
advertised.listeners=PLAINTEXT://$BROKER
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=$ROOT/$WORK/data
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
CONF
say "starting a Kafka broker on $BROKER"
(kafka kafka.tools.StorageTool format -t bWFkZSBmb3IgYSB0ZXN0IQ -c "$WORK/server.properties") >"$WORK/format.log" 2>&1 ||
    fail "the broker's directory could not be made" "$WORK/format.log"
start "$WORK/broker.log" kafka kafka.Kafka "$WORK/server.properties"
wait_for 60 "$STARTED" "the Kafka broker" "$WORK/broker.log" grep -q "Kafka Server started" "$WORK/broker.log"

say "writing records"
python3 tests/kafka/changes.py "$WORK"
for topic in orders customers; do
    (kafka kafka.tools.ConsoleProducer --bootstrap-server "$BROKER" --topic "$topic" --property parse.key=true \
        --property null.marker=__no_value__) <"$WORK/$topic.records" >"$WORK/produce-$topic.log" 2>&1 || fail "records could not be written" "$WORK/produce-$topic.log"
done

server_start
server_sql <examples/sql/create-orders.sql >"$WORK/create.log" 2>&1 || fail "the tables could not be created" "$WORK/create.log"
say "starting Flink $(flink_version 1.20)"
flink_start 1.20
say "running examples/sql/kafka.sql"
sed -e "s|127\.0\.0\.1:8030|$SERVER_FE_HTTP|" -e "s|127\.0\.0\.1:9030|$SERVER_QUERY|" -e "s|127\.0\.0\.1:9092|$BROKER|" \
    examples/sql/kafka.sql >"$WORK/kafka.sql"
flink_sql "$WORK/kafka.sql" "$WORK/sql-client.log" "$JAR" "$WORK/flink-connector-kafka-$FLINK_KAFKA.jar" "$CLIENTS" ||
    fail "the Flink job failed" "$WORK/sql-client.log"

total=0
for topic in orders customers; do
    # The client doubles backslashes, as MySQL's own does.
    server_sql --query "SELECT * FROM shop.$topic" | sed 's/\\\\/\\/g' | LC_ALL=C sort >"$WORK/$topic.actual"
    LC_ALL=C sort "$WORK/$topic.tsv" >"$WORK/$topic.expected"
    diff "$WORK/$topic.expected" "$WORK/$topic.actual" >"$WORK/$topic.diff" ||
        fail "shop.$topic is not what the records say: $WORK/$topic.expected (records), $WORK/$topic.actual (table)" "$WORK/$topic.diff"
    rows=$(wc -l <"$WORK/$topic.actual")
    say "shop.$topic: $(wc -l <"$WORK/$topic.records") records, $rows rows left, equal"
    total=$((total + rows))
done
((total > 0)) || fail "no rows"
stop_all
say "OK $total rows as the records say"
