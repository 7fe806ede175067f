// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Statements as parsed.

use serde::{Deserialize, Serialize};
use starrocks_types::{StarRocksType, TableModel};

use super::error::{Position, Span};
use crate::catalog::{AggregateFunction, IndexDef};

/// `[[catalog.]database.]name`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) catalog: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) name: String,
}

/// The text of a query, for the expression parser, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueryText {
    pub(crate) sql: String,
    pub(crate) at: Position,
    /// Bodies of `/*+ … */`.
    pub(crate) hints: Vec<String>,
}

/// A filter of a SHOW statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Filter {
    pub(crate) like: Option<String>,
    /// The text after WHERE.
    pub(crate) condition: Option<QueryText>,
    /// `ORDER BY column [DESC]`
    pub(crate) order_by: Vec<(String, bool)>,
    /// Offset and count.
    pub(crate) limit: Option<(usize, usize)>,
}

#[derive(Debug, Clone)]
pub(crate) enum Statement {
    /// `;` alone.
    Empty,
    Query(QueryText),
    Explain(QueryText),
    Insert(Insert),
    Update(QueryText),
    Delete(QueryText),
    CreateDatabase {
        name: Name,
        if_not_exists: bool,
    },
    DropDatabase {
        name: Name,
        if_exists: bool,
    },
    RenameDatabase {
        name: String,
        to: String,
    },
    /// A limit that nothing here enforces.
    SetQuota {
        name: String,
    },
    /// `ANALYZE TABLE`; nothing is collected.
    Analyze {
        name: Name,
    },
    CreateTable(Box<CreateTable>),
    CreateTableLike {
        name: Name,
        like: Name,
        if_not_exists: bool,
    },
    CreateView {
        name: Name,
        columns: Vec<(String, String)>,
        comment: String,
        query: QueryText,
        if_not_exists: bool,
        or_replace: bool,
    },
    DropTable {
        name: Name,
        if_exists: bool,
        view: bool,
    },
    Truncate {
        name: Name,
        partitions: Vec<String>,
    },
    AlterTable {
        name: Name,
        clauses: Vec<AlterClause>,
    },
    CancelAlter {
        name: Name,
        /// Whether a change of columns is meant, not one of rollups or distribution.
        columns: bool,
    },
    Use {
        catalog: Option<String>,
        database: String,
    },
    Set(Vec<Assignment>),
    Show(Show),
    Describe {
        name: Name,
        all: bool,
    },
    Kill {
        id: u64,
    },
    Begin,
    Commit,
    Rollback,
    User(UserStatement),
    Prepare {
        name: String,
        sql: String,
    },
    Execute {
        name: String,
        using: Vec<String>,
    },
    Deallocate {
        name: String,
    },
    AdminSetConfig(Vec<(String, String)>),
    /// Accepted without effect: UNLOCK TABLES, SYNC and the like.
    Nothing,
    /// The grammar knows it, this server does not; the text names it.
    Unsupported(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Insert {
    pub(crate) table: Name,
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) label: Option<String>,
    pub(crate) overwrite: bool,
    pub(crate) source: QueryText,
}

#[derive(Debug, Clone)]
pub(crate) struct CreateTable {
    pub(crate) name: Name,
    pub(crate) if_not_exists: bool,
    pub(crate) temporary: bool,
    pub(crate) columns: Vec<ColumnSpec>,
    pub(crate) indexes: Vec<(IndexDef, Span)>,
    pub(crate) engine: Option<String>,
    pub(crate) keys: Option<(TableModel, Vec<String>)>,
    pub(crate) comment: String,
    pub(crate) partitioning: Option<PartitionSpec>,
    pub(crate) distribution: Option<DistributionSpec>,
    pub(crate) order_by: Vec<String>,
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) query: Option<QueryText>,
}

