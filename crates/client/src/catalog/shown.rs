// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What SHOW CREATE TABLE tells beyond `information_schema`.

use std::collections::BTreeMap;

use super::definition::{ColumnDefault, DistributionDefinition};
use super::text::{Kind, Token, tokens};
use starrocks_types::TableModel;

/// The parts of a table that only SHOW CREATE TABLE tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) columns: Vec<ShownColumn>,
    pub(super) keys: Option<(TableModel, Vec<String>)>,
    pub(super) distribution: Option<DistributionDefinition>,
    pub(super) partition_by: Option<String>,
    pub(super) order_by: Vec<String>,
    pub(super) properties: BTreeMap<String, String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ShownColumn {
    pub(super) name: String,
    pub(super) aggregate: Option<String>,
    pub(super) default: Option<ColumnDefault>,
    pub(super) auto_increment: bool,
    pub(super) generated: Option<String>,
    pub(super) comment: String,
}

/// Reads the text of a table; `None` when it is not understood.
pub(super) fn parse(text: &str) -> Option<Shown> {
    let tokens = tokens(text)?;
    let mut reader = Reader { text, tokens: &tokens, at: 0 };
    reader.skip_to_symbol('(')?;
    let mut shown = Shown::default();
    loop {
        if let Some(Kind::Name(name)) = reader.peek() {
            let name = name.clone();
            reader.at += 1;
            shown.columns.push(reader.column(name)?);
        }
        // An index, or the end of a column.
        match reader.skip_entry()? {
            ',' => {}
            _ => break,
        }
    }
    while let Some(kind) = reader.peek() {
        let Kind::Word(word) = kind else {
            reader.at += 1;
            continue;
        };
        let word = word.to_ascii_uppercase();
        reader.at += 1;
        match word.as_str() {
            "ENGINE" => reader.at += 2,
            "PRIMARY" | "UNIQUE" | "DUPLICATE" | "AGGREGATE" => {
                let model = match word.as_str() {
                    "PRIMARY" => TableModel::Primary,
                    "UNIQUE" => TableModel::Unique,
                    "AGGREGATE" => TableModel::Aggregate,
                    _ => TableModel::Duplicate,
                };
                reader.word("KEY")?;
                shown.keys = Some((model, reader.names()?));
            }
            "COMMENT" => reader.at += 1,
            "PARTITION" => {
                reader.word("BY")?;
                shown.partition_by = Some(reader.until(&["DISTRIBUTED", "ORDER", "PROPERTIES", "COMMENT"])?);
            }
            "DISTRIBUTED" => {
                reader.word("BY")?;
                let mut distribution = DistributionDefinition::default();
                if reader.word("HASH").is_some() {
                    distribution.columns = reader.names()?;
                } else {
                    reader.word("RANDOM")?;
                }
                if reader.word("BUCKETS").is_some() {
                    distribution.buckets = reader.number();
                    reader.at += 1;
                }
                shown.distribution = Some(distribution);
            }
            "ORDER" => {
                reader.word("BY")?;
                shown.order_by = reader.names()?;
            }
            "PROPERTIES" => {
                // Values are not escaped there: what looks odd is left out rather than guessed.
                shown.properties = reader.properties().unwrap_or_default();
                break;
            }
            _ => {}
        }
    }
    Some(shown)
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Kind> {
        self.tokens.get(self.at).map(|t| &t.kind)
    }

    fn next(&mut self) -> Option<&'a Kind> {
        let kind = self.peek()?;
        self.at += 1;
        Some(kind)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Kind::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found.then_some(())
    }

    fn number(&self) -> Option<u32> {
        match self.peek()? {
            Kind::Word(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    fn skip_to_symbol(&mut self, symbol: char) -> Option<()> {
        while *self.next()? != Kind::Symbol(symbol) {}
        Some(())
    }

    /// Goes behind the comma or parenthesis that ends an entry of the list of columns.
    fn skip_entry(&mut self) -> Option<char> {
        let mut depth = 0_usize;
        loop {
            match self.next()? {
                Kind::Symbol('(') => depth += 1,
                Kind::Symbol(')') if depth == 0 => return Some(')'),
                Kind::Symbol(')') => depth -= 1,
                Kind::Symbol(',') if depth == 0 => return Some(','),
                _ => {}
            }
        }
    }

    /// Skips a type: a word, arguments in parentheses, types in angle brackets.
    fn skip_type(&mut self) -> Option<()> {
        let Kind::Word(_) = self.next()? else { return None };
        let (open, close) = match self.peek() {
            Some(Kind::Symbol('(')) => ('(', ')'),
            Some(Kind::Symbol('<')) => ('<', '>'),
            _ => return Some(()),
        };
        let mut depth = 0_usize;
        loop {
            match self.next()? {
                Kind::Symbol(c) if *c == open => depth += 1,
                Kind::Symbol(c) if *c == close => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        let _ = self.word("UNSIGNED");
        Some(())
    }

    fn column(&mut self, name: String) -> Option<ShownColumn> {
        let mut column = ShownColumn { name, ..ShownColumn::default() };
        self.skip_type()?;
        while let Some(Kind::Word(word)) = self.peek() {
            let word = word.to_ascii_uppercase();
            self.at += 1;
            match word.as_str() {
                "NULL" | "NOT" | "KEY" => {}
                "AUTO_INCREMENT" => column.auto_increment = true,
                "DEFAULT" => {
                    column.default = Some(match self.peek()? {
                        Kind::Text(text) => {
                            self.at += 1;
                            ColumnDefault::Literal(text.clone())
                        }
                        _ => ColumnDefault::Expression(self.until(&["COMMENT"])?),
                    });
                }
                "AS" => column.generated = Some(self.until(&["COMMENT"])?),
                "COMMENT" => {
                    if let Kind::Text(text) = self.next()? {
                        column.comment.clone_from(text);
                    }
                }
                _ => column.aggregate = Some(word),
            }
        }
        Some(column)
    }

    /// The text up to one of the words, or to the end of the list that it is in.
    fn until(&mut self, words: &[&str]) -> Option<String> {
        let from = self.tokens.get(self.at)?.start;
        let mut to = from;
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(self.at) {
            match &token.kind {
                // A range of partitions is half open: `[(…), (…))`.
                Kind::Symbol('(' | '[') => depth += 1,
                Kind::Symbol(')') if depth == 0 => break,
                Kind::Symbol(')' | ']') => depth = depth.saturating_sub(1),
                Kind::Symbol(',' | ';') if depth == 0 && words == ["COMMENT"] => break,
                Kind::Word(word) if depth == 0 && words.iter().any(|w| w.eq_ignore_ascii_case(word)) => break,
                _ => {}
            }
            to = token.end;
            self.at += 1;
        }
        self.text.get(from..to).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn names(&mut self) -> Option<Vec<String>> {
        let Kind::Symbol('(') = self.next()? else { return None };
        let mut names = Vec::new();
        loop {
            match self.next()? {
                Kind::Name(name) | Kind::Word(name) => names.push(name.clone()),
                Kind::Symbol(')') => return Some(names),
                _ => {}
            }
        }
    }

    fn properties(&mut self) -> Option<BTreeMap<String, String>> {
        let Kind::Symbol('(') = self.next()? else { return None };
        let mut properties = BTreeMap::new();
        loop {
            match (self.next()?, self.peek()) {
                (Kind::Symbol(')'), _) => return Some(properties),
                (Kind::Symbol(','), _) => {}
                (Kind::Text(key), Some(Kind::Symbol('='))) => {
                    self.at += 1;
                    let Kind::Text(value) = self.next()? else { return None };
                    properties.insert(key.clone(), value.clone());
                }
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TABLE: &str = r#"CREATE TABLE `t``t` (
  `d` date NOT NULL COMMENT "PRIMARY KEY(`x`), ",
  `id` bigint(20) NOT NULL AUTO_INCREMENT COMMENT "na\"me\\",
  `m` map<varchar(10),decimal(10, 2)> NULL COMMENT "",
  `ts` datetime NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT "",
  `u` varchar(36) NULL DEFAULT (uuid()) COMMENT "",
  `v` bigint(20) SUM NULL DEFAULT "0" COMMENT "",
  `g` int(11) NULL AS `id` + if(`v` < 1, 2, 3) COMMENT "sum",
  INDEX i (`v`) USING BITMAP COMMENT 'x, y'
) ENGINE=OLAP 
PRIMARY KEY(`d`, `id`)
COMMENT "a
DISTRIBUTED BY RANDOM"
PARTITION BY RANGE(`d`)
(PARTITION p1 VALUES [("0000-01-01"), ("2024-01-01")),
PARTITION pm VALUES [("2024-02-01"), (MAXVALUE)))
DISTRIBUTED BY HASH(`id`) BUCKETS 2 
ORDER BY(`v`, `w`)
PROPERTIES (
"compression" = "LZ4",
"replication_num" = "1"
);"#;

    #[test]
    fn every_part_is_found() {
        let shown = parse(TABLE).unwrap();
        let columns: Vec<String> = shown
            .columns
            .iter()
            .map(|c| {
                format!(
                    "{} {:?} {:?} {} {:?} {:?}",
                    c.name, c.aggregate, c.default, c.auto_increment, c.generated, c.comment
                )
            })
            .collect();
        assert_eq!(
            columns,
            [
                r#"d None None false None "PRIMARY KEY(`x`), ""#,
                r#"id None None true None "na\"me\\""#,
                r#"m None None false None """#,
                r#"ts None Some(Expression("CURRENT_TIMESTAMP(3)")) false None """#,
                r#"u None Some(Expression("(uuid())")) false None """#,
                r#"v Some("SUM") Some(Literal("0")) false None """#,
                r#"g None None false Some("`id` + if(`v` < 1, 2, 3)") "sum""#,
            ]
        );
        assert_eq!(shown.keys, Some((TableModel::Primary, vec!["d".to_owned(), "id".to_owned()])));
        let distribution = DistributionDefinition { columns: vec!["id".to_owned()], buckets: Some(2) };
        assert_eq!(shown.distribution, Some(distribution));
        let partitions = shown.partition_by.unwrap();
        assert!(partitions.starts_with("RANGE(`d`)") && partitions.ends_with("(MAXVALUE)))"), "{partitions}");
        assert_eq!(shown.order_by, ["v", "w"]);
        assert_eq!(shown.properties.get("compression").map(String::as_str), Some("LZ4"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(cut in 0_usize..900, junk in "[`'\"(),<>a-z ]{0,20}") {
            let kept: String = TABLE.chars().take(cut).collect();
            let _ = parse(&(kept + &junk));
        }
    }
}
