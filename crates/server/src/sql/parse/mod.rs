// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The parser of statements. Queries and expressions are cut out as text for the expression parser; everything that
//! only StarRocks has is parsed here.

mod dml;
mod reserved;
mod set;
mod show;
mod table;
mod types;
mod user;

use super::ast::{Name, QueryText, Statement};
use super::error::{Position, Span, SqlError, SqlResult};
use super::lexer::{Kind, Token, tokens};

pub(crate) use reserved::is_reserved;

/// Parses a text of one or more statements. An error leaves the statements before it.
pub(crate) fn parse(text: &str) -> (Vec<(Statement, String)>, Option<SqlError>) {
    let mut statements = Vec::new();
    let tokens = match tokens(text) {
        Ok(tokens) => tokens,
        Err(error) => return (statements, Some(error)),
    };
    let mut parser = Parser { text, tokens, at: 0, begin: 0 };
    loop {
        if parser.eat_symbol(";") {
            statements.push((Statement::Empty, String::new()));
        } else {
            parser.begin = parser.at;
            let start = parser.token().start;
            match parser.statement().and_then(|s| parser.end_of_statement().map(|()| s)) {
                Ok(statement) => {
                    let end = parser.previous_end();
                    statements.push((statement, text.get(start..end).unwrap_or_default().to_owned()));
                }
                Err(error) => return (statements, Some(error)),
            }
            parser.eat_symbol(";");
        }
        if parser.at_end() {
            return (statements, None);
        }
    }
}

/// Parses a type alone, such as `decimal(10, 2)`.
pub(crate) fn parse_type(text: &str) -> SqlResult<starrocks_types::StarRocksType> {
    let mut parser = Parser { text, tokens: tokens(text)?, at: 0, begin: 0 };
    parser.data_type()
}

/// The place in the statement of a token of a query's text.
fn placed(text: &QueryText, token: &Token) -> Position {
    let shift = if token.at.line == 1 { text.at.column } else { 0 };
    Position { line: text.at.line.max(1) + token.at.line - 1, column: token.at.column + shift }
}

