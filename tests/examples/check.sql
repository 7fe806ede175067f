SELECT viewed, page, reader, millis FROM guide.page_views ORDER BY viewed;
SELECT id, tags, numbers, place, payload FROM guide.events;
SELECT account, balance, changes FROM guide.balances ORDER BY account;
SELECT player, name, score FROM guide.scores ORDER BY player;
SELECT sensor, celsius FROM guide.measurements ORDER BY sensor;
SELECT id, word FROM guide.lines ORDER BY id;
SELECT id, item, price FROM guide.sales ORDER BY id;
SELECT 'cat', name FROM guide.cats UNION ALL SELECT 'dog', name FROM guide.dogs ORDER BY name;
SELECT id, day, page, seconds, tags FROM guide.visits ORDER BY id;
