// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! How often rows are committed by time. Each commit makes a version of every tablet that it touches, and a tablet takes no
//! more rows while too many of them wait to be merged (`tablet_max_versions` of the backend, 1000).

/// The interval never grows beyond this, unless the user asks for more.
const LONGEST_MS: u64 = 600_000;

/// How many doublings the interval may have.
const MOST_DOUBLINGS: u32 = 6;

/// Commits in a row without a refusal after which the interval is halved again.
const COMMITS_TO_RECOVER: u32 = 16;

/// The flush interval: as asked for, doubled with each refusal of a server that has too many versions, halved as it recovers.
#[derive(Debug)]
pub struct Pace {
    asked_ms: Option<u64>,
    doublings: u32,
    commits: u32,
}

impl Pace {
    /// Begins with the interval that is asked for; `None` leaves flushes to checkpoints.
    pub fn new(asked_ms: Option<u64>) -> Self {
        Self { asked_ms, doublings: 0, commits: 0 }
    }

    /// The interval in force.
    pub fn interval_ms(&self) -> Option<u64> {
        let asked = self.asked_ms?;
        Some(asked.saturating_mul(1 << self.doublings).min(LONGEST_MS.max(asked)))
    }

    /// The server takes no rows because of the versions there are.
    pub fn refused(&mut self) {
        self.doublings = (self.doublings + 1).min(MOST_DOUBLINGS);
        self.commits = 0;
    }

    /// Rows were committed.
    pub fn committed(&mut self) {
        self.commits += 1;
        if self.commits >= COMMITS_TO_RECOVER {
            self.commits = 0;
            self.doublings = self.doublings.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_interval_doubles_and_comes_back() {
        let mut pace = Pace::new(Some(1000));
        pace.refused();
        pace.refused();
        assert_eq!(pace.interval_ms(), Some(4000));
        for _ in 0..COMMITS_TO_RECOVER {
            pace.committed();
        }
        assert_eq!(pace.interval_ms(), Some(2000));
        for _ in 1..COMMITS_TO_RECOVER {
            pace.committed();
        }
        pace.refused();
        pace.committed();
        assert_eq!(pace.interval_ms(), Some(4000), "a refusal counts the commits anew");
    }

    proptest! {
        #[test]
        fn the_interval_stays_within_its_bounds(
            asked in 1_u64..5_000_000,
            events in prop::collection::vec(any::<bool>(), 0..200),
        ) {
            let mut pace = Pace::new(Some(asked));
            for refused in events {
                if refused { pace.refused() } else { pace.committed() }
                let interval = pace.interval_ms().unwrap_or_default();
                prop_assert!(interval >= asked && interval <= LONGEST_MS.max(asked), "{interval} for {asked}");
                prop_assert!(interval <= asked * 64);
            }
            for _ in 0..MOST_DOUBLINGS * COMMITS_TO_RECOVER {
                pace.committed();
            }
            prop_assert_eq!(pace.interval_ms(), Some(asked), "it always comes back");
        }

        #[test]
        fn without_an_interval_there_is_none(refusals in 0_u32..20) {
            let mut pace = Pace::new(None);
            (0..refusals).for_each(|_| pace.refused());
            prop_assert_eq!(pace.interval_ms(), None);
        }
    }
}
