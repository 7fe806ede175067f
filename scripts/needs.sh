#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: scripts/needs.sh COMMAND   says what a make command needs, and fails with how to get what is missing.

set -uo pipefail
command=$1
missing=0

lacks() {
    echo "make $command: MISSING $1: $2"
    missing=1
}

echo "make $command: needs git, a C compiler, Rust 1.95 (rustup), JDK 17 or later and Maven 3.6.3 or later, and reaches crates.io and Maven Central"
command -v git >/dev/null || lacks git "apt-get install git"
command -v cc >/dev/null || lacks "a C compiler (cc)" "apt-get install gcc libc6-dev"
command -v cargo >/dev/null || lacks "Rust (cargo)" "install rustup; rust-toolchain.toml then selects the version"
command -v mvn >/dev/null || lacks "Maven (mvn)" "apt-get install maven"

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if ! command -v "$java" >/dev/null || ! command -v "${java}c" >/dev/null; then
    lacks "a JDK (java and javac)" "apt-get install openjdk-17-jdk-headless"
else
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
    [[ ${version:-0} -ge 17 ]] || lacks "JDK 17 or later (this is ${version:-unknown})" "apt-get install openjdk-17-jdk-headless and set JAVA_HOME"
fi

if [[ $command == dist ]]; then
    echo "make dist: also needs rustup and python3 with venv, and reaches PyPI: zig, from there, links for glibc 2.17 and for both architectures"
    command -v rustup >/dev/null || lacks rustup "install rustup; it brings the standard library of the other architecture"
    python3 -c 'import venv, ensurepip' 2>/dev/null || lacks "python3 with venv" "apt-get install python3-venv"
fi

if [[ $command == crash ]]; then
    command -v python3 >/dev/null || lacks python3 "apt-get install python3"
fi

if ((missing)); then
    echo "make $command: FAILED something it needs is missing"
    exit 1
fi
