// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import com.starrocks.connector.flink.StarRocksSink;
import com.starrocks.connector.flink.row.sink.StarRocksSinkOP;
import java.math.BigDecimal;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.TableSchema;

/** Objects of a class of yours into a primary key table, exactly once: a row builder says which field goes into which column. */
public final class Objects {
    /** A record of this program. */
    public static final class Sale {
        public int id;
        public String item;
        public BigDecimal price;
        public boolean undone;

        public Sale() {}

        Sale(int id, String item, String price, boolean undone) {
            this.id = id;
            this.item = item;
            this.price = new BigDecimal(price);
            this.undone = undone;
        }
    }

    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.enableCheckpointing(1000);
        environment.setParallelism(1);
        TableSchema columns = TableSchema.builder()
                .field("id", DataTypes.INT().notNull())
                .field("item", DataTypes.STRING())
                .field("price", DataTypes.DECIMAL(10, 2))
                .primaryKey("id")
                .build();
        environment
                .fromElements(
                        new Sale(1, "tea", "2.50", false),
                        new Sale(2, "milk", "1.20", false),
                        new Sale(1, "green tea", "3.00", false),
                        new Sale(2, "milk", "1.20", true))
                .addSink(StarRocksSink.sink(
                        columns,
                        Connection.options(args, "guide", "sales")
                                .withProperty("sink.semantic", "exactly-once")
                                .withProperty("sink.label-prefix", "sales")
                                .build(),
                        (row, sale) -> {
                            row[0] = sale.id;
                            row[1] = sale.item;
                            row[2] = sale.price;
                            // A primary key table has one slot more: what is done with the row.
                            row[3] = (sale.undone ? StarRocksSinkOP.DELETE : StarRocksSinkOP.UPSERT).ordinal();
                        }));
        environment.execute("objects");
    }
}
