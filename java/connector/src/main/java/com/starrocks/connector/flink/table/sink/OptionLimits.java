// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.ValidationException;

/** Checks that sinks and sources share. */
public final class OptionLimits {
    private final Configuration config;

    public OptionLimits(Configuration config) {
        this.config = config;
    }

    /** Throws unless the number is from {@code min} to {@code max}, both included. */
    public void range(ConfigOption<? extends Number> option, long min, long max) {
        long value = config.get(option).longValue();
        if (value < min || value > max) {
            throw new ValidationException("Unsupported value '" + value + "' of option '" + option.key() + "': "
                    + (max == Long.MAX_VALUE ? "at least " + min : min + " to " + max) + " is expected.");
        }
    }

    /** Throws if the option is set to nothing. */
    public void filled(ConfigOption<?> option, boolean empty) {
        if (empty) {
            throw new ValidationException("Option '" + option.key() + "' is empty, but it is required.");
        }
    }

    /** Throws unless both options are set, or neither. */
    public void together(ConfigOption<?> one, ConfigOption<?> other) {
        if (config.contains(one) != config.contains(other)) {
            throw new ValidationException(
                    "Options '" + one.key() + "' and '" + other.key() + "' go together, but only one of them is set.");
        }
    }
}
