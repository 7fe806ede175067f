# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0

# Build products that are worth keeping stay outside the checkout.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/starrocks-flink/target
# The Flink line of `quickstart` and `bench`.
FLINK ?= 1.20
# The lines that `dist` and `test` build.
LINES ?= 1.13 1.18 1.20 2.3
# `make bench BENCH=quick` runs a few cases for a first impression.
BENCH ?= full

VERSION := 2.0.0
MVN := mvn -B -ntp -q -f java/pom.xml
SRCTL := $(CARGO_TARGET_DIR)/debug/srctl
# The native library inside the JAR: `debug` for the quick start and the tests, `release` for `bench` and `dist`.
PROFILE ?= debug
NATIVE = $(CARGO_TARGET_DIR)/$(PROFILE)/libstarrocks_jni.so
JAR := java/connector/target/flink-connector-starrocks-$(VERSION)_flink-$(FLINK).jar

.DEFAULT_GOAL := help
.PHONY: help quickstart test check dist bench srctl jar jar-release

help: ## Show this list
	@echo "StarRocks Connector for Apache Flink, $(VERSION)"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo "Variables: FLINK=$(FLINK)  BENCH=$(BENCH)  CARGO_TARGET_DIR=$(CARGO_TARGET_DIR)"

quickstart: needs-quickstart srctl jar ## Load a real data set with a real Flink through the JAR and read it back
	@scripts/quickstart.sh $(SRCTL) $(JAR) $(FLINK)

test: needs-test ## Test everything; what continuous integration runs
	@scripts/test.sh

check: needs-check ## Check format, lints, licences and dependencies
	@scripts/check.sh

dist: needs-dist ## Build the release JARs and srctl into dist/
	@scripts/dist.sh $(LINES)

bench: needs-bench srctl jar-release ## Measure this connector against the original one, in the same run
	@echo "building the benchmark"
	@$(MVN) -pl bench -am -DskipTests package
	@scripts/bench.sh $(SRCTL) $(JAR) $(FLINK) $(BENCH)

needs-%:
	@scripts/needs.sh $*

# Always these two packages together: Cargo gives another selection other features, and builds DataFusion once more for it.
srctl:
	@echo "building srctl (DataFusion takes minutes the first time)"
	@cargo build -p starrocks-jni -p srctl

jar:
	@echo "building the native library"
	@cargo build $(if $(filter release,$(PROFILE)),-p starrocks-jni --release,-p starrocks-jni -p srctl)
	@echo "building the connector JAR for Flink $(FLINK)"
	@$(MVN) -pl connector -am -Dflink.line=$(FLINK) -DskipTests -Dstarrocks.native.path=$(NATIVE) package

jar-release:
	@$(MAKE) --no-print-directory jar PROFILE=release
