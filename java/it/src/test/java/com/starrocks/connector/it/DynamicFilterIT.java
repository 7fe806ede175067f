// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Joins that tell the source of a partitioned table at run time which rows they look for. */
class DynamicFilterIT {
    private static final String PROPERTIES =
            " DISTRIBUTED BY HASH(id) BUCKETS 4 PROPERTIES (\"replication_num\" = \"1\")";
    private static final String JOIN = "SELECT f.id, d.name FROM facts AS f JOIN days AS d ON f.`day` = d.id";

    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @BeforeAll
    static void fill() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute("CREATE TABLE it.facts (id INT NOT NULL, `day` INT, amount DECIMAL(20, 0)) DUPLICATE KEY(id)"
                + PROPERTIES);
        StringBuilder insert = new StringBuilder("INSERT INTO it.facts VALUES ");
        for (int id = 0; id < 500; id++) {
            // An amount that Flink's type does not hold tells when a row of another day is read.
            String day = id % 10 == 9 ? "NULL" : String.valueOf(id % 10);
            insert.append(id == 0 ? "(" : ", (").append(id).append(", ").append(day);
            insert.append(id % 10 == 3 || id % 10 == 4 ? ", 5)" : ", 5000000000)");
        }
        STARROCKS.execute(insert.toString());
        STARROCKS.execute("CREATE TABLE it.days (id INT NOT NULL, name VARCHAR(10)) DUPLICATE KEY(id)" + PROPERTIES);
        STARROCKS.execute("INSERT INTO it.days VALUES (3, 'this'), (4, 'this'), (77, 'this'), (5, 'other')");
    }

    private static SqlRead session(boolean filters) {
        return SqlRead.batch(STARROCKS, "it", "facts")
                .set("table.optimizer.dynamic-filtering.enabled", String.valueOf(filters))
                .create("facts", "id INT, `day` INT, amount DECIMAL(4, 0)", " PARTITIONED BY (`day`)")
                .with("table-name", "days")
                .create("days", "id INT, name STRING", "");
    }

    @Test
    void readsOnlyWhatTheOtherSideLooksFor() throws Exception {
        String query = JOIN.replace("d.name", "f.amount") + " WHERE d.name = 'this'";
        SqlRead filtered = session(true);
        assertThat(filtered.explain(query)).contains("DynamicFilteringDataCollector");
        assertThat(filtered.rows(query)).hasSize(100).doesNotHaveDuplicates().contains("+I[3, 5]", "+I[494, 5]");
        SqlRead unfiltered = session(false);
        assertThat(unfiltered.explain(query)).doesNotContain("DynamicFilteringDataCollector");
        assertThatThrownBy(() -> unfiltered.rows(query)).hasStackTraceContaining("column=amount");
    }

    @Test
    void readsNothingWhereTheOtherSideLooksForNothing() throws Exception {
        String query = JOIN.replace("d.name", "f.amount") + " WHERE d.name = 'never'";
        assertThat(session(true).rows(query)).isEmpty();
    }

    @Test
    void addsToTheConditionsOfTheQuery() throws Exception {
        String query = JOIN + " WHERE d.name = 'other' AND f.id > 400 AND f.`day` <> 8";
        assertThat(session(true).rows(query)).hasSize(10).contains("+I[495, other]");
    }
}
