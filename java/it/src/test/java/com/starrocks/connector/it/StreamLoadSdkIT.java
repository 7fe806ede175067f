// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.data.load.stream.LabelGenerator;
import com.starrocks.data.load.stream.StreamLoadDataFormat;
import com.starrocks.data.load.stream.StreamLoadResponse;
import com.starrocks.data.load.stream.StreamLoadSnapshot;
import com.starrocks.data.load.stream.StreamLoadUtils;
import com.starrocks.data.load.stream.exception.StreamLoadFailException;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import com.starrocks.data.load.stream.properties.StreamLoadTableProperties;
import com.starrocks.data.load.stream.v2.StreamLoadManagerV2;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The SDK for Java programs, without Flink. */
class StreamLoadSdkIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @RegisterExtension
    static final EmbeddedStarRocks OLD = EmbeddedStarRocks.create("--compat-version", "2.1");

    private String database;

    @BeforeEach
    void createTables(TestInfo test) throws Exception {
        database = "sdk_" + test.getTestMethod().get().getName().toLowerCase();
        STARROCKS.execute("CREATE DATABASE " + database);
        for (String table : new String[] {"a", "b"}) {
            STARROCKS.execute("CREATE TABLE " + database + "." + table + " (id INT NOT NULL, name VARCHAR(100000))"
                    + " PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
        }
    }

    private StreamLoadProperties.Builder properties() {
        return StreamLoadProperties.builder()
                .loadUrls(STARROCKS.loadUrl())
                .jdbcUrl(STARROCKS.jdbcUrl())
                .username(EmbeddedStarRocks.USERNAME)
                .password("")
                .labelPrefix(database)
                .defaultTableProperties(StreamLoadTableProperties.builder()
                        .database(database)
                        .table("*")
                        .streamLoadDataFormat(StreamLoadDataFormat.JSON)
                        .build())
                .addTableProperties(StreamLoadTableProperties.builder()
                        .database(database)
                        .table("b")
                        .streamLoadDataFormat(new StreamLoadDataFormat.CSVFormat("\u0002"))
                        .addProperty("column_separator", "|")
                        .build());
    }

    private List<List<String>> rows(String table) throws Exception {
        return STARROCKS.query("SELECT id, LENGTH(name) FROM " + database + "." + table + " ORDER BY id");
    }

    private void write(StreamLoadManagerV2 manager) {
        manager.write(null, database, "a", "{\"id\": 1, \"name\": \"one\"}", "{\"id\": 2, \"name\": \"\u00e4\"}");
        manager.write(null, database, "b", "1|x\ny", "2|" + String.join("", Collections.nCopies(90_000, "z")), "3|\\N");
    }

    private void assertRows() throws Exception {
        assertThat(rows("a")).containsExactly(Arrays.asList("1", "3"), Arrays.asList("2", "2"));
        assertThat(rows("b"))
                .containsExactly(Arrays.asList("1", "3"), Arrays.asList("2", "90000"), Arrays.asList("3", null));
    }

    @Test
    void aFlushCommits() throws Exception {
        for (boolean transactions : new boolean[] {false, true}) {
            StreamLoadProperties.Builder properties = properties();
            StreamLoadManagerV2 manager =
                    new StreamLoadManagerV2((transactions ? properties.enableTransaction() : properties).build(), true);
            manager.init();
            write(manager);
            manager.flush();
            assertRows();
            assertThat(manager.snapshot().getTransactions()).isEmpty();
            assertThat(manager.getException()).isNull();
            manager.close();
        }
    }

    @Test
    void rowsAreVisibleWhenTheDelayIsOver() throws Exception {
        StreamLoadManagerV2 manager = new StreamLoadManagerV2(
                properties().enableTransaction().expectDelayTime(1).build(), true);
        manager.init();
        write(manager);
        while (rows("a").size() < 2 || rows("b").size() < 3) {
            Thread.yield();
        }
        assertRows();
        manager.close();
    }

    @Test
    void theCallerCommits() throws Exception {
        StreamLoadManagerV2 manager =
                new StreamLoadManagerV2(properties().enableTransaction().build(), false);
        manager.init();
        write(manager);
        manager.flush();
        StreamLoadSnapshot snapshot = manager.snapshot();
        assertThat(snapshot.getTransactions())
                .extracting(StreamLoadSnapshot.Transaction::getTable)
                .containsExactlyInAnyOrder("a", "b");
        assertThat(manager.prepare(snapshot)).isTrue();
        assertThat(rows("a")).isEmpty();
        manager.close();

        StreamLoadManagerV2 later =
                new StreamLoadManagerV2(properties().enableTransaction().build(), false);
        later.init();
        assertThat(later.commit(snapshot)).isTrue();
        assertThat(later.commit(snapshot)).isTrue();
        assertRows();
        later.close();
    }

    @Test
    void theCallerAborts() throws Exception {
        StreamLoadManagerV2 manager =
                new StreamLoadManagerV2(properties().enableTransaction().build(), false);
        manager.init();
        write(manager);
        manager.flush();
        StreamLoadSnapshot snapshot = manager.snapshot();
        assertThat(manager.abort(snapshot)).isTrue();
        assertThat(rows("a")).isEmpty();
        StreamLoadSnapshot.Transaction first = snapshot.getTransactions().get(0);
        StreamLoadSnapshot again = new StreamLoadSnapshot();
        again.getTransactions()
                .add(new StreamLoadSnapshot.Transaction(first.getDatabase(), first.getTable(), first.getLabel()));
        assertThat(manager.prepare(again)).isFalse();
        assertThatThrownBy(() -> manager.commit(again))
                .isInstanceOf(StreamLoadFailException.class)
                .hasMessageContaining(first.getLabel());
        manager.close();
    }

    @Test
    void aRejectedRowFailsWithTheReason() throws Exception {
        StreamLoadManagerV2 manager = new StreamLoadManagerV2(properties().build(), true);
        manager.init();
        manager.write(null, database, "a", "{\"id\": null}");
        assertThatThrownBy(manager::flush)
                .isInstanceOf(StreamLoadFailException.class)
                .hasMessageContaining("NULL value in non-nullable column 'id'")
                .hasMessageContaining(database + ".a");
        assertThat(manager.getException()).isNotNull();
        manager.close();
    }

    /** Also for plain loads, where a label is a load's. */
    @Test
    void aProgramGivesTheLabelsAndHearsOfEachLoad() throws Exception {
        for (boolean transactions : new boolean[] {false, true}) {
            String prefix = database + (transactions ? "-txn" : "-plain");
            StreamLoadProperties.Builder properties = properties();
            StreamLoadManagerV2 manager =
                    new StreamLoadManagerV2((transactions ? properties.enableTransaction() : properties).build(), true);
            List<StreamLoadResponse> responses = Collections.synchronizedList(new ArrayList<>());
            manager.setStreamLoadListener(responses::add);
            manager.setLabelGeneratorFactory((db, table) -> new LabelGenerator() {
                private int number;

                @Override
                public String next() {
                    return prefix + "-" + db + "-" + table + "-" + number++;
                }
            });
            manager.init();
            // More flushes than labels are given ahead.
            for (int flush = 0; flush < 6; flush++) {
                write(manager);
                manager.flush();
            }
            assertRows();
            assertThat(responses)
                    .allSatisfy(response -> assertThat(response.getException()).isNull())
                    .extracting(response -> response.getBody().getLabel())
                    .contains(prefix + "-" + database + "-a-0", prefix + "-" + database + "-b-5")
                    .hasSize(12);
            assertThat(responses).extracting(StreamLoadResponse::getFlushRows).containsOnly(2L, 3L);
            assertThatThrownBy(() -> manager.setStreamLoadListener(null)).isInstanceOf(IllegalStateException.class);
            responses.clear();
            manager.write(null, database, "a", "{\"id\": null}");
            assertThatThrownBy(manager::flush).isInstanceOf(StreamLoadFailException.class);
            manager.close();
            manager.close();
        }
    }

    @Test
    void aLabelThatIsNoneFailsTheWrite() {
        StreamLoadManagerV2 manager = new StreamLoadManagerV2(properties().build(), true);
        manager.setLabelGeneratorFactory((db, table) -> () -> "no label");
        manager.init();
        assertThatThrownBy(() -> manager.write(null, database, "a", "{\"id\": 1}"))
                .hasMessageContaining("a label is 1 to 128 characters");
        manager.close();
    }

    @Test
    void knowsWhetherAServerHasTransactions() {
        List<String> now = Collections.singletonList(STARROCKS.loadUrl());
        List<String> old = Collections.singletonList(OLD.loadUrl());
        assertThat(StreamLoadUtils.isStarRocksSupportTransactionLoad(now, 1_000, "root", ""))
                .isTrue();
        assertThat(StreamLoadUtils.isStarRocksSupportTransactionLoad(old, 1_000, "root", ""))
                .isFalse();
    }
}
