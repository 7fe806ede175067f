// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;

/** What all programs here share: how to reach StarRocks. The arguments are host:port of the HTTP and of the MySQL port. */
final class Connection {
    private Connection() {}

    static StarRocksSinkOptions.Builder options(String[] args, String database, String table) {
        return StarRocksSinkOptions.builder()
                .withProperty("load-url", http(args))
                .withProperty("jdbc-url", jdbc(args))
                .withProperty("database-name", database)
                .withProperty("table-name", table)
                .withProperty("username", "root")
                .withProperty("password", "");
    }

    static StarRocksSourceOptions.Builder source(String[] args, String database, String table) {
        return StarRocksSourceOptions.builder()
                .withProperty("scan-url", http(args))
                .withProperty("jdbc-url", jdbc(args))
                .withProperty("database-name", database)
                .withProperty("table-name", table)
                .withProperty("username", "root")
                .withProperty("password", "");
    }

    private static String http(String[] args) {
        return args.length > 0 ? args[0] : "127.0.0.1:8030";
    }

    private static String jdbc(String[] args) {
        return "jdbc:mysql://" + (args.length > 1 ? args[1] : "127.0.0.1:9030");
    }
}
