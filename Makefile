# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0

# Build products that are worth keeping stay outside the checkout.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/starrocks-flink/target
# The Flink line of `quickstart` and `bench`.
FLINK ?= 1.20
# The lines that `dist` builds and `test` tests.
FLINK_LINES ?= $(shell sed -n 's|.*<flink.line>\([0-9.]*\)</flink.line>.*|\1|p' java/pom.xml)
# `make bench BENCH=quick` runs a few cases for a first impression.
BENCH ?= full
# `make crash` makes so many runs, and takes a seed to repeat what failed.
RUNS ?= 64
SEED ?=

# Cargo.toml has the version, java/pom.xml the Flink lines; `make check` compares the versions of the poms.
VERSION := $(shell sed -n 's/^version = "\(.*\)"$$/\1/p' Cargo.toml)
MVN := mvn -B -ntp -q -f java/pom.xml
SRCTL := $(CARGO_TARGET_DIR)/debug/srctl
# The native library inside the JAR: `debug` for the quick start and the tests, `native` for `bench`, as in `dist`.
PROFILE ?= debug
NATIVE = $(CARGO_TARGET_DIR)/$(PROFILE)/libstarrocks_jni.so
JAR := java/connector/target/flink-connector-starrocks-$(VERSION)_flink-$(FLINK).jar

.DEFAULT_GOAL := help
.PHONY: help quickstart test check dist bench crash srctl jar jar-native crash-job

help: ## Show this list
	@echo "StarRocks Connector for Apache Flink, $(VERSION)"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo "Variables:"
	@echo "  FLINK=$(FLINK) for quickstart and bench; FLINK_LINES=\"$(FLINK_LINES)\" for dist and test; BENCH=$(BENCH), or quick, read, lookup, memory, flat, slow, delivery, codec, ingest, a case; RUNS=$(RUNS) and SEED for crash"
	@echo "  CARGO_TARGET_DIR=$(CARGO_TARGET_DIR)"

quickstart: needs-quickstart srctl jar ## Load a real data set with a real Flink through the JAR and read it back
	@scripts/quickstart.sh $(SRCTL) $(JAR) $(FLINK)

test: needs-test ## Test everything; what continuous integration runs
	@scripts/test.sh $(FLINK_LINES)

check: needs-check ## Check format, lints, licences and dependencies
	@scripts/check.sh

dist: needs-dist ## Build what a release consists of into dist/: a JAR for each Flink line, and srctl
	@scripts/dist.sh $(FLINK_LINES)

crash: needs-crash srctl jar crash-job ## Kill Flink and the server under jobs, RUNS of them, and compare each table with an oracle
	@scripts/crash.sh $(SRCTL) $(JAR) java/crash/target/crash.jar $(RUNS) $(SEED)

crash-job:
	@echo "building the job of the crash farm"
	@$(MVN) -pl crash -am -DskipTests package

# The benchmark takes its server optimised: it answers beside what is measured, on the same cores.
bench: SERVER = --config profile.dev.package.starrocks-server.opt-level=3
bench: needs-bench srctl jar-native ## Measure this connector against the original one, in the same run
	@echo "building the benchmark"
	@$(MVN) -pl bench -am -DskipTests package
	@scripts/bench.sh $(SRCTL) $(JAR) $(FLINK) $(BENCH)

needs-%:
	@scripts/needs.sh $*

# Always these two packages together: Cargo gives another selection other features, and builds DataFusion once more for it.
srctl:
	@echo "building srctl (DataFusion takes minutes the first time)"
	@cargo build $(SERVER) -p starrocks-jni -p srctl

jar:
	@echo "building the native library"
	@cargo build $(if $(filter debug,$(PROFILE)),-p starrocks-jni -p srctl,-p starrocks-jni --profile $(PROFILE))
	@echo "building the connector JAR for Flink $(FLINK)"
	@$(MVN) -pl connector -am -Dflink.line=$(FLINK) -DskipTests -Dstarrocks.native.path=$(NATIVE) package

jar-native:
	@$(MAKE) --no-print-directory jar PROFILE=native