/// The place of the parenthesis that ends the call whose name is at `from` in the statement.
pub(crate) fn end_of_call(text: &QueryText, from: Position) -> Option<Position> {
    let mut depth = 0_u32;
    for token in tokens(&text.sql).ok()?.iter().skip_while(|t| placed(text, t) != from) {
        match text.sql.get(token.start..token.end).unwrap_or_default() {
            "(" => depth += 1,
            ")" if depth <= 1 => return Some(placed(text, token)),
            ")" => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The place of the call of that name, if there is but one.
pub(crate) fn only_call(text: &QueryText, name: &str) -> Option<Span> {
    let tokens = tokens(&text.sql).ok()?;
    let is_name = |t: &&Token| text.sql.get(t.start..t.end).is_some_and(|word| word.eq_ignore_ascii_case(name));
    let mut calls = tokens.iter().filter(is_name);
    let from = placed(text, calls.next()?);
    if calls.next().is_some() {
        return None;
    }
    end_of_call(text, from).map(|to| Span { from, to })
}

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// The first token of the statement.
    begin: usize,
}

impl Parser<'_> {
    fn token(&self) -> &Token {
        // The list ends with `End`, behind which `at` never goes.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn ahead(&self, n: usize) -> &Token {
        &self.tokens[(self.at + n).min(self.tokens.len() - 1)]
    }

    fn next(&mut self) -> Token {
        let token = self.token().clone();
        if token.kind != Kind::End {
            self.at += 1;
        }
        token
    }

    fn slice(&self, token: &Token) -> &str {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    fn previous_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |t| t.end)
    }

    fn at_end(&self) -> bool {
        self.token().kind == Kind::End
    }

    fn at_statement_end(&self) -> bool {
        self.at_end() || self.is_symbol(";")
    }

    fn is_word(&self, word: &str) -> bool {
        self.word_at(0, word)
    }

    fn word_at(&self, n: usize, word: &str) -> bool {
        let token = self.ahead(n);
        token.kind == Kind::Word && self.slice(token).eq_ignore_ascii_case(word)
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        self.symbol_at(0, symbol)
    }

    fn symbol_at(&self, n: usize, symbol: &str) -> bool {
        let token = self.ahead(n);
        token.kind == Kind::Symbol && self.slice(token) == symbol
    }

    /// Eats the words if they all follow.
    fn eat(&mut self, words: &str) -> bool {
        let count = words.split(' ').count();
        let all = words.split(' ').enumerate().all(|(n, word)| self.word_at(n, word));
        if all {
            self.at += count;
        }
        all
    }

    fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, word: &str) -> SqlResult<()> {
        if self.eat(word) { Ok(()) } else { Err(self.unexpected(&format!("'{word}'"))) }
    }

    fn expect_symbol(&mut self, symbol: &str) -> SqlResult<()> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("'{symbol}'"))) }
    }

    fn end_of_statement(&mut self) -> SqlResult<()> {
        if self.at_statement_end() { Ok(()) } else { Err(self.unexpected("<EOF>, ';'")) }
    }

    /// The error for the token here, where one of `expected` was due.
    fn unexpected(&self, expected: &str) -> SqlError {
        let token = self.token();
        let found = if token.kind == Kind::End { "<EOF>" } else { self.slice(token) };
        SqlError::syntax(token.at, format_args!("Unexpected input '{found}', the most similar input is {{{expected}}}"))
    }

    /// The error for a construct from token `from` on that no rule begins like.
    fn no_viable(&self, from: usize) -> SqlError {
        let token = self.token();
        let start = self.tokens.get(from).map_or(0, |t| t.start);
        let input = self.text.get(start..token.end).unwrap_or_default();
        SqlError::syntax(token.at, format_args!("No viable statement for input '{input}'"))
    }

    /// A name: a word that is not reserved, or anything in backquotes.
    fn name(&mut self) -> SqlResult<String> {
        let token = self.token();
        let name = match &token.kind {
            Kind::Quoted(name) => name.clone(),
            Kind::Word if !is_reserved(self.slice(token)) => self.slice(token).to_owned(),
            // `1abc` is a name, `1` is none.
            Kind::Number if self.slice(token).contains(|c: char| c.is_alphabetic() || c == '_') => {
                self.slice(token).to_owned()
            }
            _ => return Err(self.unexpected("a legal identifier")),
        };
        self.at += 1;
        Ok(name)
    }

    /// `[[catalog.]database.]name`
    fn qualified_name(&mut self) -> SqlResult<Name> {
        let mut parts = vec![self.name()?];
        while parts.len() < 3 && self.eat_symbol(".") {
            // Behind a dot every word is a name.
            let token = self.token();
            let part = match &token.kind {
                Kind::Quoted(name) => name.clone(),
                Kind::Word | Kind::Number => self.slice(token).to_owned(),
                _ => return Err(self.unexpected("a legal identifier")),
            };
            self.at += 1;
            parts.push(part);
        }
        let name = parts.pop().unwrap_or_default();
        let database = parts.pop();
        Ok(Name { catalog: parts.pop(), database, name })
    }

    fn names_in_parentheses(&mut self) -> SqlResult<Vec<String>> {
        self.expect_symbol("(")?;
        let names = self.comma_separated(Self::name)?;
        self.expect_symbol(")")?;
        Ok(names)
    }

    fn comma_separated<T>(&mut self, mut item: impl FnMut(&mut Self) -> SqlResult<T>) -> SqlResult<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.eat_symbol(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn string(&mut self) -> SqlResult<String> {
        match &self.token().kind {
            Kind::Text(text) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.unexpected("SINGLE_QUOTED_TEXT, DOUBLE_QUOTED_TEXT")),
        }
    }

    /// A name or a string, as user names and labels may be written.
    fn name_or_string(&mut self) -> SqlResult<String> {
        if matches!(self.token().kind, Kind::Text(_)) { self.string() } else { self.name() }
    }

    fn integer<T: std::str::FromStr>(&mut self) -> SqlResult<T> {
        let token = self.token();
        match (token.kind == Kind::Number).then(|| self.slice(token).parse().ok()).flatten() {
            Some(number) => {
                self.at += 1;
                Ok(number)
            }
            None => Err(self.unexpected("INTEGER_VALUE")),
        }
    }

    fn if_exists(&mut self) -> bool {
        self.eat("IF EXISTS")
    }

    fn if_not_exists(&mut self) -> bool {
        self.eat("IF NOT EXISTS")
    }

    /// `PROPERTIES ("key" = "value", …)`, if it follows. Keys keep their case.
    fn properties(&mut self) -> SqlResult<Vec<(String, String)>> {
        if self.eat("PROPERTIES") { self.property_list() } else { Ok(Vec::new()) }
    }

    fn property_list(&mut self) -> SqlResult<Vec<(String, String)>> {
        self.expect_symbol("(")?;
        let list = self.comma_separated(|p| {
            let key = p.name_or_string()?;
            p.expect_symbol("=")?;
            let value = if p.token().kind == Kind::Number {
                let token = p.next();
                p.slice(&token).to_owned()
            } else {
                p.name_or_string()?
            };
            Ok((key, value))
        })?;
        self.expect_symbol(")")?;
        Ok(list)
    }

    /// The place from token `from` to the one before here.
    fn span(&self, from: usize) -> Span {
        let first = self.tokens.get(from).map_or(Position::default(), |t| t.at);
        let last = self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(first, |t| t.at);
        Span { from: first, to: last }
    }

    /// Takes tokens until `stop` says so outside parentheses, or the statement ends.
    fn text_until(&mut self, stop: impl Fn(&Self) -> bool) -> QueryText {
        let (first, start) = (self.at, self.token().start);
        let at = self.token().at;
        let mut depth = 0_i32;
        while !self.at_statement_end() && (depth != 0 || !stop(self)) {
            if self.is_symbol("(") || self.is_symbol("[") || self.is_symbol("{") {
                depth += 1;
            } else if self.is_symbol(")") || self.is_symbol("]") || self.is_symbol("}") {
                depth -= 1;
                if depth < 0 {
                    break;
                }
            }
            self.at += 1;
        }
        let end = if self.at > first { self.previous_end() } else { start };
        let mut hints = Vec::new();
        for token in self.tokens.get(first..self.at).unwrap_or_default() {
            if let Kind::Hint(hint) = &token.kind {
                hints.push(hint.clone());
            }
        }
        QueryText { sql: self.text.get(start..end).unwrap_or_default().to_owned(), at, hints }
    }

    fn statement(&mut self) -> SqlResult<Statement> {
        while matches!(self.token().kind, Kind::Hint(_)) {
            self.at += 1;
        }
        let token = self.token();
        let word = if token.kind == Kind::Word { self.slice(token).to_ascii_uppercase() } else { String::new() };
        match word.as_str() {
            "SELECT" | "WITH" | "VALUES" => Ok(Statement::Query(self.text_until(|_| false))),
            "" if self.is_symbol("(") => Ok(Statement::Query(self.text_until(|_| false))),
            "INSERT" => self.insert(),
            "UPDATE" => Ok(Statement::Update(self.text_until(|_| false))),
            "DELETE" => Ok(Statement::Delete(self.text_until(|_| false))),
            "CREATE" => self.create(),
            "DROP" => self.drop(),
            "ALTER" => self.alter(),
            "CANCEL" => self.cancel(),
            "TRUNCATE" => self.truncate(),
            "USE" => self.use_database(),
            "SET" => self.set(),
            "SHOW" => self.show(),
            "DESC" | "DESCRIBE" => self.describe(),
            "EXPLAIN" => self.explain(),
            "ADMIN" => self.admin(),
            "KILL" => self.kill(),
            "BEGIN" => {
                self.at += 1;
                self.eat("WORK");
                Ok(Statement::Begin)
            }
            "START" => {
                self.at += 1;
                self.expect("TRANSACTION")?;
                self.eat("WITH CONSISTENT SNAPSHOT");
                Ok(Statement::Begin)
            }
            "COMMIT" | "ROLLBACK" => {
                self.at += 1;
                self.eat("WORK");
                Ok(if word == "COMMIT" { Statement::Commit } else { Statement::Rollback })
            }
            "GRANT" | "REVOKE" => self.grant(),
            "PREPARE" | "EXECUTE" | "DEALLOCATE" => self.prepared(),
            "ANALYZE" => self.analyze(),
            "CALL" => Err(SqlError::plain("This connector doesn't support getting procedure")),
            "LOCK" | "UNLOCK" | "SYNC" | "REFRESH" => {
                self.text_until(|_| false);
                Ok(Statement::Nothing)
            }
            "HELP" => {
                self.text_until(|_| false);
                Ok(Statement::Show(super::ast::Show::Fixed("HELP".to_owned())))
            }
            "RECOVER" | "EXPORT" | "SUBMIT" | "BACKUP" | "RESTORE" | "PAUSE" | "RESUME" | "STOP" | "INSTALL"
            | "UNINSTALL" | "LOAD" | "TRACE" | "SUSPEND" => {
                self.text_until(|_| false);
                Ok(Statement::Unsupported(word))
            }
            _ => Err(self.unexpected(&similar(&word))),
        }
    }

    fn create(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        let or_replace = self.eat("OR REPLACE");
        if self.eat("DATABASE") || self.eat("SCHEMA") {
            let if_not_exists = self.if_not_exists();
            let name = self.qualified_name()?;
            self.properties()?;
            return Ok(Statement::CreateDatabase { name, if_not_exists });
        }
        if self.eat("USER") {
            return self.create_user();
        }
        if self.eat("VIEW") {
            return self.create_view(or_replace);
        }
        let external = self.eat("EXTERNAL");
        let temporary = !external && self.eat("TEMPORARY");
        if self.eat("TABLE") {
            return self.create_table(temporary);
        }
        if self.is_word("FUNCTION") {
            return Err(SqlError::analyzing(
                "UDF is not enabled in FE, please configure enable_udf=true in fe/conf/fe.conf",
            ));
        }
        for unsupported in [
            "MATERIALIZED",
            "GLOBAL",
            "AGGREGATE",
            "ROUTINE",
            "RESOURCE",
            "CATALOG",
            "ROLE",
            "INDEX",
            "STORAGE",
            "PIPE",
            "REPOSITORY",
            "ANALYZE",
            "WAREHOUSE",
            "FILE",
        ] {
            if self.is_word(unsupported) || (external && self.is_word("CATALOG")) {
                self.text_until(|_| false);
                return Ok(Statement::Unsupported(format!("CREATE {unsupported}")));
            }
        }
        Err(self.no_viable(self.begin))
    }

    fn drop(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        if self.eat("DATABASE") || self.eat("SCHEMA") {
            let if_exists = self.if_exists();
            let name = self.qualified_name()?;
            self.eat("FORCE");
            return Ok(Statement::DropDatabase { name, if_exists });
        }
        self.eat("TEMPORARY");
        let view = self.is_word("VIEW");
        if self.eat("TABLE") || self.eat("VIEW") {
            let if_exists = self.if_exists();
            let name = self.qualified_name()?;
            self.eat("FORCE");
            return Ok(Statement::DropTable { name, if_exists, view });
        }
        if self.eat("USER") {
            return self.drop_user();
        }
        if self.at_end() {
            return Err(self.no_viable(self.begin));
        }
        self.text_until(|_| false);
        Ok(Statement::Unsupported("DROP of this kind of object".to_owned()))
    }

    fn analyze(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        let _ = self.eat("FULL") || self.eat("SAMPLE");
        if !self.eat("TABLE") {
            self.text_until(|_| false);
            return Ok(Statement::Nothing);
        }
        let name = self.qualified_name()?;
        self.text_until(|_| false);
        Ok(Statement::Analyze { name })
    }

    fn truncate(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        self.expect("TABLE")?;
        let name = self.qualified_name()?;
        let partitions = if self.eat("PARTITION") { self.names_in_parentheses()? } else { Vec::new() };
        Ok(Statement::Truncate { name, partitions })
    }

    fn use_database(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        let name = self.qualified_name()?;
        Ok(Statement::Use { catalog: name.database, database: name.name })
    }

    fn explain(&mut self) -> SqlResult<Statement> {
        let from = self.at;
        self.at += 1;
        for mode in ["LOGICAL", "VERBOSE", "COSTS", "ANALYZE", "REWRITE", "SCHEDULER"] {
            self.eat(mode);
        }
        let query = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "VALUES"].iter().any(|w| self.is_word(w));
        if query || self.is_symbol("(") {
            return Ok(Statement::Explain(self.text_until(|_| false)));
        }
        Err(self.no_viable(from))
    }

    fn kill(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        let _ = self.eat("CONNECTION") || self.eat("QUERY");
        Ok(Statement::Kill { id: self.integer()? })
    }

    fn admin(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        if self.eat("SHOW FRONTEND CONFIG") {
            let filter = self.filter()?;
            return Ok(Statement::Show(super::ast::Show::FrontendConfig(filter)));
        }
        if self.eat("SET FRONTEND CONFIG") {
            return Ok(Statement::AdminSetConfig(self.property_list()?));
        }
        self.text_until(|_| false);
        Ok(Statement::Unsupported("ADMIN".to_owned()))
    }

    fn prepared(&mut self) -> SqlResult<Statement> {
        let word = self.next();
        let word = self.slice(&word).to_ascii_uppercase();
        if word == "DEALLOCATE" {
            self.expect("PREPARE")?;
            return Ok(Statement::Deallocate { name: self.name()? });
        }
        let name = self.name()?;
        if word == "EXECUTE" {
            let mut using = Vec::new();
            if self.eat("USING") {
                using = self.comma_separated(|p| {
                    p.expect_symbol("@")?;
                    p.name()
                })?;
            }
            return Ok(Statement::Execute { name, using });
        }
        self.expect("FROM")?;
        let sql = match self.token().kind {
            Kind::Text(_) => self.string()?,
            _ => self.text_until(|_| false).sql,
        };
        Ok(Statement::Prepare { name, sql })
    }
}

/// Beginnings of statements near a word that begins none, as the FE would suggest them.
fn similar(word: &str) -> String {
    match word {
        "" => "'EXPORT', 'REVOKE', 'RECOVER', 'REFRESH', 'RESTORE', '(', ';'",
        _ => "'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', '(', ';'",
    }
    .to_owned()
}
