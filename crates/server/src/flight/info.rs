// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What clients learn of the server itself: names and abilities, as the FE's `SqlInfoBuilder` is set.

use arrow_flight::sql::metadata::{SqlInfoData, SqlInfoDataBuilder};
use arrow_flight::sql::{SqlInfo, SqlSupportedCaseSensitivity};
use tonic::Status;

/// The answers to GetSqlInfo.
pub(super) fn sql_info() -> Result<SqlInfoData, Status> {
    let mut info = SqlInfoDataBuilder::new();
    info.append(SqlInfo::FlightSqlServerName, "StarRocks");
    info.append(SqlInfo::FlightSqlServerVersion, "1.0.0");
    info.append(SqlInfo::FlightSqlServerArrowVersion, "18.0.0");
    info.append(SqlInfo::FlightSqlServerReadOnly, false);
    info.append(SqlInfo::SqlDdlCatalog, true);
    info.append(SqlInfo::SqlDdlSchema, false);
    info.append(SqlInfo::SqlDdlTable, false);
    info.append(
        SqlInfo::SqlIdentifierCase,
        i64::from(SqlSupportedCaseSensitivity::SqlCaseSensitivityCaseInsensitive as i32),
    );
    info.append(SqlInfo::SqlIdentifierQuoteChar, "`");
    info.append(
        SqlInfo::SqlQuotedIdentifierCase,
        i64::from(SqlSupportedCaseSensitivity::SqlCaseSensitivityCaseInsensitive as i32),
    );
    info.build().map_err(Status::from)
}
