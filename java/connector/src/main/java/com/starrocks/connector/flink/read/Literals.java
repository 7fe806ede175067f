// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;
import java.util.Optional;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** Writes values of Flink as literals of StarRocks SQL that a column compares with as it does in Flink. */
final class Literals {
    /** Digits of a second that a DATETIME has. */
    private static final int MICROSECONDS = 6;
    /** Further away than a change of the clocks can put two instants in another order. */
    private static final Duration CLOCK_CHANGE = Duration.ofDays(2);

    private static final DateTimeFormatter DATE_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

    private final ZoneId zone;

    Literals(ZoneId zone) {
        this.zone = zone;
    }

    /**
     * The literal to compare a column with.
     *
     * @param type Flink type of the column
     */
    Optional<String> text(LogicalType type, String operator, ValueLiteralExpression literal) {
        LogicalTypeRoot root = literal.getOutputDataType().getLogicalType().getTypeRoot();
        switch (type.getTypeRoot()) {
            case BOOLEAN:
                return operator.equals("=") || operator.equals("<>")
                        ? literal.getValueAs(Boolean.class).map(String::valueOf)
                        : Optional.empty();
            case TINYINT:
            case SMALLINT:
            case INTEGER:
            case BIGINT:
                return number(literal).filter(value -> isInteger(root)).map(BigDecimal::toPlainString);
            case FLOAT:
            case DOUBLE:
                return root == type.getTypeRoot() ? approximate(literal) : Optional.empty();
            case DECIMAL:
                return isInteger(root) || root == LogicalTypeRoot.DECIMAL
                        ? number(literal)
                                .filter(value -> fits(value, (DecimalType) type))
                                .map(Literals::plain)
                        : Optional.empty();
            case CHAR:
            case VARCHAR:
                return root == LogicalTypeRoot.CHAR || root == LogicalTypeRoot.VARCHAR
                        ? literal.getValueAs(String.class).flatMap(Literals::string)
                        : Optional.empty();
            case DATE:
                return literal.getValueAs(LocalDate.class)
                        .filter(date -> root == LogicalTypeRoot.DATE && hasDate(date))
                        .map(date -> "'" + date + "'");
            case TIMESTAMP_WITHOUT_TIME_ZONE:
                return root == type.getTypeRoot()
                        ? literal.getValueAs(LocalDateTime.class).flatMap(time -> dateTime(type, operator, time))
                        : Optional.empty();
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return root == type.getTypeRoot()
                        ? literal.getValueAs(Instant.class).flatMap(instant -> instant(type, operator, instant))
                        : Optional.empty();
            default:
                return Optional.empty();
        }
    }

    /**
     * The pattern of a LIKE that is a text with {@code %} before it, after it, or both. Others are matched by rules of their own:
     * an underscore is a character there and half a character here, and a backslash escapes.
     */
    Optional<String> pattern(ValueLiteralExpression literal) {
        Optional<String> pattern = literal.getValueAs(String.class);
        if (!pattern.isPresent()) {
            return Optional.empty();
        }
        String text = pattern.get();
        if (text.indexOf('_') >= 0 || text.indexOf('\\') >= 0) {
            return Optional.empty();
        }
        int start = text.startsWith("%") ? 1 : 0;
        int end = text.length() > start && text.endsWith("%") ? text.length() - 1 : text.length();
        return text.substring(start, end).indexOf('%') < 0 ? string(text) : Optional.empty();
    }

    private static boolean isInteger(LogicalTypeRoot root) {
        return root == LogicalTypeRoot.TINYINT
                || root == LogicalTypeRoot.SMALLINT
                || root == LogicalTypeRoot.INTEGER
                || root == LogicalTypeRoot.BIGINT;
    }

    private static Optional<BigDecimal> number(ValueLiteralExpression literal) {
        return literal.getValueAs(Object.class)
                .filter(value -> value instanceof Number && !(value instanceof Float) && !(value instanceof Double))
                .map(value -> new BigDecimal(value.toString()));
    }

    /** Whether the column could hold the value, so that StarRocks compares without a wider type that may not exist. */
    private static boolean fits(BigDecimal value, DecimalType type) {
        BigDecimal stripped = value.stripTrailingZeros();
        int scale = Math.max(0, stripped.scale());
        int integerDigits = stripped.signum() == 0 ? 0 : Math.max(0, stripped.precision() - stripped.scale());
        return scale <= type.getScale() && integerDigits <= type.getPrecision() - type.getScale();
    }

    private static String plain(BigDecimal value) {
        BigDecimal stripped = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        return stripped.toPlainString();
    }

    /** As a DOUBLE, since StarRocks takes a number with an exponent for a DECIMAL; with all digits of the value, also of a FLOAT. */
    private static Optional<String> approximate(ValueLiteralExpression literal) {
        return literal.getValueAs(Object.class)
                .filter(value -> value instanceof Float || value instanceof Double)
                .map(value -> ((Number) value).doubleValue())
                .filter(value -> !value.isNaN() && !value.isInfinite())
                .map(value -> "cast('" + (value == 0 ? 0.0 : value) + "' as double)");
    }

    static Optional<String> string(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                // No text of StarRocks, so nothing that a literal could say.
                return Optional.empty();
            }
        }
        return Optional.of("'" + text.replace("\\", "\\\\").replace("'", "''") + "'");
    }

    private static boolean hasDate(LocalDate date) {
        return date.getYear() >= 0 && date.getYear() <= 9999;
    }

    /** A column with fewer digits than a DATETIME shows less than what StarRocks compares, which matters for most operators. */
    private static Optional<String> dateTime(LogicalType type, String operator, LocalDateTime time) {
        int precision = LogicalTypeChecks.getPrecision(type);
        long unit = 1;
        for (int i = Math.min(precision, MICROSECONDS); i < 9; i++) {
            unit *= 10;
        }
        boolean exact = precision >= MICROSECONDS || operator.equals(">=") || operator.equals("<");
        return hasDate(time.toLocalDate()) && exact && time.getNano() % unit == 0
                ? Optional.of("'" + DATE_TIME.format(time) + "'")
                : Optional.empty();
    }

    /** Where clocks change, times of the day are not in the order of the instants. */
    private Optional<String> instant(LogicalType type, String operator, Instant instant) {
        ZoneOffsetTransition next =
                zone.getRules().isFixedOffset() ? null : zone.getRules().nextTransition(instant.minus(CLOCK_CHANGE));
        return next == null || next.getInstant().isAfter(instant.plus(CLOCK_CHANGE))
                ? dateTime(type, operator, LocalDateTime.ofInstant(instant, zone))
                : Optional.empty();
    }
}
