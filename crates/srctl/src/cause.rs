// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What errors come from.

use std::error::Error;

/// The last error of a chain of causes, without the layers around it.
pub(crate) fn root<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    std::iter::successors(Some(error), |cause| (*cause).source()).last().unwrap_or(error)
}
