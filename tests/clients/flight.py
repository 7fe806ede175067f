# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0

"""The ADBC driver for Arrow Flight SQL: statements, prepared ones, types, errors. Environment: see scripts/clients.sh."""

import datetime
import decimal
import os
import warnings

import adbc_driver_manager
import pyarrow as pa
from adbc_driver_flightsql import dbapi

PASSWORD = os.environ["STARROCKS_PASSWORD"]
# The server has no transactions that a driver could switch on.
warnings.filterwarnings("ignore", message="Cannot disable autocommit")


def connect(port, user="root", password=PASSWORD):
    return dbapi.connect(f"grpc://127.0.0.1:{port}", db_kwargs={"username": user, "password": password})


def fails(word, action):
    try:
        action()
    except (dbapi.Error, adbc_driver_manager.Error) as error:
        assert word in str(error), error
        return
    raise SystemExit(f"no error with {word!r}")


def check(port, typed):
    with connect(port) as connection, connection.cursor() as cursor:

        def run(statement):
            cursor.execute(statement)
            return cursor.fetch_arrow_table()

        status = run("create database flight")
        assert status.to_pydict() == {"StatusResult": ["0"]}, status
        run("use flight")
        # VARBINARY came with the types.
        binary = ", x varbinary" if typed else ""
        run(
            "create table types (id int not null, b boolean, t tinyint, s smallint, l bigint, h largeint, f float, "
            f"d double, n decimal(20, 4), c char(5), v varchar(50), day date, at datetime, j json, a array<int>{binary}) "
            "duplicate key(id) distributed by hash(id) buckets 1 properties ('replication_num' = '1')"
        )
        columns = "id, b, t, s, l, h, f, d, n, c, v, day, at, j, a"
        run(
            f"insert into types ({columns}) values (1, true, -128, 32767, 9223372036854775807, "
            "170141183460469231731687303715884105727, 1.5, -2.25, 1234567890.0123, 'ab', 'grüße', '2024-02-29', "
            "'2024-02-29 23:59:59.123456', '{\"k\": [1, null]}', [1, null])"
        )
        run("insert into types (id) values (2)")
        rows = run("select * from types order by id")
        expected = [
            pa.int32(), pa.bool_(), pa.int8(), pa.int16(), pa.int64(), pa.string(), pa.float32(), pa.float64(),
            pa.decimal128(20, 4), pa.string(), pa.string(), pa.string(), pa.string(), pa.string(), pa.list_(pa.int32()),
        ]  # fmt: skip
        if typed:
            expected[5] = pa.decimal128(38, 0)
            expected[11:13] = [pa.date32(), pa.timestamp("us", tz="UTC")]
            expected.append(pa.binary())
        assert rows.schema.types == expected, rows.schema
        full, empty = (list(row.values()) for row in rows.to_pylist())
        day, at = "2024-02-29", "2024-02-29 23:59:59.123456"
        if typed:
            day, at = datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 23, 59, 59, 123456, datetime.timezone.utc)
        assert full[:5] == [1, True, -128, 32767, 9223372036854775807], full
        assert str(full[5]) == "170141183460469231731687303715884105727", full[5]
        assert full[6:11] == [1.5, -2.25, decimal.Decimal("1234567890.0123"), "ab", "grüße"], full
        assert full[11:15] == [day, at, '{"k": [1, null]}', [1, None]], full
        assert empty == [2] + [None] * (len(expected) - 1), empty

        # More rows than one message holds, and none.
        numbers = ", ".join(f"({i})" for i in range(3, 2003))
        run(f"insert into types (id) values {numbers}")
        cross = "select a.id * 1000 + b.id as n from types a join types b on b.id < 100"
        assert run(f"select count(*), min(n), max(n) from ({cross}) x").to_pydict().popitem()[1] == [2002099]
        assert run(cross).num_rows == 2002 * 99
        assert run("select id from types where id < 0").num_rows == 0

        assert "flight" in run("show databases").column(0).to_pylist()
        run("set query_timeout = 60")
        assert run("show variables like 'query_timeout'").to_pylist()[0]["Value"] == "60"

        # The driver prepares first when it is told to.
        cursor.adbc_prepare("select count(*) as c from types")
        cursor.execute("select count(*) as c from types")
        assert cursor.fetchone() == (2002,)

        fails("Unknown table", lambda: run("select * from nowhere"))
        fails("Unknown database", lambda: run("use nowhere"))
        fails("syntax", lambda: run("selectt 1"))
        fails("multiple query", lambda: run("select 1; select 2"))
        # A session survives its errors.
        assert run("select 1 + 1 as two").to_pydict() == {"two": [2]}

        info = connection.adbc_get_info()
        assert info["vendor_name"] == "StarRocks", info

        run("create user reader identified by 'r:1'")
        run("grant select on flight.types to reader")
        with connect(port, "reader", "r:1") as limited, limited.cursor() as other:
            other.execute("select count(*) from flight.types")
            assert other.fetchone() == (2002,)
            fails("Access denied", lambda: other.execute("insert into flight.types (id) values (0)"))
        run("drop database flight force")
        run("drop user reader")
    fails("Access denied for user: root", lambda: connect(port, password="wrong").cursor().execute("select 1"))
    fails("Access denied for user: nobody", lambda: connect(port, "nobody", "").cursor().execute("select 1"))


check(int(os.environ["FLIGHT_PORT"]), typed=False)
check(int(os.environ["FLIGHT_TYPED_PORT"]), typed=True)
