// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import static com.starrocks.connector.flink.read.Expressions.call;
import static com.starrocks.connector.flink.read.Expressions.cast;
import static com.starrocks.connector.flink.read.Expressions.field;
import static com.starrocks.connector.flink.read.Expressions.literal;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.flink.table.StarRocksDataType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinition;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;

/** What StarRocks is asked in place of Flink, and what it must not be asked. */
class FilterTranslatorTest {
    private static final FilterTranslator TRANSLATOR = new FilterTranslator(ZoneId.of("Asia/Shanghai"));
    private static final ResolvedExpression ID = field("id", DataTypes.INT());
    private static final ResolvedExpression NAME = field("name", DataTypes.STRING());
    private static final ResolvedExpression FLAG = field("flag", DataTypes.BOOLEAN());

    private static String sql(ResolvedExpression expression) {
        Optional<Condition> condition = TRANSLATOR.translate(expression);
        return condition.map(Condition::toString).orElse("stays in Flink");
    }

    private static String compared(DataType column, BuiltInFunctionDefinition function, Object value, DataType type) {
        return sql(call(function, field("c", column), literal(value, type)));
    }

    private static String equal(DataType column, Object value) {
        return compared(column, EQUALS, value, column);
    }

    private static ResolvedExpression number(int value) {
        return literal(value, DataTypes.INT());
    }

    @Test
    void comparesInEitherDirection() {
        assertThat(sql(call(EQUALS, ID, number(1)))).isEqualTo("(`id` = 1)");
        assertThat(sql(call(NOT_EQUALS, number(1), ID))).isEqualTo("(`id` <> 1)");
        assertThat(sql(call(LESS_THAN, number(1), ID))).isEqualTo("(`id` > 1)");
        assertThat(sql(call(GREATER_THAN_OR_EQUAL, number(-1), ID))).isEqualTo("(`id` <= -1)");
        assertThat(sql(call(GREATER_THAN, ID, number(1)))).isEqualTo("(`id` > 1)");
        assertThat(sql(call(LESS_THAN_OR_EQUAL, ID, number(1)))).isEqualTo("(`id` <= 1)");
    }

    @Test
    void quotesNames() {
        assertThat(sql(call(EQUALS, field("or`der", DataTypes.INT()), number(3))))
                .isEqualTo("(`or``der` = 3)");
    }

    @Test
    void joinsConditions() {
        ResolvedExpression one = call(EQUALS, ID, number(1));
        ResolvedExpression x = call(EQUALS, NAME, literal("x", DataTypes.CHAR(1)));
        assertThat(sql(call(AND, one, x))).isEqualTo("((`id` = 1) and (`name` = 'x'))");
        assertThat(sql(call(OR, one, x, FLAG))).isEqualTo("((`id` = 1) or (`name` = 'x') or (`flag` = true))");
        assertThat(sql(call(NOT, call(OR, one, x)))).isEqualTo("(not ((`id` = 1) or (`name` = 'x')))");
        assertThat(sql(call(NOT, FLAG))).isEqualTo("(`flag` = false)");
        assertThat(sql(call(IN, ID, number(1), number(2)))).isEqualTo("(`id` in (1, 2))");
        assertThat(sql(call(BETWEEN, ID, number(1), number(2)))).isEqualTo("((`id` >= 1) and (`id` <= 2))");
        assertThat(sql(call(IS_NULL, NAME))).isEqualTo("(`name` is null)");
        assertThat(sql(call(IS_NOT_NULL, FLAG))).isEqualTo("(`flag` is not null)");
    }

    @Test
    void leavesAWholeConditionWhereAPartIsNotExact() {
        ResolvedExpression one = call(EQUALS, ID, number(1));
        ResolvedExpression time = call(EQUALS, field("t", DataTypes.TIME()), literal(LocalTime.NOON, DataTypes.TIME()));
        assertThat(sql(time)).isEqualTo("stays in Flink");
        assertThat(sql(call(AND, one, time))).isEqualTo("stays in Flink");
        assertThat(sql(call(OR, one, time))).isEqualTo("stays in Flink");
        assertThat(sql(call(NOT, time))).isEqualTo("stays in Flink");
        assertThat(sql(call(EQUALS, ID, literal(null, DataTypes.INT().nullable()))))
                .isEqualTo("stays in Flink");
    }

