SELECT 'flights', COUNT(*) FROM reads.flights
UNION ALL SELECT 'carrier UA', COUNT(flight) FROM reads.flights WHERE carrier = 'UA'
UNION ALL SELECT 'distance', SUM(distance) FROM reads.flights
UNION ALL SELECT 'tails', COUNT(DISTINCT tailnum) FROM reads.flights WHERE origin <> 'JFK'