#[derive(Debug, Clone)]
pub(crate) struct DistributionSpec {
    /// `None` is RANDOM.
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) buckets: Option<u32>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) struct ColumnSpec {
    pub(crate) name: String,
    /// Absent in CREATE TABLE AS.
    pub(crate) data_type: Option<StarRocksType>,
    pub(crate) key: bool,
    pub(crate) aggregate: Option<AggregateFunction>,
    pub(crate) nullable: Option<bool>,
    pub(crate) auto_increment: bool,
    pub(crate) default: Option<DefaultSpec>,
    pub(crate) generated: Option<String>,
    pub(crate) comment: String,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DefaultSpec {
    Null,
    Text(String),
    /// A bare literal, which StarRocks refuses.
    Literal(String),
    CurrentTimestamp(Option<u8>),
    Uuid,
    UuidNumeric,
}

#[derive(Debug, Clone)]
pub(crate) enum PartitionSpec {
    Range {
        columns: Vec<String>,
        items: Vec<PartitionItem>,
    },
    List {
        columns: Vec<String>,
        items: Vec<PartitionItem>,
    },
    /// Columns or function calls.
    Expressions(Vec<PartitionExpression>),
}

/// One expression of `PARTITION BY date_trunc('day', c), d`.
#[derive(Debug, Clone)]
pub(crate) enum PartitionExpression {
    Column(String),
    Call {
        function: String,
        /// Arguments as written.
        arguments: Vec<String>,
        /// Arguments that are bare names.
        columns: Vec<String>,
        /// The place of the last argument.
        at: Position,
    },
}

#[derive(Debug, Clone)]
pub(crate) enum PartitionItem {
    LessThan { name: String, upper: Option<Vec<String>> },
    Between { name: String, lower: Vec<String>, upper: Option<Vec<String>> },
    In { name: String, values: Vec<Vec<Option<String>>> },
    Every { start: String, end: String, step: i64, unit: Option<String> },
}

#[derive(Debug, Clone)]
pub(crate) enum Place {
    Last,
    First,
    After(String),
}

#[derive(Debug, Clone)]
pub(crate) enum AlterClause {
    AddColumn(ColumnSpec, Place),
    DropColumn(String),
    ModifyColumn(ColumnSpec, Place),
    ModifyColumnComment(String, String),
    RenameColumn(String, String),
    Rename(String),
    Comment(String),
    SetProperties(Vec<(String, String)>),
    Swap(String),
    OrderBy(Vec<String>),
    AddPartition(PartitionItem),
    DropPartition {
        name: String,
        if_exists: bool,
    },
    TruncatePartition(Vec<String>),
    AddIndex(IndexDef),
    DropIndex(String),
    /// ADD ROLLUP, COMPACT and other clauses without visible effect here.
    Nothing,
    AddRollup,
}

#[derive(Debug, Clone)]
pub(crate) enum Assignment {
    Variable { global: bool, name: String, value: SetValue },
    User { name: String, value: QueryText },
    Names { charset: Option<String> },
    Password { user: Option<(String, String)>, password: Password },
    Role(String),
    Nothing,
}

#[derive(Debug, Clone)]
pub(crate) enum SetValue {
    Default,
    Null,
    /// A literal or a bare word.
    Text(String),
    Expression(QueryText),
}

/// A password as a statement gives it.
#[derive(Clone)]
pub(crate) enum Password {
    Plain(String),
    /// `*` and 40 hexadecimal digits, as PASSWORD('…') would give.
    Hashed(String),
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

#[derive(Debug, Clone)]
pub(crate) enum UserStatement {
    Create { name: String, host: String, if_not_exists: bool, password: Option<Password> },
    Drop { name: String, host: String, if_exists: bool },
    Alter { name: String, host: String, if_exists: bool, password: Option<Password> },
    Grant(Grant),
    Revoke(Grant),
}

#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) privileges: Vec<String>,
    pub(crate) target: GrantTarget,
    pub(crate) user: (String, String),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum GrantTarget {
    System,
    Catalog,
    AllDatabases,
    Database(String),
    AllTables,
    TablesIn(String),
    Table(Option<String>, String),
    AllViews,
    ViewsIn(String),
    View(Option<String>, String),
}

impl GrantTarget {
    /// The database that it is, or that it is in.
    pub(crate) fn database(&self) -> Option<&str> {
        match self {
            Self::Database(database) | Self::TablesIn(database) | Self::ViewsIn(database) => Some(database),
            Self::Table(database, _) | Self::View(database, _) => database.as_deref(),
            Self::System | Self::Catalog | Self::AllDatabases | Self::AllTables | Self::AllViews => None,
        }
    }

    /// The same after a database was renamed.
    pub(crate) fn in_renamed(mut self, name: &str, new: &str) -> Self {
        if self.database() == Some(name) {
            match &mut self {
                Self::Database(database) | Self::TablesIn(database) | Self::ViewsIn(database) => {
                    new.clone_into(database);
                }
                Self::Table(database, _) | Self::View(database, _) => *database = Some(new.to_owned()),
                _ => {}
            }
        }
        self
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Show {
    Databases(Filter),
    Tables {
        full: bool,
        database: Option<Name>,
        filter: Filter,
    },
    TableStatus {
        database: Option<Name>,
        filter: Filter,
    },
    Columns {
        full: bool,
        table: Name,
        filter: Filter,
    },
    CreateTable(Name),
    CreateView(Name),
    CreateDatabase(String),
    Variables {
        global: bool,
        filter: Filter,
    },
    AlterTable {
        /// COLUMN, ROLLUP or OPTIMIZE.
        kind: String,
        database: Option<String>,
        filter: Filter,
    },
    Partitions {
        table: Name,
    },
    Tablets {
        table: Name,
    },
    Index {
        table: Name,
    },
    Load {
        database: Option<String>,
        filter: Filter,
    },
    Transaction {
        database: Option<String>,
        id: Option<i64>,
    },
    Proc(String),
    ProcessList,
    Grants(Option<(String, String)>),
    Authentication {
        all: bool,
    },
    FrontendConfig(Filter),
    Data {
        table: Option<Name>,
    },
    Functions {
        database: Option<String>,
    },
    /// Statements without arguments that matter; the words name it.
    Fixed(String),
}
