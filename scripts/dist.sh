#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds what a release consists of into dist/: a connector JAR for each Flink line and srctl, with the native library of this host.
#
# usage: scripts/dist.sh FLINK_LINE...

NAME=dist
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

say "building the native library and srctl, optimised (DataFusion takes long the first time)"
cargo build --release -p starrocks-jni || fail "the native library"
cargo build --release -p srctl || fail "srctl"

rm -rf dist
mkdir dist
for line in "$@"; do
    say "building the connector JAR for Flink $line"
    mvn -B -ntp -q -f java/pom.xml -pl connector -am "-Dflink.line=$line" -DskipTests \
        "-Dstarrocks.native.path=$CARGO_TARGET_DIR/release/libstarrocks_jni.so" package || fail "the JAR for Flink $line"
    cp java/connector/target/flink-connector-starrocks-*_flink-"$line"*.jar dist/
done
cp "$CARGO_TARGET_DIR/release/srctl" dist/
(cd dist && sha256sum -- * | sed 's/^/  /')
say "OK $(find dist -type f | wc -l) files in dist/"
