// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;

/** What all programs here share: how to reach StarRocks. The arguments are host:port of the HTTP and of the MySQL port. */
final class Connection {
    private Connection() {}

    static StarRocksSinkOptions.Builder options(String[] args, String database, String table) {
        return StarRocksSinkOptions.builder()
                .withProperty("load-url", args.length > 0 ? args[0] : "127.0.0.1:8030")
                .withProperty("jdbc-url", "jdbc:mysql://" + (args.length > 1 ? args[1] : "127.0.0.1:9030"))
                .withProperty("database-name", database)
                .withProperty("table-name", table)
                .withProperty("username", "root")
                .withProperty("password", "");
    }
}
