SELECT id, dt, b, t, s, l, CAST(li AS VARCHAR), f, d, n, m, c, v, st, ts, CAST(j AS VARCHAR), ai, sa, mp[1], mp[id + 2], r.x, r.y, r.z FROM reads.types
