// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Where labels come from.

use std::collections::VecDeque;

use starrocks_protocol::LabelGenerator;

/// Made here, or given by the user one after the other.
#[derive(Debug)]
pub(crate) enum Labels {
    Made(LabelGenerator),
    Given(VecDeque<String>),
}

impl Labels {
    /// A label that was never used. `None` when the next one is still to be given.
    pub(crate) fn next(&mut self, checkpoint: u64) -> Option<String> {
        match self {
            Self::Made(generator) => Some(generator.next_label(checkpoint)),
            Self::Given(labels) => labels.pop_front(),
        }
    }

    /// Takes a label of the user; of no meaning where labels are made here.
    pub(crate) fn give(&mut self, label: String) {
        if let Self::Given(labels) = self {
            labels.push_back(label);
        }
    }

    /// Labels that were given and not used.
    pub(crate) fn left(&self) -> usize {
        match self {
            Self::Made(_) => 0,
            Self::Given(labels) => labels.len(),
        }
    }
}
