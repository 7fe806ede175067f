// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;

/** Looks up many keys at the same time: the task's thread asks, a thread of its own takes the answers. */
final class ConcurrentLookup implements AutoCloseable {
    /** Closing the client ends the wait of the thread. */
    private static final long JOIN_MS = TimeUnit.SECONDS.toMillis(5);

    private final LookupClient client;
    private final Map<Integer, CompletableFuture<Collection<RowData>>> due = new ConcurrentHashMap<>();
    private final String table;
    private final Thread thread;
    private volatile boolean closed;
    private volatile Throwable failure;

    private ConcurrentLookup(LookupClient client, String table) {
        this.client = client;
        this.table = table;
        this.thread = new Thread(this::takeAnswers, "starrocks-lookup " + table);
        thread.setDaemon(true);
    }

    static ConcurrentLookup open(LookupPlan plan, FunctionContext context) {
        ConcurrentLookup lookup = new ConcurrentLookup(LookupClient.open(plan, context), plan.table());
        lookup.thread.start();
        return lookup;
    }

    /** The rows that have a key, later. */
    CompletableFuture<Collection<RowData>> lookup(RowData key) {
        CompletableFuture<Collection<RowData>> rows = new CompletableFuture<>();
        int request = client.nextRequest();
        due.put(request, rows);
        if (failure == null) {
            try {
                client.ask(key, request);
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        // Either this sees the failure, or whoever set it saw the request.
        if (failure != null) {
            failAll();
        }
        return rows;
    }

    private void takeAnswers() {
        try {
            while (!closed) {
                client.take((request, rows) -> {
                    CompletableFuture<Collection<RowData>> waiting = due.remove(request);
                    if (waiting != null) {
                        waiting.complete(rows);
                    }
                });
            }
        } catch (Throwable e) {
            if (!closed) {
                failure = e;
                failAll();
            }
        }
    }

    private void failAll() {
        for (Integer request : due.keySet()) {
            CompletableFuture<Collection<RowData>> waiting = due.remove(request);
            if (waiting != null) {
                waiting.completeExceptionally(new LookupException(table, failure));
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        client.close();
        boolean interrupted = false;
        try {
            thread.join(JOIN_MS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        failure = new IllegalStateException("The lookup is closed.");
        failAll();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The failure of one lookup. Takes no suppressed exceptions: Flink's cache throws an exception that it causes, which the
     * JDK's future would add to it, and a task whose failure contains itself takes the TaskManager along.
     */
    private static final class LookupException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LookupException(String table, Throwable cause) {
            super("Looking up rows of " + table + " failed: " + cause.getMessage(), cause, false, true);
        }
    }
}
