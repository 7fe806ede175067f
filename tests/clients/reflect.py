# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0

"""SQLAlchemy with the starrocks dialect creates, reflects and reads tables. Environment: see scripts/clients.sh."""

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

# A table that the dialect itself creates, read back as it was declared.
parts = sa.Table(
    "parts",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False, comment="the key"),
    sa.Column("name", sa.String(20), nullable=False),
    sa.Column("weight", sa.Numeric(10, 2)),
    sa.Column("since", sa.DateTime),
    comment="what is in stock",
    starrocks_primary_key="id",
    starrocks_distributed_by="HASH(id) BUCKETS 2",
    starrocks_properties={"replication_num": "1"},
)
parts.metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(parts.insert(), [{"id": 1, "name": "bolt", "weight": 0.25}, {"id": 2, "name": "nut", "weight": None}])
    connection.execute(parts.insert(), [{"id": 1, "name": "screw", "weight": 0.5}])
    found = connection.execute(sa.select(parts.c.name).order_by(parts.c.id)).scalars().all()
assert found == ["screw", "nut"], found
again = sa.Table("parts", sa.MetaData(), autoload_with=engine)
assert [(c.name, c.nullable) for c in again.columns] == [(c.name, c.nullable) for c in parts.columns], again.columns
assert again.c.name.type.length == 20 and again.c.weight.type.scale == 2, again.columns
assert again.comment == parts.comment and again.c.id.comment == "the key", (again.comment, again.c.id.comment)
options = sa.inspect(engine).get_table_options("parts")
assert options["starrocks_primary_key"] == "id", options
assert options["starrocks_distributed_by"].replace("`", "") == "HASH(id) BUCKETS 2", options
again.metadata.drop_all(engine)
assert "parts" not in sa.inspect(engine).get_table_names()
