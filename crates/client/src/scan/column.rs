// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What a scan or a lookup selects: columns, and fields within columns.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};
use starrocks_types::{Error, ErrorKind, Result, StarRocksColumn, StarRocksType};

use crate::metadata::quoted;

/// A column, or a field within a column that is a STRUCT. In JSON a text, or a list of the column's name and the fields below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ColumnPath {
    /// A whole column by its name.
    Column(String),
    /// The column's name first, then at least one field.
    Field(Vec<Step>),
}

/// A step on the way to a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Step {
    /// By name: the column, or a field.
    Name(String),
    /// A field by its position, which is how whole structs are read; the table's definition tells its name.
    Position(usize),
}

impl<S: Into<String>> From<S> for ColumnPath {
    fn from(name: S) -> Self {
        Self::Column(name.into())
    }
}

impl ColumnPath {
    /// Whether a table's definition is needed to name what is selected.
    pub(crate) fn is_positional(&self) -> bool {
        matches!(self, Self::Field(steps) if steps.iter().any(|step| matches!(step, Step::Position(_))))
    }

    pub(crate) fn is_field(&self) -> bool {
        matches!(self, Self::Field(_))
    }

    /// As StarRocks reads it. Positions are no names of anything.
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::Column(name) => quoted(name),
            Self::Field(steps) => {
                let names: Vec<String> = steps.iter().map(|step| quoted(&step.to_string())).collect();
                names.join(".")
            }
        }
    }

    /// The same by the names that a table with these columns has for it, and its type.
    ///
    /// Fails with [`ErrorKind::SchemaMismatch`] where the table has no such column or field.
    pub(crate) fn resolve<'t>(&self, columns: &'t [StarRocksColumn]) -> Result<(Self, &'t StarRocksType)> {
        let mismatch = |message: &str| Error::new(ErrorKind::SchemaMismatch, message.to_owned()).with("column", self);
        let (name, fields) = match self {
            Self::Column(name) => (name.as_str(), [].as_slice()),
            Self::Field(steps) => match steps.split_first() {
                Some((Step::Name(name), fields)) => (name.as_str(), fields),
                _ => return Err(mismatch("a field is named by its column first")),
            },
        };
        let found = columns.iter().find(|c| c.name.eq_ignore_ascii_case(name));
        let mut data_type = &found.ok_or_else(|| mismatch("the StarRocks table has no such column"))?.data_type;
        let mut names = vec![Step::Name(name.to_owned())];
        for step in fields {
            let StarRocksType::Struct(fields) = data_type else {
                return Err(mismatch("the StarRocks column has no fields").with("type", data_type));
            };
            let field = match step {
                Step::Position(at) => fields.get(*at),
                Step::Name(name) => fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)),
            };
            let (name, of) =
                field.ok_or_else(|| mismatch("the StarRocks column has no such field").with("type", data_type))?;
            names.push(Step::Name(name.clone()));
            data_type = of;
        }
        let resolved = if fields.is_empty() { self.clone() } else { Self::Field(names) };
        Ok((resolved, data_type))
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Position(at) => write!(f, "{at}"),
        }
    }
}

impl Display for ColumnPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(name) => f.write_str(name),
            Self::Field(steps) => {
                let names: Vec<String> = steps.iter().map(Step::to_string).collect();
                f.write_str(&names.join("."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<StarRocksColumn> {
        let inner =
            StarRocksType::Struct(vec![("x.y".into(), StarRocksType::Int), ("b`c".into(), StarRocksType::Date)]);
        let data_type = StarRocksType::Struct(vec![("a".into(), StarRocksType::BigInt), ("In".into(), inner)]);
        let name = "S".to_owned();
        vec![StarRocksColumn { name, data_type, nullable: true, key: false, default: None, generated: false }]
    }

    #[test]
    fn fields_are_found_by_position_and_by_name() {
        for (json, sql, data_type) in [
            (r#""s""#, "`s`", columns()[0].data_type.to_string()),
            (r#"["s",0]"#, "`s`.`a`", "BIGINT".to_owned()),
            (r#"["s",1,0]"#, "`s`.`In`.`x.y`", "INT".to_owned()),
            (r#"["s","in",1]"#, "`s`.`In`.`b``c`", "DATE".to_owned()),
        ] {
            let path: ColumnPath = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&path).unwrap(), json);
            let columns = columns();
            let (resolved, found) = path.resolve(&columns).unwrap();
            assert_eq!((resolved.sql(), found.to_string()), (sql.to_owned(), data_type));
            assert!(!resolved.is_positional());
        }
        for json in [r#""t""#, r#"["s",2]"#, r#"["s",0,0]"#, r#"["s","z"]"#, "[0]", "[]"] {
            let path: ColumnPath = serde_json::from_str(json).unwrap();
            assert_eq!(path.resolve(&columns()).unwrap_err().kind(), ErrorKind::SchemaMismatch, "{json}");
        }
    }
}
