#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds what a release consists of into dist/: a connector JAR for each Flink line and the SDK's JAR, each with the native libraries of
# all platforms, and srctl for this host's architecture. Everything runs with glibc 2.17 and later: cargo-zigbuild links against that version.
#
# usage: scripts/dist.sh FLINK_LINE...

NAME=dist
WORK=build/dist
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

GLIBC=2.17
ARCHITECTURES=(x86_64 aarch64)
HOST=$(uname -m)

# build ARCHITECTURE ARGUMENT...: a target folder per architecture, apart from what cargo builds for this host.
build() {
    local target=$1-unknown-linux-gnu
    shift
    PATH=$VENV/bin:$PATH cargo zigbuild --locked --target "$target.$GLIBC" "$@"
}

[[ $HOST == x86_64 || $HOST == aarch64 ]] || fail "this is $HOST; x86_64 and aarch64 are supported"
rm -rf dist "$WORK"
mkdir -p dist "$WORK"
python_venv dist scripts/dist-requirements.txt || fail "python3 cannot make a virtual environment"
for architecture in "${ARCHITECTURES[@]}"; do
    rustup target add "$architecture-unknown-linux-gnu" >"$WORK/rustup.log" 2>&1 ||
        fail "rustup could not add the target for $architecture" "$WORK/rustup.log"
done

for architecture in "${ARCHITECTURES[@]}"; do
    say "building the native library for $architecture"
    build "$architecture" --profile native -p starrocks-jni || fail "the native library for $architecture"
    install -D "$CARGO_TARGET_DIR/$architecture-unknown-linux-gnu/native/libstarrocks_jni.so" "$WORK/native/linux-$architecture/libstarrocks_jni.so"
done

"$VENV/bin/python" scripts/third_party.py starrocks-jni >"$WORK/native/THIRD-PARTY-LICENSES" || fail "the licences of the native library"

for line in "$@"; do
    say "building and testing the connector JAR for Flink $line"
    log=$WORK/flink-$line.log
    mvn -B -ntp -f java/pom.xml -pl connector -am "-Dflink.line=$line" "-Dstarrocks.native.dir=$ROOT/$WORK/native" verify >"$log" 2>&1 ||
        fail "the JAR for Flink $line" "$log"
    grep -q 'Running .*DistributionIT' "$log" || fail "the JAR for Flink $line was not tested" "$log"
    # Before Flink 1.15 the name ends in the Scala version.
    name=flink-connector-starrocks-${VERSION}_flink-$line
    jar=$(find java/connector/target -maxdepth 1 -name "$name.jar" -o -maxdepth 1 -name "${name}_*.jar")
    [[ -f $jar ]] || fail "Maven left no JAR for Flink $line" "$log"
    cp "$jar" dist/
done

# Without Flink in it, hence the same for every line.
cp "java/sdk/target/starrocks-stream-load-sdk-$VERSION.jar" dist/

say "building srctl (DataFusion takes long the first time)"
build "$HOST" --release -p srctl || fail "srctl"
install "$CARGO_TARGET_DIR/$HOST-unknown-linux-gnu/release/srctl" dist/srctl
newest=$(grep -aoE 'GLIBC_2\.[0-9]+' dist/srctl | sort -Vu | tail -n 1)
[[ $(printf '%s\n' "GLIBC_$GLIBC" "$newest" | sort -V | tail -n 1) == "GLIBC_$GLIBC" ]] || fail "srctl needs $newest"
[[ $(dist/srctl --version) == "srctl $VERSION"* ]] || fail "dist/srctl does not start"

for file in "$WORK"/native/*/* dist/*; do printf '  %8d KiB  %s\n' $(($(stat -c %s "$file") / 1024)) "${file#"$WORK"/}"; done
"$VENV/bin/python" scripts/third_party.py srctl >dist/srctl-THIRD-PARTY-LICENSES || fail "the licences of srctl"
(cd dist && sha256sum -- *) >"$WORK/sha256sums"
mv "$WORK/sha256sums" dist/SHA256SUMS
say "OK $# connector JARs, the SDK's JAR and srctl in dist/, for glibc $GLIBC and later"
