// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void readsWhatItWrote() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "a\"b\\c\n\u0001ä\uD83D\uDE00/");
        value.put("numbers", Arrays.asList(0L, -7L, Long.MAX_VALUE, new BigDecimal("1.50")));
        value.put("empty", new LinkedHashMap<>());
        value.put("flags", Arrays.asList(true, false, null, Arrays.asList()));
        assertThat(Json.read(Json.write(value))).isEqualTo(value);
    }

    @Test
    void writesPlainJson() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("a", Arrays.asList(1, null));
        value.put("b", "\t");
        assertThat(new String(Json.write(value), StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":[1,null],\"b\":\"\\u0009\"}");
    }

    @Test
    void acceptsKeysWithoutQuotesAndEscapes() {
        assertThat(Json.read(" { 5 : [ \"\\u00e4\\n\" ] } "))
                .isEqualTo(java.util.Collections.singletonMap("5", Arrays.asList("ä\n")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"a\"",
                "{\"a\":}",
                "[1,",
                "[1 2]",
                "\"x",
                "tru",
                "1.2.3",
                "{} x",
                "\"\\u12",
                "99999999999999999999"
            })
    void namesTheCharacterWhereTheTextIsMalformed(String text) {
        assertThatThrownBy(() -> Json.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("JSON: ");
    }

    @Test
    void refusesEndlessNesting() {
        char[] open = new char[100_000];
        Arrays.fill(open, '[');
        assertThatThrownBy(() -> Json.read(new String(open))).hasMessageContaining("nested too deeply");
    }
}
