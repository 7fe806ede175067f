#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# What can be said of the sources without running them: format, lints, licence headers, dependencies.

NAME=check
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
CARGO_DENY=0.20.2

say "licence header of each source file"
missing=$(git ls-files '*.rs' '*.java' '*.sh' '*.toml' '*.xml' '*.py' Makefile .ci/run ':!*/testdata/*' ':!*/test/resources/*' |
    while read -r file; do
        [[ $file == *.toml && $file != deny.toml ]] && continue
        head -n 8 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$file"
    done)
[[ -z $missing ]] || fail "no licence header in: ${missing//$'\n'/ }"

say "one version: $VERSION"
differing=$(git ls-files 'java/*pom.xml' | while read -r pom; do
    # The first version of a pom is its parent's, or its own where it has none.
    [[ $(sed -n 's|^ *<version>\(.*\)</version>$|\1|p' "$pom" | head -n 1) == "$VERSION" ]] || echo "$pom"
done)
[[ -z $differing ]] || fail "not the version of Cargo.toml, $VERSION: ${differing//$'\n'/ }"

say "Rust format (cargo fmt)"
cargo fmt --all --check || fail "run: cargo fmt --all"

say "Rust lints (cargo clippy, warnings are errors)"
cargo clippy --workspace --all-targets --quiet -- -D warnings || fail "clippy"

say "features: tests build the same dependencies as the programs"
dependencies() { cargo tree --quiet --locked --workspace --prefix none --format '{p} [{f}]' "$@" | sed 's/ (\*)$//' | LC_ALL=C sort -u; }
programs=$(dependencies --edges no-dev) && tests=$(dependencies) || fail "cargo tree"
changed=$(LC_ALL=C comm -23 <(echo "$programs") <(echo "$tests"))
[[ -z $changed ]] || fail "a dev-dependency adds features, so that Cargo builds DataFusion a second time, to: ${changed//$'\n'/, }"

say "Java format (spotless)"
mvn -B -ntp -q -f java/pom.xml spotless:check || fail "run: mvn -f java/pom.xml spotless:apply"

# Kept outside the checkout; building it takes about two minutes, once.
tools=${XDG_CACHE_HOME:-$HOME/.cache}/starrocks-flink/tools
export PATH=$PATH:$tools/bin
if ! command -v cargo-deny >/dev/null; then
    say "installing cargo-deny $CARGO_DENY into $tools"
    env -u CARGO_TARGET_DIR cargo install --quiet --locked cargo-deny --version "$CARGO_DENY" --root "$tools" || fail "cargo install cargo-deny"
fi
say "licences, versions and sources of the dependencies (cargo deny)"
cargo deny --log-level error check bans licenses sources || fail "cargo deny"
say "OK"
