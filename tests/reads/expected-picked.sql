SELECT 'between', id, v, n FROM reads.types WHERE id BETWEEN 100 AND 120
UNION ALL SELECT 'in', id, v, n FROM reads.types WHERE v IN ('v5', 'v17', 'it''s', 'none')
UNION ALL SELECT 'null', id, v, n FROM reads.types WHERE n IS NULL AND id < 200
UNION ALL SELECT 'not null', id, v, n FROM reads.types WHERE n IS NOT NULL AND id <= 20
UNION ALL SELECT 'or', id, v, n FROM reads.types WHERE id = 3 OR (id > 7 AND id <= 9) OR v <> 'x' AND id = 30
UNION ALL SELECT 'date', id, v, n FROM reads.types WHERE dt >= '2024-12-01'
UNION ALL SELECT 'decimal', id, v, n FROM reads.types WHERE n > 12.3400 AND n < 20.0000
UNION ALL SELECT 'boolean', id, v, n FROM reads.types WHERE b AND id < 50
UNION ALL SELECT 'like', id, v, n FROM reads.types WHERE v LIKE 'v1%' AND id < 300
