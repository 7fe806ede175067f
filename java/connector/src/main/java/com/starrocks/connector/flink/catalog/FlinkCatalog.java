// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import static org.apache.flink.util.Preconditions.checkArgument;

import com.starrocks.connector.flink.catalog.NativeCatalog.Request;
import com.starrocks.connector.flink.catalog.StarRocksTable.TableType;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.StarRocksNativeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogDatabase;
import org.apache.flink.table.catalog.CatalogDatabaseImpl;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.exceptions.CatalogException;
import org.apache.flink.table.catalog.exceptions.DatabaseAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotEmptyException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.table.catalog.exceptions.TableAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.catalog.stats.CatalogTableStatistics;
import org.apache.flink.table.factories.Factory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The databases and tables of a StarRocks cluster as a catalog of Flink. */
public class FlinkCatalog extends ChangeableCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(FlinkCatalog.class);

    private final StarRocksCatalog starrocks;
    private final TableConversion conversion;
    private final TableOptions tableOptions;
    private final long schemaChangeSeconds;

    /**
     * @param sourceBaseConfig options of sources, with their whole keys
     * @param sinkBaseConfig options of sinks, with their whole keys
     * @param tableBaseConfig options for tables that are created, with their whole keys
     */
    public FlinkCatalog(
            String name,
            String jdbcUrl,
            String httpUrl,
            String username,
            String password,
            String defaultDatabase,
            Configuration sourceBaseConfig,
            Configuration sinkBaseConfig,
            Configuration tableBaseConfig,
            ClassLoader userClassLoader) {
        super(name, defaultDatabase);
        notBlank(jdbcUrl, CatalogOptions.JDBC_URL);
        notBlank(httpUrl, CatalogOptions.HTTP_URL);
        notBlank(username, CatalogOptions.USERNAME);
        Map<String, String> everywhere = new LinkedHashMap<>();
        everywhere.put("connector", CatalogOptions.IDENTIFIER);
        everywhere.putAll(sourceBaseConfig.toMap());
        everywhere.putAll(sinkBaseConfig.toMap());
        everywhere.put(StarRocksSinkOptions.JDBC_URL.key(), jdbcUrl);
        everywhere.put(StarRocksSourceOptions.SCAN_URL.key(), httpUrl.replace(';', ','));
        everywhere.put(StarRocksSinkOptions.LOAD_URL.key(), httpUrl.replace(',', ';'));
        everywhere.put(StarRocksSinkOptions.USERNAME.key(), username);
        everywhere.put(StarRocksSinkOptions.PASSWORD.key(), password);
        this.tableOptions = new TableOptions(everywhere, tableBaseConfig);
        this.schemaChangeSeconds =
                tableBaseConfig.get(CatalogOptions.TABLE_SCHEMA_CHANGE_TIMEOUT).getSeconds();
        LinkedHashMap<String, Object> connection = StarRocksCatalog.connection(jdbcUrl, username, password);
        connection.put("load_urls", Arrays.asList(httpUrl.split("[,;]")));
        connection.put("ca_file", sinkBaseConfig.getString(StarRocksSinkOptions.SSL_CA_FILE.key(), null));
        connection.put("cert_file", sinkBaseConfig.getString(StarRocksSinkOptions.SSL_CERT_FILE.key(), null));
        connection.put("key_file", sinkBaseConfig.getString(StarRocksSinkOptions.SSL_KEY_FILE.key(), null));
        this.starrocks = new StarRocksCatalog(connection);
        this.conversion = new TableConversion(starrocks);
    }

    private static void notBlank(String value, ConfigOption<?> option) {
        checkArgument(value != null && !value.trim().isEmpty(), "Option '%s' is missing or blank.", option.key());
    }

    @Override
    public void open() throws CatalogException {
        try {
            starrocks.open();
        } catch (StarRocksCatalogException e) {
            throw failed("open", e);
        }
    }

    @Override
    public void close() throws CatalogException {}

    @Override
    public Optional<Factory> getFactory() {
        return Optional.of(new StarRocksDynamicTableFactory());
    }

    // Databases

    @Override
    public List<String> listDatabases() throws CatalogException {
        return Json.list(send("list databases", starrocks.request("databases")).get("databases")).stream()
                .map(name -> (String) name)
                .collect(Collectors.toList());
    }

    @Override
    public CatalogDatabase getDatabase(String database) throws DatabaseNotExistException, CatalogException {
        mustExist(database);
        return new CatalogDatabaseImpl(new HashMap<>(), null);
    }

    @Override
    public boolean databaseExists(String database) throws CatalogException {
        checkArgument(database != null && !database.trim().isEmpty(), "The database name is missing or blank.");
        Request request = starrocks.request("database_exists").with("database", database);
        return Boolean.TRUE.equals(
                send("look for database " + database, request).get("exists"));
    }

    private void mustExist(String database) throws DatabaseNotExistException {
        if (!databaseExists(database)) {
            throw new DatabaseNotExistException(getName(), database);
        }
    }

    @Override
    public void createDatabase(String name, CatalogDatabase database, boolean ignoreIfExists)
            throws DatabaseAlreadyExistException, CatalogException {
        if (databaseExists(name)) {
            if (ignoreIfExists) {
                return;
            }
            throw new DatabaseAlreadyExistException(getName(), name);
        }
        if (database.getComment() != null && !database.getComment().isEmpty()) {
            LOG.warn("StarRocks keeps no comment of a database; that of {} is dropped.", name);
        }
        send(
                "create database " + name,
                starrocks
                        .request("create_database")
                        .with("database", name)
                        .with("if_not_exists", ignoreIfExists)
                        .with("properties", database.getProperties()));
    }

    @Override
    public void dropDatabase(String name, boolean ignoreIfNotExists, boolean cascade)
            throws DatabaseNotExistException, DatabaseNotEmptyException, CatalogException {
        if (!databaseExists(name)) {
            if (ignoreIfNotExists) {
                return;
            }
            throw new DatabaseNotExistException(getName(), name);
        }
        if (!cascade && !listTables(name).isEmpty()) {
            throw new DatabaseNotEmptyException(getName(), name);
        }
        send(
                "drop database " + name,
                starrocks
                        .request("drop_database")
                        .with("database", name)
                        .with("if_exists", ignoreIfNotExists)
                        .with("cascade", cascade));
    }

    /** Sets the properties {@code data_quota} and {@code replica_quota}, the only ones that StarRocks has. */
    @Override
    public void alterDatabase(String name, CatalogDatabase database, boolean ignoreIfNotExists)
            throws DatabaseNotExistException, CatalogException {
        if (!databaseExists(name)) {
            if (ignoreIfNotExists) {
                return;
            }
            throw new DatabaseNotExistException(getName(), name);
        }
        send(
                "alter database " + name,
                starrocks
                        .request("alter_database")
                        .with("database", name)
                        .with("properties", database.getProperties()));
    }

    // Tables

    @Override
    public List<String> listTables(String database) throws DatabaseNotExistException, CatalogException {
        return relations(database, kind -> true);
    }

    @Override
    public List<String> listViews(String database) throws DatabaseNotExistException, CatalogException {
        return relations(database, kind -> !kind.equals("table"));
    }

    private List<String> relations(String database, Predicate<String> wanted) throws DatabaseNotExistException {
        mustExist(database);
        List<String> names = new ArrayList<>();
        Request request = starrocks.request("relations").with("database", database);
        for (Object relation :
                Json.list(send("list tables of " + database, request).get("relations"))) {
            Map<String, Object> named = Json.object(relation);
            if (wanted.test((String) named.get("kind"))) {
                names.add((String) named.get("name"));
            }
        }
        return names;
    }

    @Override
    public boolean tableExists(ObjectPath path) throws CatalogException {
        return kind(path) != null;
    }

    /** What the server calls it, or null when there is nothing of that name. */
    private String kind(ObjectPath path) {
        return (String) send("look for " + path, of("relation", path)).get("kind");
    }

    private Request of(String op, ObjectPath path) {
        return starrocks.request(op).with("database", path.getDatabaseName()).with("table", path.getObjectName());
    }

    @Override
    public CatalogBaseTable getTable(ObjectPath path) throws TableNotExistException, CatalogException {
        Map<String, Object> answer;
        try {
            answer = of("definition", path).send();
        } catch (StarRocksNativeException e) {
            if (e.code().equals("NOT_FOUND")) {
                throw new TableNotExistException(getName(), path, e);
            }
            throw failed("describe " + path, e);
        }
        StarRocksTable table = StarRocksTable.fromJson(Json.object(answer.get("table")));
        List<Object> types = Json.list(answer.get("flink_types"));
        Schema.Builder schema = Schema.newBuilder();
        List<String> left = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        for (StarRocksColumn column : table.getColumns()) {
            Object type = types.get(column.getOrdinalPosition());
            if (type == null) {
                left.add(column.toString());
                continue;
            }
            shown.add(column.getColumnName());
            schema.column(column.getColumnName(), TypeUtils.fromJson(Json.object(type)));
            column.getColumnComment().ifPresent(comment -> TableFacts.withComment(schema, comment));
        }
        if (shown.isEmpty()) {
            throw new CatalogException("Table " + path + " has no column that Flink could read or write: " + left);
        }
        if (!left.isEmpty()) {
            LOG.info("Columns of {} that Flink can neither read nor write are left out: {}", path, left);
        }
        if (table.getTableType() == TableType.PRIMARY_KEY) {
            table.getTableKeys().ifPresent(schema::primaryKey);
        }
        Map<String, String> options = tableOptions.of(path);
        options.putAll(TableConversion.options(table));
        return TableFacts.table(schema.build(), table.getComment().orElse(""), PartitionKeys.of(table, shown), options);
    }

    @Override
    public void createTable(ObjectPath path, CatalogBaseTable table, boolean ignoreIfExists)
            throws TableAlreadyExistException, DatabaseNotExistException, CatalogException {
        mustExist(path.getDatabaseName());
        if (tableExists(path)) {
            if (ignoreIfExists) {
                return;
            }
            throw new TableAlreadyExistException(getName(), path);
        }
        if (!(table instanceof ResolvedCatalogTable)) {
            throw new UnsupportedOperationException("Only tables can be created in StarRocks, and " + path
                    + " is none: Flink's SQL of a view is not that of StarRocks. Create it as a temporary view, or in"
                    + " StarRocks.");
        }
        Map<String, String> options = tableOptions.forCreation(path, table.getOptions());
        try {
            starrocks.createTable(conversion.toStarRocks(path, (ResolvedCatalogTable) table, options), ignoreIfExists);
        } catch (StarRocksCatalogException | IllegalArgumentException e) {
            throw failed("create table " + path, e);
        }
    }

    @Override
    public void dropTable(ObjectPath path, boolean ignoreIfNotExists) throws TableNotExistException, CatalogException {
        String kind = kind(path);
        if (kind == null) {
            if (ignoreIfNotExists) {
                return;
            }
            throw new TableNotExistException(getName(), path);
        }
        if (!kind.equals("table")) {
            throw new CatalogException(path + " is a " + kind.replace('_', ' ') + ". Drop it in StarRocks.");
        }
        send("drop table " + path, of("drop_table", path).with("if_exists", ignoreIfNotExists));
    }

    @Override
    public void renameTable(ObjectPath path, String newName, boolean ignoreIfNotExists)
            throws TableNotExistException, TableAlreadyExistException, CatalogException {
        if (!tableExists(path)) {
            if (ignoreIfNotExists) {
                return;
            }
            throw new TableNotExistException(getName(), path);
        }
        ObjectPath renamed = new ObjectPath(path.getDatabaseName(), newName);
        if (tableExists(renamed)) {
            throw new TableAlreadyExistException(getName(), renamed);
        }
        send("rename table " + path, of("rename_table", path).with("to", newName));
    }

    /** Sets properties and comment; columns can be changed where Flink tells the changes, from Flink 1.17 on. */
    @Override
    public void alterTable(ObjectPath path, CatalogBaseTable table, boolean ignoreIfNotExists)
            throws TableNotExistException, CatalogException {
        CatalogBaseTable before;
        try {
            before = getTable(path);
        } catch (TableNotExistException e) {
            if (ignoreIfNotExists) {
                return;
            }
            throw e;
        }
        if (!TableConversion.columns(table).equals(TableConversion.columns(before))) {
            throw new UnsupportedOperationException(
                    "The columns of " + path
                            + " cannot be changed without being told how. Use ALTER TABLE of Flink 1.17 or later, or StarRocks.");
        }
        TableChanges changes = new TableChanges(conversion);
        table.getOptions().forEach((key, value) -> {
            if (!value.equals(before.getOptions().get(key))) {
                changes.setOption(key, value);
            }
        });
        before.getOptions().keySet().stream()
                .filter(key -> !table.getOptions().containsKey(key))
                .forEach(changes::resetOption);
        if (table.getComment() != null && !table.getComment().equals(before.getComment())) {
            changes.setComment(table.getComment());
        }
        alter(path, changes, ignoreIfNotExists);
    }

    @Override
    void alter(ObjectPath path, TableChanges changes, boolean ignoreIfNotExists) throws TableNotExistException {
        if (!tableExists(path)) {
            if (ignoreIfNotExists) {
                return;
            }
            throw new TableNotExistException(getName(), path);
        }
        try {
            starrocks.alter(path.getDatabaseName(), path.getObjectName(), changes.toJson(), schemaChangeSeconds);
        } catch (StarRocksCatalogException e) {
            throw failed("alter table " + path, e);
        }
    }

    @Override
    TableConversion conversion() {
        return conversion;
    }

    @Override
    public CatalogTableStatistics getTableStatistics(ObjectPath path) throws TableNotExistException, CatalogException {
        if (!tableExists(path)) {
            throw new TableNotExistException(getName(), path);
        }
        Map<String, Object> answer = send("read the statistics of " + path, of("statistics", path));
        Object rows = answer.get("rows");
        Object bytes = answer.get("bytes");
        if (rows == null) {
            return CatalogTableStatistics.UNKNOWN;
        }
        long size = bytes == null ? -1 : ((Number) bytes).longValue();
        return new CatalogTableStatistics(((Number) rows).longValue(), -1, size, -1, Collections.emptyMap());
    }

    private Map<String, Object> send(String what, Request request) {
        try {
            return request.send();
        } catch (StarRocksNativeException | StarRocksCatalogException e) {
            throw failed(what, e);
        }
    }

    private CatalogException failed(String what, RuntimeException e) {
        return new CatalogException("The catalog '" + getName() + "' failed to " + what + ": " + e.getMessage(), e);
    }
}
