// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.TypeLiteralExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * Translates conditions of a query that StarRocks evaluates to exactly what Flink evaluates them to, NULL included. Flink does not
 * look again at what is translated, so everything else stays with Flink.
 */
public final class FilterTranslator {
    private final Literals literals;

    /** A translator; the zone is that in which TIMESTAMP_LTZ columns are read. */
    public FilterTranslator(ZoneId zone) {
        literals = new Literals(zone);
    }

    /** The condition in StarRocks SQL, if there is one that is exact. */
    public Optional<Condition> translate(ResolvedExpression expression) {
        if (expression instanceof FieldReferenceExpression) {
            return isBoolean(expression)
                    ? Optional.of(Condition.concat("(", column((FieldReferenceExpression) expression), " = true)"))
                    : Optional.empty();
        }
        return expression instanceof CallExpression ? call((CallExpression) expression) : Optional.empty();
    }

    private Optional<Condition> call(CallExpression call) {
        FunctionDefinition function = call.getFunctionDefinition();
        List<ResolvedExpression> operands = call.getResolvedChildren();
        if (function == BuiltInFunctionDefinitions.AND) {
            return junction(" and ", operands);
        }
        if (function == BuiltInFunctionDefinitions.OR) {
            return junction(" or ", operands);
        }
        if (function == BuiltInFunctionDefinitions.NOT) {
            return negation(operands.get(0));
        }
        if (function == BuiltInFunctionDefinitions.IS_NULL || function == BuiltInFunctionDefinitions.IS_NOT_NULL) {
            String test = function == BuiltInFunctionDefinitions.IS_NULL ? " is null)" : " is not null)";
            return field(operands.get(0)).map(field -> Condition.concat("(", column(field), test));
        }
        if (function == BuiltInFunctionDefinitions.IN) {
            return membership(operands);
        }
        if (function == BuiltInFunctionDefinitions.BETWEEN) {
            return both(
                    comparison(">=", operands.get(0), operands.get(1)),
                    comparison("<=", operands.get(0), operands.get(2)));
        }
        if (function == BuiltInFunctionDefinitions.LIKE && operands.size() == 2) {
            return like(operands.get(0), operands.get(1));
        }
        String operator = operator(function);
        return operator == null ? Optional.empty() : comparison(operator, operands.get(0), operands.get(1));
    }

    private static String operator(FunctionDefinition function) {
        if (function == BuiltInFunctionDefinitions.EQUALS) {
            return "=";
        } else if (function == BuiltInFunctionDefinitions.NOT_EQUALS) {
            return "<>";
        } else if (function == BuiltInFunctionDefinitions.LESS_THAN) {
            return "<";
        } else if (function == BuiltInFunctionDefinitions.LESS_THAN_OR_EQUAL) {
            return "<=";
        } else if (function == BuiltInFunctionDefinitions.GREATER_THAN) {
            return ">";
        } else if (function == BuiltInFunctionDefinitions.GREATER_THAN_OR_EQUAL) {
            return ">=";
        }
        return null;
    }

    /** All operands or nothing: a part of a condition is not that condition. */
    private Optional<Condition> junction(String separator, List<ResolvedExpression> operands) {
        List<Condition> conditions = new ArrayList<>();
        for (ResolvedExpression operand : operands) {
            Optional<Condition> condition = translate(operand);
            if (!condition.isPresent()) {
                return Optional.empty();
            }
            conditions.add(condition.get());
        }
        return Optional.of(Condition.join(separator, conditions));
    }

    private Optional<Condition> negation(ResolvedExpression operand) {
        if (operand instanceof FieldReferenceExpression && isBoolean(operand)) {
            return Optional.of(Condition.concat("(", column((FieldReferenceExpression) operand), " = false)"));
        }
        // A planner may turn NOT (x < y) into x >= y, which is not the same for NaN.
        return mentionsApproximate(operand)
                ? Optional.empty()
                : translate(operand).map(condition -> Condition.concat("(not ", condition, ")"));
    }

    private static Optional<Condition> both(Optional<Condition> first, Optional<Condition> second) {
        return first.flatMap(left -> second.map(right -> Condition.concat("(", left, " and ", right, ")")));
    }

    private Optional<Condition> comparison(String operator, ResolvedExpression left, ResolvedExpression right) {
        Optional<FieldReferenceExpression> leftField = valuePreserved(left);
        Optional<FieldReferenceExpression> rightField = valuePreserved(right);
        if (leftField.isPresent() && rightField.isPresent()) {
            return fields(operator, leftField.get(), rightField.get());
        }
        if (leftField.isPresent() && right instanceof ValueLiteralExpression) {
            return literal(operator, leftField.get(), (ValueLiteralExpression) right);
        }
        if (rightField.isPresent() && left instanceof ValueLiteralExpression) {
            return literal(mirrored(operator), rightField.get(), (ValueLiteralExpression) left);
        }
        return Optional.empty();
    }

    private static String mirrored(String operator) {
        switch (operator.charAt(0)) {
            case '<':
                return operator.equals("<>") ? operator : operator.replace('<', '>');
            case '>':
                return operator.replace('>', '<');
            default:
                return operator;
        }
    }

    private Optional<Condition> literal(
            String operator, FieldReferenceExpression field, ValueLiteralExpression literal) {
        return literals.text(type(field), operator, literal)
                .map(text -> Condition.concat("(", column(field), " " + operator + " " + text + ")"));
    }

