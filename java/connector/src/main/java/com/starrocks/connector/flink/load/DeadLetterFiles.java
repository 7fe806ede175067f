// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Rejected rows as lines of JSON, a file for each flush that has any, on any file system that Flink knows. */
final class DeadLetterFiles implements DeadLetters {
    private final String directory;
    private final String table;
    private final Subtask subtask;

    DeadLetterFiles(String directory, String table, Subtask subtask) {
        this.directory = directory;
        this.table = table;
        this.subtask = subtask;
    }

    @Override
    public void write(List<RejectedRow> rows, long checkpointId) throws IOException {
        // A flush that is tried again writes another file.
        Path file = new Path(
                directory, table + "-" + subtask.index() + "-" + checkpointId + "-" + UUID.randomUUID() + ".jsonl");
        try (FSDataOutputStream out = file.getFileSystem().create(file, FileSystem.WriteMode.NO_OVERWRITE)) {
            write(rows, out);
        } catch (IOException e) {
            throw new IOException(
                    rows.size() + " rejected rows for " + table + " could not be written to " + file
                            + " (sink.dead-letter.path): " + e.getMessage(),
                    e);
        }
    }

    private static void write(List<RejectedRow> rows, OutputStream out) throws IOException {
        for (RejectedRow row : rows) {
            out.write((row.toJson() + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {}
}
