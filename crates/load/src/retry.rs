// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Bounded retries: how often, how long to wait, and the story to tell when they did not help.

use starrocks_types::{Error, Retry};

/// How many later failures the final error quotes.
const QUOTED_FAILURES: usize = 4;

/// The longest wait between two attempts for a table that has too many versions; the first is a second.
const LONGEST_VERSION_WAIT_MS: u64 = 30_000;

/// Bounds of the retries.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// Retries after the first failure.
    pub max_retries: u32,
    /// Longest wait between two attempts; the first waits are shorter.
    pub max_interval_ms: u64,
    /// How long to wait for a request of ours that the server is still working on.
    pub wait_out_ms: u64,
    /// How long to wait for a table that has too many versions, before that counts as a failure like any other.
    pub versions_ms: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_retries: 3, max_interval_ms: 10_000, wait_out_ms: 60_000, versions_ms: 300_000 }
    }
}

/// The attempts of one piece of work.
#[derive(Debug, Clone)]
pub struct Retries {
    policy: RetryPolicy,
    random: u64,
    failures: u32,
    first: Option<Error>,
    later: Vec<String>,
    waiting_since: Option<u64>,
    waits: u32,
    crowded_since: Option<u64>,
    crowded: u32,
}

impl Retries {
    /// No failures so far; `seed` spreads the waits of many writers.
    pub fn new(policy: RetryPolicy, seed: u64) -> Self {
        Self {
            policy,
            random: seed | 1,
            failures: 0,
            first: None,
            later: Vec::new(),
            waiting_since: None,
            waits: 0,
            crowded_since: None,
            crowded: 0,
        }
    }

    /// Forgets the failures: the work got done.
    pub(crate) fn reset(&mut self) {
        *self = Self { policy: self.policy, random: self.random, ..Self::new(self.policy, self.random) };
    }

    /// Failures so far.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Records a failure. `Ok` is how long to wait before the next attempt, `Err` the whole story when there is none left.
    pub(crate) fn failed(&mut self, error: Error) -> Result<u64, Error> {
        self.failures += 1;
        self.waiting_since = None;
        if self.first.is_none() {
            self.first = Some(error);
        } else if self.later.len() < QUOTED_FAILURES {
            self.later.push(format!("attempt {}: {error}", self.failures));
        }
        if self.failures > self.policy.max_retries {
            return Err(self.story(None));
        }
        let wait = 1000_u64.saturating_mul(4_u64.saturating_pow(self.failures - 1));
        Ok(self.jitter(wait.min(self.policy.max_interval_ms)))
    }

    /// The server is still busy with an earlier request of ours. `Ok` is how long to wait, `Err` when that took too long.
    pub(crate) fn busy(&mut self, now: u64, error: Error) -> Result<u64, Error> {
        let since = *self.waiting_since.get_or_insert(now);
        if now.saturating_sub(since) >= self.policy.wait_out_ms {
            self.waiting_since = None;
            return self.failed(error);
        }
        self.waits += 1;
        let wait = 100_u64.saturating_mul(1 << self.waits.min(5));
        Ok(self.jitter(wait.min(self.policy.max_interval_ms)))
    }

    /// The table has too many versions. `Ok` is how long to wait before the next attempt, `Err` when that took too long.
    pub(crate) fn crowded(&mut self, now: u64, error: Error) -> Result<u64, Error> {
        let since = *self.crowded_since.get_or_insert(now);
        if now.saturating_sub(since) >= self.policy.versions_ms {
            return self.failed(error.with("waited_ms", now.saturating_sub(since)));
        }
        let wait = 1000_u64 << self.crowded.min(5);
        self.crowded += 1;
        Ok(self.jitter(wait.min(LONGEST_VERSION_WAIT_MS)))
    }

