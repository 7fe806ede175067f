// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Which types a column may change into.

use starrocks_types::StarRocksType as T;

use crate::sql::error::{SqlError, SqlResult};
use crate::sql::types::error_form;

/// The FE's matrix of conversions.
pub(super) fn convertible(from: &T, to: &T) -> SqlResult<()> {
    let refused = || Err(SqlError::plain(format!("Can not change {} to {}", error_form(from), error_form(to))));
    let allowed = match (from, to) {
        (a, b) if a == b => true,
        (T::Char(a), T::Char(b)) | (T::Varchar(a), T::Varchar(b)) | (T::Char(a), T::Varchar(b)) => {
            if b < a {
                return Err(SqlError::plain("Cannot shorten string length"));
            }
            true
        }
        (T::TinyInt, T::SmallInt | T::Int | T::BigInt | T::LargeInt | T::Double | T::Varchar(_)) => true,
        (T::SmallInt, T::Int | T::BigInt | T::LargeInt | T::Double | T::Varchar(_)) => true,
        (T::Int, T::BigInt | T::LargeInt | T::Double | T::Date | T::Varchar(_)) => true,
        (T::BigInt, T::LargeInt | T::Double | T::Varchar(_)) => true,
        (T::LargeInt | T::Double | T::Json, T::Varchar(_)) => true,
        (T::Float, T::Double | T::Varchar(_)) => true,
        (
            T::Varchar(_),
            T::TinyInt
            | T::SmallInt
            | T::Int
            | T::BigInt
            | T::LargeInt
            | T::Float
            | T::Double
            | T::Date
            | T::Json
            | T::Decimal(..),
        ) => true,
        (T::Decimal(p1, s1), T::Decimal(p2, s2)) => s1 <= s2 && p1 - s1 <= p2.saturating_sub(*s2),
        (T::Decimal(p, _), T::Varchar(n)) => u32::from(*p) + 2 <= *n,
        (T::Date, T::DateTime) | (T::DateTime, T::Date) => true,
        _ => false,
    };
    if allowed { Ok(()) } else { refused() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_follow_the_matrix() {
        assert!(convertible(&T::Int, &T::BigInt).is_ok());
        assert!(convertible(&T::Decimal(10, 2), &T::Decimal(20, 4)).is_ok());
        for (from, to, text) in [
            (T::Double, T::Float, "Can not change DOUBLE to FLOAT"),
            (T::Int, T::SmallInt, "Can not change INT to SMALLINT"),
            (T::Decimal(10, 2), T::Decimal(5, 2), "Can not change DECIMAL64(10,2) to DECIMAL64(5,2)"),
            (T::Varchar(10), T::Varchar(5), "Cannot shorten string length"),
        ] {
            assert_eq!(convertible(&from, &to).unwrap_err().message, text);
        }
    }
}
