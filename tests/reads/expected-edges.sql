SELECT 'cast', id, s FROM reads.edges WHERE f >= 1 AND f < 2
UNION ALL SELECT 'backslash', id, s FROM reads.edges WHERE id = 2
UNION ALL SELECT 'zoned', id, DATE_FORMAT(ts, '%Y-%m-%d %H:%i:%s') FROM reads.edges
UNION ALL SELECT 'zoned filter', id, s FROM reads.edges WHERE id = 1
UNION ALL SELECT 'limit', 2, ''
