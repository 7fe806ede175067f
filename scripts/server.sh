# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# The embedded server as a process of its own, on free ports. Sourced after common.sh; SRCTL is the binary.

# server_start [FLAG...]: sets SERVER_FE_HTTP, SERVER_BE_HTTP, SERVER_QUERY and, with --arrow-flight-port, SERVER_FLIGHT, with --follower, SERVER_FOLLOWER_HTTP (host:port).
server_start() {
    local ready=$WORK/server.json
    : >"$ready"
    start "$ready" "$SRCTL" server --listen 127.0.0.1 --fe-http-port 0 --query-port 0 --be-http-port 0 --be-port 0 "$@"
    SERVER_PID=$STARTED
    wait_for 30 "$SERVER_PID" "the embedded server" "$ready" grep -q '"fe_http"' "$ready"
    SERVER_FE_HTTP=$(ready_value fe_http "$ready")
    SERVER_BE_HTTP=$(ready_value be_http "$ready")
    SERVER_BE=$(ready_value be "$ready")
    SERVER_QUERY=$(ready_value query "$ready")
    SERVER_FLIGHT=$(ready_value arrow_flight "$ready")
    SERVER_FOLLOWER_HTTP=$(ready_value follower_http "$ready")
}

# ready_value KEY FILE: a value of the line of JSON that the server prints when it is ready.
ready_value() { grep '"fe_http"' "$2" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# server_sql [--query SQL]: runs SQL, or the statements on standard input; prints rows with tabs between values.
server_sql() { "$SRCTL" sql --host "${SERVER_QUERY%:*}" --port "${SERVER_QUERY##*:}" --user root "$@"; }
