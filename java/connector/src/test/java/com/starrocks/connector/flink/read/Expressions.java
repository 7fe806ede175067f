// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.TypeLiteralExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinition;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.types.DataType;

/** Expressions as a planner hands them to a source, on every line. */
final class Expressions {
    private Expressions() {}

    static FieldReferenceExpression field(String name, DataType type) {
        return new FieldReferenceExpression(name, type, 0, 0);
    }

    static ValueLiteralExpression literal(Object value, DataType type) {
        return new ValueLiteralExpression(value, value == null ? type : type.notNull());
    }

    static ResolvedExpression cast(ResolvedExpression operand, DataType type) {
        return call(BuiltInFunctionDefinitions.CAST, type, operand, new TypeLiteralExpression(type));
    }

    /** A condition. */
    static ResolvedExpression call(BuiltInFunctionDefinition function, ResolvedExpression... operands) {
        return call(function, DataTypes.BOOLEAN(), operands);
    }

    private static ResolvedExpression call(
            BuiltInFunctionDefinition function, DataType type, ResolvedExpression... operands) {
        List<ResolvedExpression> list = Arrays.asList(operands);
        try {
            for (Constructor<?> constructor : CallExpression.class.getConstructors()) {
                if (constructor.getParameterCount() == 5) {
                    return (ResolvedExpression) constructor.newInstance(false, null, function, list, type);
                }
            }
            return (ResolvedExpression) CallExpression.class
                    .getConstructor(
                            org.apache.flink.table.functions.FunctionDefinition.class, List.class, DataType.class)
                    .newInstance(function, list, type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
