// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Column types.

use starrocks_types::StarRocksType as T;

use super::Parser;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::lexer::Kind;

const MAX_VARCHAR: u32 = 1_048_576;
const MAX_PRECISION: u8 = 38;

impl Parser<'_> {
    pub(super) fn data_type(&mut self) -> SqlResult<T> {
        let token = self.token().clone();
        if token.kind != Kind::Word {
            return Err(self.unexpected("'ARRAY', 'BIGINT', 'BINARY', 'BITMAP', 'BOOLEAN'"));
        }
        let word = self.slice(&token).to_ascii_uppercase();
        let simple = match word.as_str() {
            "BOOLEAN" => Some(T::Boolean),
            "TINYINT" => Some(T::TinyInt),
            "SMALLINT" => Some(T::SmallInt),
            "INT" | "INTEGER" => Some(T::Int),
            "BIGINT" => Some(T::BigInt),
            "LARGEINT" => Some(T::LargeInt),
            "SIGNED" => Some(T::BigInt),
            "FLOAT" => Some(T::Float),
            "DOUBLE" => Some(T::Double),
            "DATE" => Some(T::Date),
            "DATETIME" => Some(T::DateTime),
            "JSON" => Some(T::Json),
            "HLL" => Some(T::Hll),
            "BITMAP" => Some(T::Bitmap),
            "PERCENTILE" => Some(T::Percentile),
            "STRING" | "TEXT" => Some(T::Varchar(65_533)),
            _ => None,
        };
        if let Some(data_type) = simple {
            self.at += 1;
            if word == "DOUBLE" && self.eat("PRECISION") {
                return Err(self.unexpected("'('"));
            }
            let width = matches!(data_type, T::TinyInt | T::SmallInt | T::Int | T::BigInt | T::LargeInt);
            if width && word != "SIGNED" {
                // A display width means nothing.
                self.length()?;
                if word == "SIGNED" {
                    self.eat("INTEGER");
                }
            } else if self.is_symbol("(") {
                self.at += 1;
                return Err(self.unexpected("'ARRAY', 'BIGINT', 'BINARY', 'BITMAP', 'BOOLEAN'"));
            }
            return Ok(data_type);
        }
        match word.as_str() {
            "CHAR" | "CHARACTER" => {
                self.at += 1;
                match self.length()?.unwrap_or(1) {
                    0 => Err(SqlError::analyzing("Char size must be > 0: 0")),
                    n if n > 255 => Err(SqlError::analyzing(format_args!("Char size must be <= 255: {n}"))),
                    n => Ok(T::Char(n)),
                }
            }
            "VARCHAR" => {
                self.at += 1;
                match self.length()?.unwrap_or(1) {
                    0 => Err(SqlError::analyzing("Varchar size must be > 0: 0")),
                    n if n > MAX_VARCHAR => {
                        Err(SqlError::analyzing(format_args!("Varchar size must be <= {MAX_VARCHAR}: {n}")))
                    }
                    n => Ok(T::Varchar(n)),
                }
            }
            "VARBINARY" | "BINARY" => {
                self.at += 1;
                match self.length()? {
                    Some(n) if n > MAX_VARCHAR => {
                        Err(SqlError::analyzing(format_args!("VARBINARY size must be <= {MAX_VARCHAR}: {n}")))
                    }
                    n => Ok(T::Varbinary(n)),
                }
            }
            "DECIMAL" | "DECIMALV2" | "DECIMAL32" | "DECIMAL64" | "DECIMAL128" | "NUMERIC" | "NUMBER" => {
                self.at += 1;
                self.decimal(word == "DECIMALV2")
            }
            "TIME" => Err(SqlError::analyzing("Type:TIME of column does not support")),
            "ARRAY" => {
                self.at += 1;
                self.open_angle()?;
                let item = self.data_type()?;
                self.close_angle()?;
                Ok(T::Array(Box::new(item)))
            }
            "MAP" => {
                self.at += 1;
                self.open_angle()?;
                let key_at = self.token().at;
                let key = self.data_type()?;
                if matches!(key, T::Json | T::Array(_) | T::Map(..) | T::Struct(_) | T::Hll | T::Bitmap | T::Percentile)
                {
                    return Err(SqlError::syntax(
                        key_at,
                        format_args!(
                            "Unsupported type specification: '{key}' for map's key, which should be base types"
                        ),
                    ));
                }
                self.expect_symbol(",")?;
                let value = self.data_type()?;
                self.close_angle()?;
                Ok(T::Map(Box::new(key), Box::new(value)))
            }
            "STRUCT" => {
                self.at += 1;
                self.open_angle()?;
                let fields = self.comma_separated(|p| {
                    let name = p.name()?;
                    p.eat_symbol(":");
                    Ok((name, p.data_type()?))
                })?;
                self.close_angle()?;
                Ok(T::Struct(fields))
            }
            _ => {
                self.at += 1;
                if self.eat_symbol("(") {
                    Err(self.unexpected("'ARRAY', 'BIGINT', 'BINARY', 'BITMAP', 'BOOLEAN'"))
                } else {
                    Err(self.unexpected("'('"))
                }
            }
        }
    }

    fn length(&mut self) -> SqlResult<Option<u32>> {
        if !self.eat_symbol("(") {
            return Ok(None);
        }
        let length = self.integer()?;
        self.expect_symbol(")")?;
        Ok(Some(length))
    }

    fn decimal(&mut self, v2: bool) -> SqlResult<T> {
        if !self.eat_symbol("(") {
            return Ok(T::Decimal(if v2 { 9 } else { 10 }, 0));
        }
        let precision: u32 = self.integer()?;
        let scale: u32 = if self.eat_symbol(",") { self.integer()? } else { 0 };
        self.expect_symbol(")")?;
        match (u8::try_from(precision), u8::try_from(scale)) {
            (Ok(p @ 1..=MAX_PRECISION), Ok(s)) if s <= p => Ok(T::Decimal(p, s)),
            (Ok(1..=MAX_PRECISION), _) => {
                Err(SqlError::plain("DECIMAL(P[,S]) type P must be greater than or equal to the value of S"))
            }
            _ => Err(SqlError::plain(format!("DECIMAL's precision should range from 1 to {MAX_PRECISION}"))),
        }
    }

    fn open_angle(&mut self) -> SqlResult<()> {
        self.expect_symbol("<")
    }

    /// `>`, also where the scanner took several for one operator.
    fn close_angle(&mut self) -> SqlResult<()> {
        let token = self.token().clone();
        let text = self.slice(&token).to_owned();
        if token.kind == Kind::Symbol && text.starts_with('>') {
            if text.len() == 1 {
                self.at += 1;
            } else if let Some(rest) = self.tokens.get_mut(self.at) {
                rest.start += 1;
                rest.at.column += 1;
            }
            return Ok(());
        }
        Err(self.unexpected("'>'"))
    }
}
