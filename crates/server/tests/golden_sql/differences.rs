// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The list of recordings that the server answers otherwise on purpose.

use std::collections::BTreeMap;

use crate::recordings::{Recording, directory};

/// Reason by recording.
pub(crate) struct Differences {
    reasons: Vec<String>,
    listed: BTreeMap<String, usize>,
}

/// How many characters of a statement the list repeats, so that a reader knows what is meant.
const SHOWN: usize = 90;

/// The line for a recording.
pub(crate) fn line(recording: &Recording) -> String {
    let subject = recording.subject.replace('\n', " ");
    let shown: String = subject.chars().take(SHOWN).collect();
    let rest = if shown.len() < subject.len() { "…" } else { "" };
    format!("{} {shown}{rest}", recording.name).trim_end().to_owned()
}

impl Differences {
    /// Reads `differences.txt`: a reason behind `## `, then a line for each recording. Every line must name one.
    pub(crate) fn read(recordings: &[Recording]) -> Self {
        let known: BTreeMap<String, &Recording> = recordings.iter().map(|r| (line(r), r)).collect();
        let text = std::fs::read_to_string(directory().join("differences.txt")).unwrap();
        let mut list = Self { reasons: Vec::new(), listed: BTreeMap::new() };
        for text in text.lines().filter(|l| !l.is_empty() && !l.starts_with("# ")) {
            if let Some(reason) = text.strip_prefix("## ") {
                list.reasons.push(reason.to_owned());
                continue;
            }
            let recording = known.get(text).unwrap_or_else(|| panic!("differences.txt: no such recording: {text}"));
            let reason = list.reasons.len().checked_sub(1).unwrap_or_else(|| panic!("no reason for {text}"));
            let twice = list.listed.insert(recording.name.clone(), reason);
            assert!(twice.is_none(), "differences.txt: listed twice: {text}");
        }
        list
    }

    pub(crate) fn lists(&self, recording: &Recording) -> bool {
        self.listed.contains_key(&recording.name)
    }

    /// Each reason and how many recordings it has.
    pub(crate) fn counts(&self) -> Vec<String> {
        let count = |at: usize| self.listed.values().filter(|reason| **reason == at).count();
        self.reasons.iter().enumerate().map(|(at, reason)| format!("{:4} {reason}", count(at))).collect()
    }
}
