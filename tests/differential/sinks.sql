-- The sinks of one connector and format: ENGINE, FORMAT and OPTIONS are replaced. The original corrupts rows whose texts hold a
-- separator; the server then filters them, which is not to end the job.
CREATE TABLE values_FORMAT (
    id INT, b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, n DECIMAL(20, 4), c CHAR(5), v STRING, dt DATE,
    ts TIMESTAMP(6)
) WITH (OPTIONS, 'table-name' = 'ENGINE_values_FORMAT');
CREATE TABLE texts_FORMAT (id INT, v STRING)
    WITH (OPTIONS, 'table-name' = 'ENGINE_texts_FORMAT', 'sink.properties.max_filter_ratio' = '1');
CREATE TABLE nested_FORMAT (
    id INT, a ARRAY<INT>, s ARRAY<STRING>, m MAP<STRING, INT>, r ROW<x INT, y STRING>, o ARRAY<ROW<x INT, y STRING>>, j STRING
) WITH (OPTIONS, 'table-name' = 'ENGINE_nested_FORMAT');
CREATE TABLE changes_FORMAT (id INT, v STRING, n INT, PRIMARY KEY (id) NOT ENFORCED)
    WITH (OPTIONS, 'table-name' = 'ENGINE_changes_FORMAT');
CREATE TABLE partial_FORMAT (id INT, n INT, PRIMARY KEY (id) NOT ENFORCED)
    WITH (OPTIONS, 'table-name' = 'ENGINE_partial_FORMAT', 'sink.properties.partial_update' = 'true', 'sink.properties.columns' = 'id,n,__op');
CREATE TABLE fewer_FORMAT (id INT, n INT, PRIMARY KEY (id) NOT ENFORCED)
    WITH (OPTIONS, 'table-name' = 'ENGINE_fewer_FORMAT');
CREATE TABLE zoned_FORMAT (id INT, ts TIMESTAMP_LTZ(3))
    WITH (OPTIONS, 'table-name' = 'ENGINE_zoned_FORMAT');
