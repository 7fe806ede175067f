// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream.v2;

import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.NativeLogs;
import com.starrocks.connector.jni.NativeTask;
import com.starrocks.connector.jni.StarRocksNativeException;
import com.starrocks.connector.load.LoadHooks;
import com.starrocks.connector.load.SharedTextSink;
import com.starrocks.connector.load.TableKey;
import com.starrocks.connector.load.TextSinks;
import com.starrocks.connector.load.TextTables;
import com.starrocks.data.load.stream.LabelGeneratorFactory;
import com.starrocks.data.load.stream.StreamLoadManager;
import com.starrocks.data.load.stream.StreamLoadSnapshot;
import com.starrocks.data.load.stream.exception.StreamLoadFailException;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Loads rows into any number of tables, each table in transactions of its own, or all in the same ones
 * ({@link StreamLoadProperties#isEnableMultiTableTransaction()}).
 *
 * <p>With automatic commits, rows become visible with {@link #flush()} and, at the latest, when the delay of the properties is
 * over. Without, {@link #flush()} prepares the transactions and {@link #snapshot()} names them; keep the snapshot, then
 * {@link #commit} it.
 *
 * <p>Threads may share a manager; they take turns. It can be serialized, as a field of a user's function, before
 * {@link #init()}.
 */
public class StreamLoadManagerV2 implements StreamLoadManager, Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger("com.starrocks.connector.native");
    private static final long TICK_MILLIS = 200;
    /** The flush belongs to no checkpoint. */
    private static final long NO_CHECKPOINT = -1;

    private final StreamLoadProperties properties;
    private final boolean enableAutoCommit;
    private final ReentrantLock turn = new ReentrantLock();

    private transient volatile TextTables sinks;
    private transient ScheduledExecutorService ticker;
    /** Prepared, and in no snapshot yet. */
    private transient List<StreamLoadSnapshot.Transaction> prepared;

    private transient volatile Throwable exception;
    private transient StreamLoadListener streamLoadListener;
    private transient LabelGeneratorFactory labelGeneratorFactory;

    /**
     * @param enableAutoCommit whether a flush commits; else the caller does, which needs transactions
     */
    public StreamLoadManagerV2(StreamLoadProperties properties, boolean enableAutoCommit) {
        if (!enableAutoCommit && !properties.isEnableTransaction()) {
            throw new IllegalArgumentException(
                    "Commits by the caller need transactions: call enableTransaction() of the properties' builder.");
        }
        if (!enableAutoCommit && properties.isEnableMultiTableTransaction()) {
            throw new IllegalArgumentException(
                    "Commits by the caller need transactions that can be prepared, which those over several tables cannot.");
        }
        this.properties = properties;
        this.enableAutoCommit = enableAutoCommit;
    }

    @Override
    public void init() {
        turn.lock();
        try {
            if (sinks != null) {
                throw new IllegalStateException("The manager is initialized already.");
            }
            prepared = new ArrayList<>();
            LoadHooks hooks = ManagerHooks.of(labelGeneratorFactory, streamLoadListener);
            if (properties.isEnableMultiTableTransaction() && hooks != LoadHooks.NONE) {
                throw new IllegalStateException(
                        "A label generator or a listener cannot be used with transactions over several tables.");
            }
            sinks = properties.isEnableMultiTableTransaction()
                    ? new SharedTextSink(this::sinkConfig, null, StreamLoadManagerV2::drainLogs)
                    : new TextSinks(this::sinkConfig, null, hooks, StreamLoadManagerV2::drainLogs);
            ticker = Executors.newSingleThreadScheduledExecutor(work -> {
                Thread thread = new Thread(work, "starrocks-load-manager");
                thread.setDaemon(true);
                return thread;
            });
            ticker.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        } finally {
            turn.unlock();
        }
    }

    /** Who hears of each load that has ended. To be called before {@link #init()}. */
    public void setStreamLoadListener(StreamLoadListener listener) {
        checkNotStarted();
        streamLoadListener = listener;
    }

    /** Who makes the labels, which are made from the prefix of the properties otherwise. To be called before {@link #init()}. */
    public void setLabelGeneratorFactory(LabelGeneratorFactory factory) {
        checkNotStarted();
        labelGeneratorFactory = factory;
    }

    private void checkNotStarted() {
        if (sinks != null) {
            throw new IllegalStateException("The manager is initialized already: call this before init().");
        }
    }

    private Map<String, Object> sinkConfig(TableKey table, Long checkpointId) {
        Map<String, Object> config = properties.sinkConfig(table);
        config.put("version", 1);
        config.put("semantic", enableAutoCommit ? "at-least-once" : "exactly-once");
        return config;
    }

    private void tick() {
        // Who holds the lock writes or flushes, so that there is nothing to be handed over.
        if (turn.tryLock()) {
            try {
                sinks.tick();
            } catch (RuntimeException e) {
                exception = exception == null ? e : exception;
            } finally {
                turn.unlock();
            }
        }
        drainLogs();
    }

    @Override
    public void write(String uniqueKey, String database, String table, String... rows) {
        call("Rows for " + database + "." + table + " could not be written", () -> {
            for (String row : rows) {
                started().write(uniqueKey, database, table, row);
            }
            return null;
        });
    }

    @Override
    public void flush() {
        call("The rows could not be flushed", () -> {
            for (byte[] result : started().flush(!enableAutoCommit, NO_CHECKPOINT)) {
                for (Object committable : Json.list(Json.readObject(result).get("committables"))) {
                    Map<String, Object> json = Json.object(committable);
                    prepared.add(new StreamLoadSnapshot.Transaction(
                            (String) json.get("database"), (String) json.get("table"), (String) json.get("label")));
                }
            }
            return null;
        });
    }

    @Override
    public StreamLoadSnapshot snapshot() {
        return call("There is no snapshot", () -> {
            started();
            StreamLoadSnapshot snapshot = new StreamLoadSnapshot();
            snapshot.setTransactions(prepared);
            prepared = new ArrayList<>();
            return snapshot;
        });
    }

    /** Asks the server, since {@link #flush()} has prepared them. */
    @Override
    public boolean prepare(StreamLoadSnapshot snapshot) {
        for (StreamLoadSnapshot.Transaction transaction : unfinished(snapshot)) {
            Map<String, Object> request = request("label_state");
            request.put("database", transaction.getDatabase());
            request.put("label", transaction.getLabel());
            Object state = Json.readObject(run("The state of " + transaction + " is not known", request))
                    .get("state");
            if (!"PREPARED".equals(state) && !"COMMITTED".equals(state) && !"VISIBLE".equals(state)) {
                LOG.log(Level.WARNING, "{0} is {1} and not prepared", new Object[] {transaction, state});
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean commit(StreamLoadSnapshot snapshot) {
        finish("commit", snapshot);
        return true;
    }

    @Override
    public boolean abort(StreamLoadSnapshot snapshot) {
        finish("abort", snapshot);
        return true;
    }

    private void finish(String task, StreamLoadSnapshot snapshot) {
        List<StreamLoadSnapshot.Transaction> transactions = unfinished(snapshot);
        if (transactions.isEmpty()) {
            return;
        }
        List<Object> committables = new ArrayList<>();
        for (StreamLoadSnapshot.Transaction transaction : transactions) {
            Map<String, Object> committable = new LinkedHashMap<>();
            committable.put("database", transaction.getDatabase());
            committable.put("table", transaction.getTable());
            committable.put("label", transaction.getLabel());
            committables.add(committable);
        }
        Map<String, Object> request = request(task);
        request.put("committables", committables);
        if (task.equals("commit")) {
            request.put("max_retries", properties.getMaxRetries());
            request.put("retry_interval_ms", properties.getRetryIntervalInMs());
        }
        run("Could not " + task + " " + transactions, request);
        transactions.forEach(transaction -> transaction.setFinish(true));
    }

    private static List<StreamLoadSnapshot.Transaction> unfinished(StreamLoadSnapshot snapshot) {
        List<StreamLoadSnapshot.Transaction> unfinished = new ArrayList<>(snapshot.getTransactions());
        unfinished.removeIf(StreamLoadSnapshot.Transaction::isFinish);
        return unfinished;
    }

    private Map<String, Object> request(String task) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("task", task);
        request.put("connection", properties.connection());
        return request;
    }

    /** The first failure, or null. */
    public Throwable getException() {
        return exception;
    }

    @Override
    public void close() {
        TextTables open = sinks;
        if (open != null) {
            ticker.shutdownNow();
            try {
                passOnReports(open);
            } finally {
                // Without waiting for one's turn: whoever writes or flushes meanwhile fails.
                open.close();
                drainLogs();
            }
        }
    }

    /** Unless somebody writes or flushes, who does it then. */
    private void passOnReports(TextTables open) {
        if (turn.tryLock()) {
            try {
                open.passOnReports();
            } finally {
                turn.unlock();
            }
        }
    }

    private TextTables started() {
        if (sinks == null) {
            throw new IllegalStateException("The manager is not initialized: call init().");
        }
        return sinks;
    }

    /** What may wait or fail. */
    @FunctionalInterface
    private interface Call<R> {
        R run() throws IOException, InterruptedException;
    }

    private byte[] run(String failure, Map<String, Object> request) {
        return call(failure, () -> NativeTask.run(Json.write(request), StreamLoadManagerV2::drainLogs));
    }

    private <R> R call(String failure, Call<R> call) {
        turn.lock();
        try {
            return call.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(failure + ": interrupted", e);
        } catch (IOException | StarRocksNativeException e) {
            throw failed(failure + ": " + e.getMessage(), e);
        } finally {
            turn.unlock();
        }
    }

    private StreamLoadFailException failed(String message, Exception cause) {
        StreamLoadFailException failure = new StreamLoadFailException(message, cause);
        exception = exception == null ? failure : exception;
        return failure;
    }

    private static void drainLogs() {
        NativeLogs.drain((level, epochMillis, target, message) -> {
            if (LOG.isLoggable(level(level))) {
                LOG.log(level(level), "{0}: {1}", new Object[] {target, message});
            }
        });
    }

    private static Level level(NativeLogs.Level level) {
        switch (level) {
            case ERROR:
                return Level.SEVERE;
            case WARN:
                return Level.WARNING;
            case INFO:
                return Level.INFO;
            default:
                return Level.FINE;
        }
    }
}