    @Test
    void escapesTexts() {
        assertThat(equal(DataTypes.STRING(), "it's")).isEqualTo("(`c` = 'it''s')");
        assertThat(equal(DataTypes.STRING(), "a\\b'")).isEqualTo("(`c` = 'a\\\\b''')");
        assertThat(equal(DataTypes.STRING(), "\uD83D\uDE00")).isEqualTo("(`c` = '\uD83D\uDE00')");
        assertThat(equal(DataTypes.STRING(), "a\uD83D")).isEqualTo("stays in Flink");
        assertThat(equal(DataTypes.STRING(), "a\u0000")).isEqualTo("stays in Flink");
    }

    @Test
    void writesNumbersWithoutLosingDigits() {
        assertThat(equal(DataTypes.BIGINT(), Long.MIN_VALUE)).isEqualTo("(`c` = -9223372036854775808)");
        assertThat(equal(DataTypes.DECIMAL(10, 7), new BigDecimal("0.0000001"))).isEqualTo("(`c` = 0.0000001)");
        assertThat(equal(DataTypes.DECIMAL(10, 2), new BigDecimal("1.50"))).isEqualTo("(`c` = 1.5)");
        assertThat(equal(DataTypes.DECIMAL(10, 2), new BigDecimal("100.00"))).isEqualTo("(`c` = 100)");
        // No value of the column, so how StarRocks would compare is anybody's guess.
        assertThat(equal(DataTypes.DECIMAL(3, 2), new BigDecimal("10.00"))).isEqualTo("stays in Flink");
        assertThat(equal(DataTypes.DECIMAL(10, 2), new BigDecimal("1.555"))).isEqualTo("stays in Flink");
        assertThat(equal(DataTypes.DOUBLE(), 1.5)).isEqualTo("(`c` = cast('1.5' as double))");
        assertThat(equal(DataTypes.DOUBLE(), -0.0)).isEqualTo("(`c` = cast('0.0' as double))");
        assertThat(equal(DataTypes.FLOAT(), 0.1f)).isEqualTo("(`c` = cast('0.10000000149011612' as double))");
        assertThat(equal(DataTypes.DOUBLE(), Double.NaN)).isEqualTo("stays in Flink");
        assertThat(compared(DataTypes.FLOAT(), EQUALS, 0.1, DataTypes.DOUBLE())).isEqualTo("stays in Flink");
        assertThat(sql(call(NOT, call(LESS_THAN, field("c", DataTypes.DOUBLE()), literal(1.0, DataTypes.DOUBLE())))))
                .isEqualTo("stays in Flink");
    }

    @Test
    void writesDatesAndTimesAsStarRocksReadsThem() {
        assertThat(equal(DataTypes.DATE(), LocalDate.of(2022, 1, 22))).isEqualTo("(`c` = '2022-01-22')");
        assertThat(equal(DataTypes.DATE(), LocalDate.of(12022, 1, 22))).isEqualTo("stays in Flink");
        LocalDateTime midnight = LocalDateTime.of(2022, 1, 22, 0, 0);
        assertThat(equal(DataTypes.TIMESTAMP(6), midnight)).isEqualTo("(`c` = '2022-01-22 00:00:00.000000')");
        assertThat(equal(DataTypes.TIMESTAMP(9), midnight.plusNanos(1))).isEqualTo("stays in Flink");
        // A column that Flink reads in whole seconds.
        assertThat(equal(DataTypes.TIMESTAMP(0), midnight)).isEqualTo("stays in Flink");
        assertThat(compared(DataTypes.TIMESTAMP(0), LESS_THAN, midnight, DataTypes.TIMESTAMP(0)))
                .isEqualTo("(`c` < '2022-01-22 00:00:00.000000')");
        assertThat(compared(DataTypes.TIMESTAMP(0), GREATER_THAN, midnight, DataTypes.TIMESTAMP(0)))
                .isEqualTo("stays in Flink");
    }

