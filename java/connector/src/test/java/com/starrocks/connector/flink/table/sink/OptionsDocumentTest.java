// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.junit.jupiter.api.Test;

/** docs/options.md says what the code says. */
class OptionsDocumentTest {
    private static final Path DOCUMENT = Paths.get("../../docs/options.md");
    private static final String WRITE = "options.write";

    @Test
    void listsEveryOptionAsItIs() throws Exception {
        String document = document();
        if (Boolean.getBoolean(WRITE)) {
            Files.write(DOCUMENT, document.getBytes(StandardCharsets.UTF_8));
        }
        String written = Files.exists(DOCUMENT) ? new String(Files.readAllBytes(DOCUMENT), StandardCharsets.UTF_8) : "";
        assertThat(written)
                .as(
                        "docs/options.md is written anew by: mvn -f java/pom.xml -pl connector -am test -D%s=true"
                                + " -Dtest=%s -Dsurefire.failIfNoSpecifiedTests=false",
                        WRITE, getClass().getSimpleName())
                .isEqualTo(document);
    }

    private static String document() throws ReflectiveOperationException {
        Collection<ConfigOption<?>> optional = StarRocksSinkOptions.optional();
        List<String> withoutEffect = withoutEffect(optional);
        Predicate<ConfigOption<?>> idle = option -> withoutEffect.contains(option.key());
        return "# Options\n\n"
                + "Made from the code of the connector, for SQL and the DataStream API alike; a test fails when the two differ.\n"
                + "What to do with those of the sink is in [Load data into StarRocks](load-data-into-starrocks.md). A table may be written\n"
                + "and read: sink and source each take the options of the other.\n\n"
                + "## Where to write\n\nAll of these are required by the sink.\n\n"
                + table(StarRocksSinkOptions.CONNECTION)
                + "\n## How to write\n\n"
                + table(optional.stream().filter(idle.negate()).collect(Collectors.toList()))
                + "\n`sink.properties.*` becomes a header of each load: `sink.properties.format` is the header `format`, and so on.\n"
                + "\n## Accepted from connector 1.x\n\n"
                + "These steer what no longer exists. A job that sets them runs as before, and the log names them once.\n\n"
                + table(optional.stream().filter(idle).collect(Collectors.toList()))
                + "\n## Where to read\n\nAll of these are required by the source.\n\n"
                + table(StarRocksSourceOptions.connection())
                + "\n## How to read\n\n"
                + table(StarRocksSourceOptions.optional())
                + "\n`scan.params.*` takes any other key too, which nothing reads.\n"
                + "\nThese are for the DataStream API alone; in SQL, the table has columns and a query has conditions.\n\n"
                + table(StarRocksSourceOptions.datastream());
    }

    /** Keys of what is accepted for nothing. */
    private static List<String> withoutEffect(Collection<ConfigOption<?>> optional) {
        StarRocksSinkOptions.Builder all = StarRocksSinkOptions.builder();
        StarRocksSinkOptions.CONNECTION.forEach(option -> all.withProperty(option.key(), "fe:8030"));
        optional.stream()
                .filter(ConfigOption::hasDefaultValue)
                .forEach(option -> all.withProperty(option.key(), String.valueOf(option.defaultValue())));
        return all.build().optionsWithoutEffect();
    }

    private static String table(Collection<ConfigOption<?>> options) throws ReflectiveOperationException {
        StringBuilder table = new StringBuilder("| option | type | default | meaning |\n|---|---|---|---|\n");
        for (ConfigOption<?> option : options) {
            table.append("| `")
                    .append(option.key())
                    .append("` | ")
                    .append(type(option))
                    .append(" | ");
            table.append(option.hasDefaultValue() ? "`" + option.defaultValue() + "`" : "none");
            table.append(" | ").append(description(option).replace("|", "\\|")).append(" |\n");
        }
        return table.toString();
    }

    private static String description(ConfigOption<?> option) {
        return new HtmlFormatter().format(option.description());
    }

    /** Flink tells the type of an option to its own package alone. */
    private static String type(ConfigOption<?> option) throws ReflectiveOperationException {
        Method type = ConfigOption.class.getDeclaredMethod("getClazz");
        Method list = ConfigOption.class.getDeclaredMethod("isList");
        type.setAccessible(true);
        list.setAccessible(true);
        String name = ((Class<?>) type.invoke(option)).getSimpleName().toLowerCase(Locale.ROOT);
        return (Boolean) list.invoke(option) ? "list of " + name : name;
    }
}
