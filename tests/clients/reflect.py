# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0

"""SQLAlchemy with the starrocks dialect reflects a table and reads it. Environment: see scripts/clients.sh."""

import os

import sqlalchemy as sa

url = sa.URL.create(
    "starrocks", "root", os.environ["STARROCKS_PASSWORD"], "127.0.0.1", int(os.environ["QUERY_PORT"]), "alchemy"
)
with sa.create_engine(url.set(database="information_schema")).connect() as connection:
    connection.exec_driver_sql("create database alchemy")
engine = sa.create_engine(url)
with engine.connect() as connection:
    connection.exec_driver_sql(
        "create table orders (id bigint not null comment 'the key', price decimal(12, 3), note varchar(30), at datetime) "
        "primary key(id) comment 'what was bought' distributed by hash(id) buckets 3 properties ('replication_num' = '1')"
    )
    connection.exec_driver_sql("insert into orders values (1, 2.5, 'x', '2024-01-01 00:00:00')")

inspector = sa.inspect(engine)
assert inspector.get_table_names() == ["orders"], inspector.get_table_names()
assert "alchemy" in inspector.get_schema_names()
orders = sa.Table("orders", sa.MetaData(), autoload_with=engine)
assert [c.name for c in orders.columns] == ["id", "price", "note", "at"], orders.columns
assert not orders.c.id.nullable and orders.c.price.nullable
assert (orders.c.price.type.precision, orders.c.price.type.scale) == (12, 3), orders.c.price.type
assert orders.c.note.type.length == 30, orders.c.note.type
with engine.connect() as connection:
    rows = connection.execute(sa.select(orders).where(orders.c.id == 1)).all()
assert len(rows) == 1 and str(rows[0].price) == "2.500", rows

with engine.connect() as connection:
    connection.exec_driver_sql("create view dear (id, price) as select id, price from orders where price > 2")
inspector = sa.inspect(engine)
assert inspector.get_table_names() == ["orders"], inspector.get_table_names()
assert inspector.get_view_names() == ["dear"], inspector.get_view_names()
dear = sa.Table("dear", sa.MetaData(), autoload_with=engine)
assert [c.name for c in dear.columns] == ["id", "price"], dear.columns
assert "price" in inspector.get_view_definition("dear"), inspector.get_view_definition("dear")
with engine.connect() as connection:
    assert connection.execute(sa.select(dear.c.id)).scalars().all() == [1]