    @Test
    void readsInstantsInTheZoneOfTheTable() {
        DataType type = DataTypes.TIMESTAMP_LTZ(6);
        assertThat(equal(type, Instant.parse("2022-01-21T16:00:00Z")))
                .isEqualTo("(`c` = '2022-01-22 00:00:00.000000')");
        // Clocks were put back on 1991-09-15.
        assertThat(equal(type, Instant.parse("1991-09-14T16:30:00Z"))).isEqualTo("stays in Flink");
    }

    @Test
    void dropsNoCastThatChangesAValue() {
        ResolvedExpression wide = cast(field("c", DataTypes.SMALLINT()), DataTypes.INT());
        assertThat(sql(call(EQUALS, wide, number(70_000)))).isEqualTo("(`c` = 70000)");
        assertThat(sql(call(EQUALS, cast(field("c", DataTypes.DOUBLE()), DataTypes.INT()), number(1))))
                .isEqualTo("stays in Flink");
        assertThat(sql(call(EQUALS, cast(ID, DataTypes.SMALLINT()), literal((short) 1, DataTypes.SMALLINT()))))
                .isEqualTo("stays in Flink");
        assertThat(sql(call(EQUALS, cast(ID, DataTypes.STRING()), literal("1", DataTypes.STRING()))))
                .isEqualTo("stays in Flink");
    }

    @Test
    void comparesColumnsOfOneKind() {
        assertThat(sql(call(LESS_THAN, ID, cast(field("b", DataTypes.TINYINT()), DataTypes.INT()))))
                .isEqualTo("(`id` < `b`)");
        assertThat(sql(call(EQUALS, NAME, ID))).isEqualTo("stays in Flink");
        assertThat(sql(call(EQUALS, field("a", DataTypes.DOUBLE()), field("b", DataTypes.DOUBLE()))))
                .isEqualTo("stays in Flink");
    }

    @Test
    void matchesPatternsThatAreTheSameOnBothSides() {
        for (String pattern : new String[] {"a", "a%", "%a", "%a%", "%", ""}) {
            assertThat(sql(call(LIKE, NAME, literal(pattern, DataTypes.STRING()))))
                    .isEqualTo("(`name` like '" + pattern + "')");
        }
        for (String pattern : new String[] {"a_", "a\\%", "a%b", "%a%b%"}) {
            assertThat(sql(call(LIKE, NAME, literal(pattern, DataTypes.STRING()))))
                    .isEqualTo("stays in Flink");
        }
    }

    @Test
    void comparesWhatFlinkReadsWhateverStarRocksHolds() {
        Condition name = TRANSLATOR
                .translate(call(GREATER_THAN, NAME, literal("5", DataTypes.STRING())))
                .orElseThrow(IllegalStateException::new);
        assertThat(name.render(Collections.singletonMap("name", StarRocksDataType.VARCHAR)))
                .isEqualTo("(`name` > '5')");
        assertThat(name.render(Collections.singletonMap("name", StarRocksDataType.LARGEINT)))
                .isEqualTo("(cast(`name` as string) > '5')");
        assertThat(name.render(Collections.singletonMap("name", StarRocksDataType.JSON)))
                .isEqualTo("(json_string(`name`) > '5')");
        assertThatThrownBy(() -> name.render(Collections.singletonMap("name", StarRocksDataType.UNKNOWN)))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("'name'");
        Condition date = TRANSLATOR
                .translate(
                        call(EQUALS, field("d", DataTypes.DATE()), literal(LocalDate.of(2022, 1, 2), DataTypes.DATE())))
                .orElseThrow(IllegalStateException::new);
        assertThat(date.render(Collections.singletonMap("d", StarRocksDataType.VARCHAR)))
                .isEqualTo("(cast(`d` as date) = '2022-01-02')");
    }
}
