// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What the impersonated version of StarRocks can do. A header that a version does not know is ignored, as every unknown
//! header is.

use std::fmt;
use std::str::FromStr;

/// A version such as `3.5.5`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u32, u32, u32);

/// Why a text is no version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidVersion(String);

impl fmt::Display for InvalidVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no version of StarRocks; write it as 3.5.5", self.0)
    }
}

impl std::error::Error for InvalidVersion {}

impl FromStr for Version {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.split('.').map(|part| part.parse().ok());
        match (numbers.next().flatten(), numbers.next().flatten(), numbers.next(), numbers.next()) {
            (Some(major), Some(minor), None, None) => Ok(Self(major, minor, 0)),
            (Some(major), Some(minor), Some(Some(patch)), None) => Ok(Self(major, minor, patch)),
            _ => Err(InvalidVersion(text.to_owned())),
        }
    }
}

/// Behaviour that came with a version and is not bound to a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    /// `/api/transaction/*`.
    Transactions,
    /// 1000 running transactions a database instead of 100.
    ManyRunningTransactions,
    /// `reason` in `get_load_state`.
    LoadStateReason,
    /// Arrow Flight SQL.
    FlightSql,
    /// Its dates, times and large integers are typed, prepared statements have handles, and the FE hands on the rows of
    /// backends (StarRocks pull requests 65889 and 66348).
    FlightTyped,
}

impl Feature {
    fn since(self) -> Version {
        match self {
            Self::Transactions => Version(2, 4, 0),
            Self::ManyRunningTransactions => Version(3, 1, 0),
            Self::LoadStateReason => Version(3, 4, 0),
            Self::FlightSql => Version(3, 5, 1),
            Self::FlightTyped => Version(3, 5, 11),
        }
    }
}

/// Headers of loads and transactions that older versions do not know.
const HEADERS: [(&str, Version); 13] = [
    ("merge_condition", Version(2, 5, 0)),
    ("skip_header", Version(3, 0, 0)),
    ("trim_space", Version(3, 0, 0)),
    ("enclose", Version(3, 0, 0)),
    ("escape", Version(3, 0, 0)),
    ("partial_update_mode", Version(3, 1, 0)),
    ("log_rejected_record_num", Version(3, 1, 0)),
    // Before that only `format: lz4` and its like compress, which means CSV.
    ("compression", Version(3, 2, 7)),
    ("content-encoding", Version(3, 2, 7)),
    ("enable_merge_commit", Version(3, 4, 0)),
    ("prepared_timeout", Version(3, 5, 4)),
    ("transaction_type", Version(4, 0, 0)),
    ("source_type", Version(4, 0, 0)),
];

impl Version {
    pub(crate) fn has(self, feature: Feature) -> bool {
        // Fixes come to 3.5 and 4.0 at about the same time.
        let not_yet = feature == Feature::FlightTyped && (Self(4, 0, 0)..Self(4, 0, 4)).contains(&self);
        self >= feature.since() && !not_yet
    }

    pub(crate) fn knows_header(self, name: &str) -> bool {
        HEADERS.iter().find(|(header, _)| *header == name).is_none_or(|(_, since)| self >= *since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_two_or_three_numbers() {
        assert_eq!("3.5.5".parse(), Ok(Version(3, 5, 5)));
        assert_eq!("4.0".parse(), Ok(Version(4, 0, 0)));
        for text in ["", "3", "3.5.x", "3.5.5.1", "v3.5", "latest"] {
            assert_eq!(text.parse::<Version>(), Err(InvalidVersion(text.to_owned())));
        }
        assert!(Version(3, 10, 0) > Version(3, 9, 9));
    }

    #[test]
    fn a_fix_comes_to_each_line_in_a_version_of_its_own() {
        let typed = |text: &str| text.parse::<Version>().unwrap().has(Feature::FlightTyped);
        assert!(!typed("3.5.10") && typed("3.5.11") && !typed("4.0.3") && typed("4.0.4") && typed("4.1.0"));
    }
}