    /** Two columns: of whole numbers, or of one type whose values order the same everywhere. */
    private static Optional<Condition> fields(
            String operator, FieldReferenceExpression left, FieldReferenceExpression right) {
        LogicalType a = type(left);
        LogicalType b = type(right);
        boolean same = isInteger(a) && isInteger(b);
        if (a.getTypeRoot() == b.getTypeRoot()) {
            switch (a.getTypeRoot()) {
                case DATE:
                case CHAR:
                case VARCHAR:
                    same = true;
                    break;
                case DECIMAL:
                    same = ((DecimalType) a).getPrecision() == ((DecimalType) b).getPrecision()
                            && ((DecimalType) a).getScale() == ((DecimalType) b).getScale();
                    break;
                case TIMESTAMP_WITHOUT_TIME_ZONE:
                    same = LogicalTypeChecks.getPrecision(a) >= 6 && LogicalTypeChecks.getPrecision(b) >= 6;
                    break;
                default:
            }
        }
        return same
                ? Optional.of(Condition.concat("(", column(left), " " + operator + " ", column(right), ")"))
                : Optional.empty();
    }

    private Optional<Condition> membership(List<ResolvedExpression> operands) {
        Optional<FieldReferenceExpression> field = valuePreserved(operands.get(0));
        if (!field.isPresent()) {
            return Optional.empty();
        }
        List<String> values = new ArrayList<>();
        for (ResolvedExpression operand : operands.subList(1, operands.size())) {
            Optional<String> value = operand instanceof ValueLiteralExpression
                    ? literals.text(type(field.get()), "=", (ValueLiteralExpression) operand)
                    : Optional.empty();
            if (!value.isPresent()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(Condition.oneOf(column(field.get()), values));
    }

    private Optional<Condition> like(ResolvedExpression text, ResolvedExpression pattern) {
        if (!(pattern instanceof ValueLiteralExpression)) {
            return Optional.empty();
        }
        return valuePreserved(text)
                .filter(field -> type(field).getTypeRoot() == LogicalTypeRoot.VARCHAR)
                .flatMap(field -> literals.pattern((ValueLiteralExpression) pattern)
                        .map(sql -> Condition.concat("(", column(field), " like " + sql + ")")));
    }

    private static Condition column(FieldReferenceExpression field) {
        return Condition.column(field.getName(), type(field).getTypeRoot());
    }

    private static Optional<FieldReferenceExpression> field(ResolvedExpression expression) {
        return expression instanceof FieldReferenceExpression
                ? Optional.of((FieldReferenceExpression) expression)
                : Optional.empty();
    }

    /** The column itself, or under casts to types that hold each of its values as it is. */
    private static Optional<FieldReferenceExpression> valuePreserved(ResolvedExpression expression) {
        if (expression instanceof CallExpression
                && ((CallExpression) expression).getFunctionDefinition() == BuiltInFunctionDefinitions.CAST) {
            List<ResolvedExpression> operands = expression.getResolvedChildren();
            if (operands.size() == 2
                    && operands.get(1) instanceof TypeLiteralExpression
                    && isWider(type(operands.get(0)), type(operands.get(1)))) {
                return valuePreserved(operands.get(0));
            }
            return Optional.empty();
        }
        return field(expression);
    }

    private static boolean isWider(LogicalType from, LogicalType to) {
        if (isInteger(from) && isInteger(to)) {
            return integerWidth(from) <= integerWidth(to);
        }
        if (from.getTypeRoot() != to.getTypeRoot()) {
            return false;
        }
        switch (from.getTypeRoot()) {
            case VARCHAR:
                return LogicalTypeChecks.getLength(from) <= LogicalTypeChecks.getLength(to);
            case DECIMAL:
                int fromScale = ((DecimalType) from).getScale();
                int toScale = ((DecimalType) to).getScale();
                return fromScale <= toScale
                        && ((DecimalType) from).getPrecision() - fromScale
                                <= ((DecimalType) to).getPrecision() - toScale;
            case TIMESTAMP_WITHOUT_TIME_ZONE:
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return LogicalTypeChecks.getPrecision(from) <= LogicalTypeChecks.getPrecision(to);
            case BOOLEAN:
            case DATE:
            case FLOAT:
            case DOUBLE:
                return true;
            default:
                return false;
        }
    }

    private static boolean isInteger(LogicalType type) {
        return integerWidth(type) > 0;
    }

    private static int integerWidth(LogicalType type) {
        switch (type.getTypeRoot()) {
            case TINYINT:
                return 1;
            case SMALLINT:
                return 2;
            case INTEGER:
                return 4;
            case BIGINT:
                return 8;
            default:
                return 0;
        }
    }

    private static boolean mentionsApproximate(ResolvedExpression expression) {
        LogicalTypeRoot root = type(expression).getTypeRoot();
        if (root == LogicalTypeRoot.FLOAT || root == LogicalTypeRoot.DOUBLE) {
            return true;
        }
        List<ResolvedExpression> operands = expression instanceof TypeLiteralExpression
                ? Collections.emptyList()
                : expression.getResolvedChildren();
        return operands.stream().anyMatch(FilterTranslator::mentionsApproximate);
    }

    private static boolean isBoolean(ResolvedExpression expression) {
        return type(expression).getTypeRoot() == LogicalTypeRoot.BOOLEAN;
    }

    private static LogicalType type(ResolvedExpression expression) {
        return expression.getOutputDataType().getLogicalType();
    }
}
