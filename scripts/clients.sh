#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Lets clients that nobody here wrote talk to the embedded server, see tests/clients/README.md.
#
# usage: scripts/clients.sh SRCTL

NAME=clients
WORK=build/clients
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=scripts/server.sh
source scripts/server.sh

SRCTL=$1
HERE=tests/clients
rm -rf "$WORK"
mkdir -p "$WORK"

# The password has a colon in it because Basic authentication separates user and password by the first one.
export SRCTL STARROCKS_PASSWORD='s3cret:colon'
server_start --password "$STARROCKS_PASSWORD"
export FE_HTTP_PORT=${SERVER_FE_HTTP##*:} QUERY_PORT=${SERVER_QUERY##*:}

missing=()
try() { # what, command...
    local what=$1 log=$WORK/${1// /-}.log
    shift
    "$@" >"$log" 2>&1 || fail "$what" "$log"
    say "$what ok"
}

if command -v curl >/dev/null; then
    try curl bash "$HERE/curl.sh"
else
    missing+=("curl (apt-get install curl)")
fi

if cli=$(command -v mariadb || command -v mysql); then
    try "command line" bash "$HERE/cli.sh" "$cli"
else
    missing+=("the mysql command line (apt-get install mariadb-client-core)")
fi

if python3 -c 'import venv, ensurepip' 2>/dev/null; then
    venv=${XDG_CACHE_HOME:-$HOME/.cache}/starrocks-flink/clients-$(cksum <"$HERE/requirements.txt" | cut -d' ' -f1)
    if [[ ! -e $venv/ready ]]; then
        say "installing the Python drivers"
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" -q install --disable-pip-version-check -r "$HERE/requirements.txt" || fail "pip could not install $HERE/requirements.txt"
        touch "$venv/ready"
    fi
    try "Python drivers" "$venv/bin/python" "$HERE/drivers.py"
    try "SQLAlchemy" "$venv/bin/python" "$HERE/reflect.py"
else
    missing+=("python3 with venv (apt-get install python3-venv)")
fi

stop_all
if [[ ${#missing[@]} -eq 0 ]]; then
    say "OK"
else
    printf -v list '%s, ' "${missing[@]}"
    say "OK, but these programs are not installed and were not tried: ${list%, }"
fi