    /// The first error, with what followed. `last` is an error that no retry can help against.
    pub(crate) fn story(&mut self, last: Option<Error>) -> Error {
        let attempts = self.failures.max(1) + u32::from(last.is_some() && self.failures > 0);
        let quoted = |later: &[String]| later.join("; ");
        match (last, self.first.take()) {
            // A permanent error explains itself; what came before is the side story.
            (Some(last), Some(first)) => {
                last.with("attempts", attempts).with("first_failure", first).with_later(quoted(&self.later))
            }
            (Some(last), None) => last,
            (None, Some(first)) => {
                first.retry(Retry::Exhausted).with("attempts", attempts).with_later(quoted(&self.later))
            }
            (None, None) => Error::new(starrocks_types::ErrorKind::Unexpected, "retries ended without a failure"),
        }
    }

    /// Between 80 and 120 percent of `wait`.
    fn jitter(&mut self, wait: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        wait * (80 + self.random % 41) / 100
    }
}

trait WithLater {
    fn with_later(self, later: String) -> Self;
}

impl WithLater for Error {
    fn with_later(self, later: String) -> Self {
        if later.is_empty() { self } else { self.with("later_failures", later) }
    }
}

#[cfg(test)]
mod tests {
    use starrocks_types::ErrorKind;

    use super::*;

    fn error(text: &str) -> Error {
        Error::new(ErrorKind::Network, text)
    }

    #[test]
    fn waits_grow_to_the_bound_and_the_story_begins_with_the_first_failure() {
        let mut retries =
            Retries::new(RetryPolicy { max_retries: 3, max_interval_ms: 10_000, wait_out_ms: 1, versions_ms: 0 }, 7);
        let waits: Vec<u64> = ["a", "b", "c"].map(|t| retries.failed(error(t)).unwrap()).into();
        for (wait, nominal) in waits.iter().zip([1000, 4000, 10_000]) {
            assert!((nominal * 8 / 10..=nominal * 12 / 10).contains(wait), "{wait} for {nominal}");
        }
        let story = retries.failed(error("d")).unwrap_err();
        assert_eq!((story.message(), story.retry_class()), ("a", Retry::Exhausted));
        let text = story.to_string();
        assert!(
            text.contains("attempts=4") && text.contains("attempt 2: b") && text.contains("attempt 4: d"),
            "{text}"
        );
    }

    #[test]
    fn no_retries_means_the_first_failure_is_the_end() {
        let mut retries = Retries::new(RetryPolicy { max_retries: 0, ..RetryPolicy::default() }, 7);
        assert_eq!(retries.failed(error("a")).unwrap_err().message(), "a");
    }

    #[test]
    fn waiting_for_the_server_ends() {
        let policy = RetryPolicy { max_retries: 0, max_interval_ms: 500, wait_out_ms: 1000, versions_ms: 0 };
        let mut retries = Retries::new(policy, 7);
        assert!(retries.busy(0, error("a")).unwrap() <= 600);
        assert!(retries.busy(999, error("a")).is_ok());
        assert!(retries.busy(1000, error("a")).is_err());
    }

    #[test]
    fn a_table_with_too_many_versions_is_waited_for_without_spending_retries() {
        let policy = RetryPolicy { max_retries: 0, versions_ms: 100_000, ..RetryPolicy::default() };
        let mut retries = Retries::new(policy, 7);
        let mut now = 0;
        let mut waits = Vec::new();
        let story = loop {
            match retries.crowded(now, error("crowded")) {
                Ok(wait) => now += wait,
                Err(story) => break story,
            }
            waits.push(now);
            assert!(waits.len() < 20, "it never ends");
        };
        assert!((5..=9).contains(&waits.len()), "waits grow: {waits:?}");
        assert!((100_000..140_000).contains(&now), "{now}");
        assert!(story.to_string().contains("waited_ms"), "{story}");
    }

    #[test]
    fn a_permanent_error_keeps_the_first_place() {
        let mut retries = Retries::new(RetryPolicy::default(), 7);
        retries.failed(error("blip")).unwrap();
        let story = retries.story(Some(Error::new(ErrorKind::AccessDenied, "denied")));
        assert_eq!(story.kind(), ErrorKind::AccessDenied);
        assert!(story.to_string().contains("first_failure=blip"), "{story}");
    }
}
