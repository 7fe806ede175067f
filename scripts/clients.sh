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
flight=(--arrow-flight-port 0 --be-arrow-flight-port 0)
# Types and tickets of Arrow Flight SQL changed with 4.0.4.
server_start --password "$STARROCKS_PASSWORD" --compat-version 4.0.4 "${flight[@]}"
export FLIGHT_TYPED_PORT=${SERVER_FLIGHT##*:}
server_start --password "$STARROCKS_PASSWORD" "${flight[@]}"
export FE_HTTP_PORT=${SERVER_FE_HTTP##*:} QUERY_PORT=${SERVER_QUERY##*:} FLIGHT_PORT=${SERVER_FLIGHT##*:}

tried=0
try() { # what, command...
    local what=$1 log=$WORK/${1// /-}.log
    shift
    "$@" >"$log" 2>&1 || fail "$what" "$log"
    say "$what ok"
    tried=$((tried + 1))
}

if command -v curl >/dev/null; then
    try curl bash "$HERE/curl.sh"
else
    not_run curl "get it with: apt-get install curl"
fi

if cli=$(command -v mariadb || command -v mysql); then
    try "command line" bash "$HERE/cli.sh" "$cli"
else
    not_run "the mysql command line" "get it with: apt-get install mariadb-client-core"
fi

if python_venv clients "$HERE/requirements.txt"; then
    try "Python drivers" "$VENV/bin/python" "$HERE/drivers.py"
    try "SQLAlchemy" "$VENV/bin/python" "$HERE/reflect.py"
    try "ADBC" "$VENV/bin/python" "$HERE/flight.py"
else
    not_run "the Python drivers, SQLAlchemy and ADBC" "get python3 with venv: apt-get install python3-venv"
fi

stop_all
say "OK $tried of 5 clients"
