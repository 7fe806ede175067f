// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.tools;

import com.starrocks.connector.jni.Json;
import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON of maps, lists, arrays, numbers, booleans and texts. A key whose value is null is left out, bytes become Base64, and what is
 * not a number becomes null. Objects of other classes become their text.
 */
public class JsonWrapper {
    public byte[] toJSONBytes(Object value) {
        return Json.write(plain(value));
    }

    public String toJSONString(Object value) {
        return new String(toJSONBytes(value), StandardCharsets.UTF_8);
    }

    /** Objects become maps, arrays lists. */
    public Object parse(String text) {
        return Json.read(text);
    }

    public <T> T parseObject(byte[] json, Type type) {
        return parseObject(new String(json, StandardCharsets.UTF_8), type);
    }

    /** Reads a document as what {@link #parse} makes of it: a map, a list, a text, a number, a boolean. */
    @SuppressWarnings("unchecked")
    public <T> T parseObject(String json, Type type) {
        Object value = Json.read(json);
        Type raw = type instanceof ParameterizedType ? ((ParameterizedType) type).getRawType() : type;
        if (value != null && !(raw instanceof Class && ((Class<?>) raw).isInstance(value))) {
            throw new IllegalArgumentException("JSON: this document is a "
                    + value.getClass().getSimpleName() + ", not a " + type.getTypeName()
                    + "; objects are read as maps and arrays as lists");
        }
        return (T) value;
    }

    private static Object plain(Object value) {
        if (value == null || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number) {
            double number = ((Number) value).doubleValue();
            boolean floating = value instanceof Double || value instanceof Float;
            return floating && (Double.isNaN(number) || Double.isInfinite(number)) ? null : value;
        }
        if (value instanceof byte[]) {
            return Base64.getEncoder().encodeToString((byte[]) value);
        }
        if (value instanceof Map) {
            Map<String, Object> map = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((key, element) -> {
                if (element != null) {
                    map.put(String.valueOf(key), plain(element));
                }
            });
            return map;
        }
        if (value instanceof Iterable) {
            List<Object> list = new ArrayList<>();
            ((Iterable<?>) value).forEach(element -> list.add(plain(element)));
            return list;
        }
        if (value.getClass().isArray()) {
            List<Object> list = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                list.add(plain(Array.get(value, i)));
            }
            return list;
        }
        return value.toString();
    }
}
