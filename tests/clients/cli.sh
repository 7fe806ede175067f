#!/usr/bin/env bash
# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0

# The MariaDB or MySQL command line: DDL, DML, SHOW, errors. Usage: cli.sh <client>; environment: see scripts/clients.sh.
set -euo pipefail
fail() { echo "$*" >&2; exit 1; }
q() { MYSQL_PWD=$STARROCKS_PASSWORD "$client" -h 127.0.0.1 -P "$QUERY_PORT" -u root --batch --skip-column-names -e "$1"; }
client=$1

q "create database cli_db"
q "create table cli_db.t (id bigint not null, price decimal(10,2), at datetime) primary key(id) distributed by hash(id) buckets 2 properties('replication_num'='1')"
q "insert into cli_db.t values (1, 1.50, '2024-02-29 12:00:00'), (2, null, null)"
q "use cli_db; update t set price = 9.99 where id = 2; delete from t where id = 1"
got=$(q "select * from cli_db.t")
[ "$got" = $'2\t9.99\tNULL' ] || fail "rows: $got"
q "show databases" | grep -qx cli_db || fail "show databases"
q "show tables from cli_db" | grep -qx t || fail "show tables"
q "desc cli_db.t" | grep -q '^price' || fail "desc"
q "show create table cli_db.t" | grep -q 'PRIMARY KEY' || fail "show create table"
if error=$(q "select * from cli_db.missing" 2>&1); then fail "a missing table was found"; fi
grep -q "Unknown table" <<<"$error" || fail "the error does not say unknown table: $error"
if MYSQL_PWD=wrong "$client" -h 127.0.0.1 -P "$QUERY_PORT" -u root -e "select 1" 2>/dev/null; then fail "a wrong password was accepted"; fi
