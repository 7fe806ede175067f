#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0

# curl: Stream Load through the redirect, a transaction, label rules, errors. Environment: see scripts/clients.sh.
set -euo pipefail
fe=http://127.0.0.1:$FE_HTTP_PORT
auth=(-u "root:$STARROCKS_PASSWORD")
fail() { echo "$*" >&2; exit 1; }
expect() { # what, text, pattern
    grep -Eq "$3" <<<"$2" || fail "$1: expected $3 in: $2"
}
# DDL has no HTTP interface in every version, so tables are made over the MySQL port.
sql() { "$SRCTL" sql --host 127.0.0.1 --port "$QUERY_PORT" --user root --query "$1"; }

expect health "$(curl -sS "$fe/api/health")" '"status" ?: ?"OK"'
sql 'create database curl_db'
sql 'create table curl_db.t (id int not null, name varchar(20)) primary key(id) distributed by hash(id)'

load() { curl -sS --location-trusted "${auth[@]}" -H Expect:100-continue "$@"; }
reply=$(printf '1\ta\n2\tb\n' | load -H label:c1 -T - "$fe/api/curl_db/t/_stream_load")
expect "stream load" "$reply" '"Status": ?"Success"'
expect "stream load" "$reply" '"NumberLoadedRows": ?2'
reply=$(printf '1\ta\n' | load -H label:c1 -T - "$fe/api/curl_db/t/_stream_load")
expect "label reuse" "$reply" '"Status": ?"Label Already Exists"'
expect "label reuse" "$reply" '"ExistingJobStatus": ?"FINISHED"'
expect "label state" "$(curl -sS "${auth[@]}" "$fe/api/curl_db/get_load_state?label=c1")" '"state" ?: ?"VISIBLE"'

reply=$(printf '[{"id":3,"name":"c"},{"id":4,"name":null}]' |
    load -H label:c2 -H format:json -H strip_outer_array:true -T - "$fe/api/curl_db/t/_stream_load")
expect "json load" "$reply" '"NumberLoadedRows": ?2'

reply=$(printf 'x\ta\n' | load -H label:c3 -H strict_mode:true -T - "$fe/api/curl_db/t/_stream_load")
expect "rejected row" "$reply" '"Status": ?"Fail"'
url=$(sed -n 's/.*"ErrorURL": *"\([^"]*\)".*/\1/p' <<<"$reply")
expect "error log" "$(curl -sS "$url")" '^Error: .* Row: '

txn() { curl -sS --location-trusted "${auth[@]}" -X POST -H "label:$1" -H db:curl_db -H table:t "$fe/api/transaction/$2"; }
expect begin "$(txn x1 begin)" '"Status": ?"OK"'
reply=$(printf '5\te\n' | load -X PUT -H label:x1 -H db:curl_db -H table:t -T - "$fe/api/transaction/load")
expect "transaction load" "$reply" '"Status": ?"OK"'
expect prepare "$(txn x1 prepare)" '"Status": ?"OK"'
expect "prepared state" "$(curl -sS "${auth[@]}" "$fe/api/curl_db/get_load_state?label=x1")" '"state" ?: ?"PREPARED"'
expect commit "$(txn x1 commit)" '"Status": ?"OK"'
expect "commit again" "$(txn x1 commit)" '"Status": ?"OK"'

code=$(curl -sS -o /dev/null -w '%{http_code}' -u root:wrong "$fe/api/curl_db/get_load_state?label=c1")
[ "$code" = 401 ] || fail "wrong password: HTTP $code"
reply=$(printf '1\ta\n' | load -T - "$fe/api/curl_db/nope/_stream_load")
expect "unknown table" "$reply" 'unknown table'
rows=$(sql 'select count(*) from curl_db.t')
[ "$rows" = 5 ] || fail "rows: $rows"
