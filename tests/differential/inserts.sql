INSERT INTO values_FORMAT SELECT * FROM source_values;
INSERT INTO texts_FORMAT SELECT * FROM source_texts WHERE 'FORMAT' = 'json' OR v IS NULL OR v <> '\N';
INSERT INTO nested_FORMAT SELECT * FROM source_nested;
INSERT INTO changes_FORMAT SELECT * FROM source_changes;
INSERT INTO partial_FORMAT VALUES (1, 10), (2, 20);
INSERT INTO fewer_FORMAT VALUES (1, 10), (2, 20);
INSERT INTO zoned_FORMAT SELECT * FROM source_zoned;
