# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0

"""PyMySQL and mysql-connector-python: types, parameters, errors. Environment: see scripts/clients.sh."""

import datetime
import decimal
import os

import mysql.connector
import pymysql

PORT = int(os.environ["QUERY_PORT"])
PASSWORD = os.environ["STARROCKS_PASSWORD"]

DDL = """
create table types (
    id int not null, b boolean, t tinyint, s smallint, l bigint, h largeint, f float, d double,
    n decimal(38, 10), c char(5), v varchar(50), day date, at datetime, j json, a array<int>
) duplicate key(id) distributed by hash(id) buckets 1 properties ("replication_num" = "1")
"""
ROW = (
    "(1, true, -128, 32767, 9223372036854775807, 170141183460469231731687303715884105727, 1.5, -2.25, "
    "1234567890.0123456789, 'ab', 'grüße', '2024-02-29', '2024-02-29 23:59:59.123456', '{\"k\": [1, null]}', [1, null])"
)


def check(connect, name):
    connection = connect()
    cursor = connection.cursor()
    cursor.execute(f"create database {name}")
    cursor.execute(f"use {name}")
    cursor.execute(DDL)
    cursor.execute(f"insert into types values {ROW}")
    cursor.execute("insert into types (id) values (2)")
    cursor.execute("select * from types order by id")
    full, empty = cursor.fetchall()
    assert full[:5] == (1, 1, -128, 32767, 9223372036854775807), full
    assert str(full[5]) == "170141183460469231731687303715884105727", full[5]
    assert full[6:8] == (1.5, -2.25), full
    assert full[8] == decimal.Decimal("1234567890.0123456789"), full[8]
    assert full[9:13] == (
        "ab",
        "grüße",
        datetime.date(2024, 2, 29),
        datetime.datetime(2024, 2, 29, 23, 59, 59, 123456),
    ), full
    assert full[13] == '{"k": [1, null]}', full[13]
    assert full[14] == "[1,null]", full[14]
    assert empty == (2,) + (None,) * 14, empty

    cursor.execute("select count(*) from types where id = %s and v = %s", (1, "grüße"))
    assert cursor.fetchone()[0] == 1
    cursor.execute("select current_version()")
    assert cursor.fetchone()[0].startswith("3.5.5"), "version"
    try:
        cursor.execute("select nope from types")
        raise SystemExit("an unknown column was accepted")
    except (pymysql.err.MySQLError, mysql.connector.Error) as error:
        assert error.args[0] == 1064 or getattr(error, "errno", 0) == 1064, error
        assert "nope" in str(error), error
    cursor.execute(f"drop database {name} force")
    connection.close()


check(
    lambda: pymysql.connect(host="127.0.0.1", port=PORT, user="root", password=PASSWORD, autocommit=True), "pymysql_db"
)
check(
    lambda: mysql.connector.connect(
        host="127.0.0.1", port=PORT, user="root", password=PASSWORD, autocommit=True, ssl_disabled=True
    ),
    "connector_db",
)
try:
    pymysql.connect(host="127.0.0.1", port=PORT, user="root", password="wrong")
    raise SystemExit("a wrong password was accepted")
except pymysql.err.OperationalError as error:
    assert error.args[0] == 1045, error
