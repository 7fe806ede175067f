// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import com.starrocks.connector.flink.catalog.NativeCatalog.Request;
import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.StarRocksNativeException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Databases and tables of a StarRocks cluster, without Flink. Programs such as Flink CDC create and change tables with it.
 *
 * <p>Every failure is a {@link StarRocksCatalogException} that names what failed.
 */
public class StarRocksCatalog implements Serializable {
    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<String, Object> connection;

    public StarRocksCatalog(String jdbcUrl, String username, String password) {
        this(connection(jdbcUrl, username, password));
    }

    /** With everything that the native library takes for a connection. */
    StarRocksCatalog(LinkedHashMap<String, Object> connection) {
        this.connection = connection;
    }

    static LinkedHashMap<String, Object> connection(String jdbcUrl, String username, String password) {
        LinkedHashMap<String, Object> connection = new LinkedHashMap<>();
        // Nothing here goes over HTTP.
        connection.put("load_urls", new ArrayList<String>());
        connection.put("jdbc_url", jdbcUrl);
        connection.put("username", username);
        connection.put("password", password);
        return connection;
    }

    /** Checks that the cluster answers. */
    public void open() throws StarRocksCatalogException {
        send("Failed to open the catalog", request("execute").with("statement", "SELECT 1"));
    }

    /** Nothing stays open between two calls. */
    public void close() throws StarRocksCatalogException {}

    public boolean databaseExists(String databaseName) throws StarRocksCatalogException {
        notBlank(databaseName, "database name");
        Map<String, Object> answer =
                send("Failed to look for a database", request("database_exists").with("database", databaseName));
        return Boolean.TRUE.equals(answer.get("exists"));
    }

    public void createDatabase(String databaseName, boolean ignoreIfExists) throws StarRocksCatalogException {
        notBlank(databaseName, "database name");
        send(
                "Failed to create a database",
                request("create_database").with("database", databaseName).with("if_not_exists", ignoreIfExists));
    }

    public Optional<StarRocksTable> getTable(String databaseName, String tableName) throws StarRocksCatalogException {
        notBlank(databaseName, "database name");
        notBlank(tableName, "table name");
        try {
            Map<String, Object> answer = request("definition")
                    .with("database", databaseName)
                    .with("table", tableName)
                    .send();
            return Optional.of(StarRocksTable.fromJson(Json.object(answer.get("table"))));
        } catch (StarRocksNativeException e) {
            if (e.code().equals("NOT_FOUND")) {
                return Optional.empty();
            }
            throw failed("Failed to get a table", e);
        }
    }

    public boolean tableExists(String databaseName, String tableName) throws StarRocksCatalogException {
        notBlank(databaseName, "database name");
        notBlank(tableName, "table name");
        Map<String, Object> answer = send(
                "Failed to look for a table",
                request("relation").with("database", databaseName).with("table", tableName));
        return answer.get("kind") != null;
    }

    /** Creates a table of any type; without distribution keys and buckets the server chooses both. */
    public void createTable(StarRocksTable table, boolean ignoreIfExists) throws StarRocksCatalogException {
        send(
                "Failed to create a table",
                request("create_table").with("table", table.toJson()).with("if_not_exists", ignoreIfExists));
    }

    /** Adds columns at the end and waits until the table has them. */
    public void alterAddColumns(
            String databaseName, String tableName, List<StarRocksColumn> addColumns, long timeoutSecond)
            throws StarRocksCatalogException {
        notEmpty(addColumns, "columns to add");
        List<Map<String, Object>> changes = new ArrayList<>();
        for (StarRocksColumn column : addColumns) {
            Map<String, Object> change = change("add_column");
            change.put("column", column.toJson(false));
            changes.add(change);
        }
        alter(databaseName, tableName, changes, timeoutSecond);
    }

    /** Drops columns and waits until they are gone. */
    public void alterDropColumns(String databaseName, String tableName, List<String> dropColumns, long timeoutSecond)
            throws StarRocksCatalogException {
        notEmpty(dropColumns, "columns to drop");
        List<Map<String, Object>> changes = new ArrayList<>();
        for (String column : dropColumns) {
            Map<String, Object> change = change("drop_column");
            change.put("name", column);
            changes.add(change);
        }
        alter(databaseName, tableName, changes, timeoutSecond);
    }

    /** Changes a table as the native library reads changes. */
    void alter(String databaseName, String tableName, List<Map<String, Object>> changes, long timeoutSecond) {
        notBlank(databaseName, "database name");
        notBlank(tableName, "table name");
        send(
                "Failed to alter a table",
                request("alter_table")
                        .with("database", databaseName)
                        .with("table", tableName)
                        .with("changes", changes)
                        .with("timeout_s", Math.max(0, timeoutSecond)));
    }

    static Map<String, Object> change(String kind) {
        return new LinkedHashMap<>(Collections.singletonMap("change", kind));
    }

    /** Executes one statement. Subclasses in other projects, such as Flink CDC, find this method by its name. */
    private void executeUpdateStatement(String sql) throws StarRocksCatalogException {
        send("Failed to execute a statement", request("execute").with("statement", sql));
    }

    Request request(String op) {
        return new NativeCatalog(connection).request(op);
    }

    /** Sends a request; the message of a failure begins with {@code what}. */
    Map<String, Object> send(String what, Request request) {
        try {
            return request.send();
        } catch (StarRocksNativeException e) {
            throw failed(what, e);
        }
    }

    static StarRocksCatalogException failed(String what, StarRocksNativeException e) {
        return new StarRocksCatalogException(what + ": " + e.getMessage(), e);
    }

    private static void notBlank(String text, String what) {
        if (text == null || text.trim().isEmpty()) {
            throw new IllegalArgumentException("The " + what + " is missing or blank.");
        }
    }

    private static void notEmpty(List<?> list, String what) {
        if (list == null || list.isEmpty()) {
            throw new IllegalArgumentException("There are no " + what + ".");
        }
    }
}
