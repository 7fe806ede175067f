// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Binds a parsed query to tables: finds what it reads, expands `*`, names the result columns as the FE does, and
//! turns what only StarRocks understands into what the query engine understands.
//!
//! Column names match without regard to case, so they are lower case in everything handed to the engine. Table names
//! keep their case, which matters.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::logical_expr::TableSource;
use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Ident, JoinConstraint, JoinOperator, LimitClause, ObjectName, ObjectNamePart, Offset,
    OffsetRows, OrderByKind, Query, Select, SelectItem, SetExpr, SetOperator, Spanned as _, TableAlias,
    TableAliasColumnDef, TableFactor, UnaryOperator, VisitMut, VisitorMut,
};

use super::infer::infer;
use super::items::{MOST_COLUMNS, distinguish, expand_wildcards, item_expr, position_of};
use super::names::item_name;
use super::nullable::{is_column, may_be_null};
use super::prepare::{Call, place, prepare};
use super::result_type::ResultType;
use super::rewrite::rewrite;
use super::scope::{Relation, ResultColumn, Scopes};
use crate::sql::ast::Name;
use crate::sql::error::{Position, SqlError, SqlResult};

/// Where the names of a query come from.
pub(crate) trait Relations {
    /// The table or view of that name; `inside_view` when a view reads it, for which the view's privilege stands.
    fn relation(&self, name: &Name, inside_view: bool) -> SqlResult<Source>;
    /// The value of `@@name`.
    fn system_variable(&self, name: &str) -> SqlResult<String>;
    /// What a function about the session gives, such as `database()`.
    fn session_value(&self, function: &str) -> Option<String>;
}

/// What a name in FROM stands for.
pub(crate) enum Source {
    Table {
        database: String,
        table: String,
        columns: Vec<ResultColumn>,
        /// Names of its partitions.
        partitions: Vec<String>,
        source: Arc<dyn TableSource>,
    },
    /// A view's query, which names its own tables in full, and the view's column names.
    View { query: Box<Query>, columns: Vec<String> },
}

/// The tables that a bound query reads, by database and name.
pub(crate) type Sources = HashMap<(String, String), Arc<dyn TableSource>>;

/// Binds queries.
pub(crate) struct Binder<'a> {
    pub(crate) relations: &'a dyn Relations,
    pub(crate) user_variables: &'a BTreeMap<String, (Option<String>, ResultType)>,
    pub(crate) sources: Sources,
    /// Where the text begins in the statement.
    pub(crate) origin: Position,
    /// What the query calls.
    pub(crate) calls: Vec<Call>,
    /// How many views are open, to stop at one that contains itself.
    depth: usize,
    /// How many columns select lists may still have.
    columns_left: usize,
}

type Ctes = BTreeMap<String, Vec<ResultColumn>>;

impl<'a> Binder<'a> {
    pub(crate) fn new(
        relations: &'a dyn Relations,
        user_variables: &'a BTreeMap<String, (Option<String>, ResultType)>,
    ) -> Self {
        let origin = Position::default();
        Self {
            relations,
            user_variables,
            sources: Sources::new(),
            origin,
            calls: Vec::new(),
            depth: 0,
            columns_left: MOST_COLUMNS,
        }
    }

    /// Binds a query and gives its result columns.
    pub(crate) fn query(&mut self, query: &mut Query) -> SqlResult<Vec<ResultColumn>> {
        self.nested_query(query, None, &Ctes::new())
    }

    /// Binds an expression over the columns of one relation.
    pub(crate) fn expression(&mut self, expr: &mut Expr, relation: Relation) -> SqlResult<()> {
        let scopes = self.scopes(vec![relation], None);
        self.expr(expr, &scopes, &Ctes::new())
    }

    fn scopes<'s>(&self, relations: Vec<Relation>, outer: Option<&'s Scopes<'s>>) -> Scopes<'s>
    where
        'a: 's,
    {
        let (user_variables, origin) = (self.user_variables, self.origin);
        Scopes { relations, aliases: Vec::new(), outer, user_variables, origin }
    }

    fn nested_query(
        &mut self,
        query: &mut Query,
        outer: Option<&Scopes<'_>>,
        ctes: &Ctes,
    ) -> SqlResult<Vec<ResultColumn>> {
        let mut ctes = ctes.clone();
        if let Some(with) = &mut query.with {
            for cte in &mut with.cte_tables {
                let mut columns = self.nested_query(&mut cte.query, outer, &ctes)?;
                rename_result(&mut columns, &mut cte.alias, &cte.query.body);
                ctes.insert(cte.alias.name.value.clone(), columns);
            }
        }
        let order_by = match query.order_by.as_mut().map(|o| &mut o.kind) {
            Some(OrderByKind::Expressions(list)) => std::mem::take(list),
            _ => Vec::new(),
        };
        let mut order_by = order_by;
        let columns = match query.body.as_mut() {
            SetExpr::Select(select) => self.select(select, outer, &ctes, &mut order_by)?,
            other => {
                let columns = self.set_expr(other, outer, &ctes)?;
                let relation = Relation { alias: String::new(), columns: columns.clone() };
                let scopes = self.scopes(vec![relation], outer);
                for item in &mut order_by {
                    self.expr(&mut item.expr, &scopes, &ctes)?;
                }
                columns
            }
        };
        for item in &order_by {
            if let Some(position) = position_of(&item.expr)
                && (position == 0 || position > columns.len())
            {
                return Err(SqlError::analyzing(format_args!("ORDER BY position {position} is not in select list")));
            }
        }
        if let Some(OrderByKind::Expressions(list)) = query.order_by.as_mut().map(|o| &mut o.kind) {
            *list = order_by;
        }
        if let Some(LimitClause::LimitOffset {
            limit: Some(Expr::UnaryOp { op: UnaryOperator::Minus, expr }), ..
        }) = &query.limit_clause
        {
            let start = expr.span().start;
            let at = place(self.origin, start.line, start.column.saturating_sub(1));
            return Err(SqlError::syntax(at, "No viable statement for input 'LIMIT -'"));
        }
        if let Some(LimitClause::OffsetCommaLimit { offset, limit }) = &query.limit_clause {
            query.limit_clause = Some(LimitClause::LimitOffset {
                limit: Some(limit.clone()),
                offset: Some(Offset { value: offset.clone(), rows: OffsetRows::None }),
                limit_by: Vec::new(),
            });
        }
        query.locks.clear();
        Ok(columns)
    }

    fn set_expr(
        &mut self,
        body: &mut SetExpr,
        outer: Option<&Scopes<'_>>,
        ctes: &Ctes,
    ) -> SqlResult<Vec<ResultColumn>> {
        match body {
            SetExpr::Select(select) => self.select(select, outer, ctes, &mut Vec::new()),
            SetExpr::Query(query) => self.nested_query(query, outer, ctes),
            SetExpr::SetOperation { left, right, op, .. } => {
                if *op == SetOperator::Minus {
                    *op = SetOperator::Except;
                }
                let mut columns = self.set_expr(left, outer, ctes)?;
                let others = self.set_expr(right, outer, ctes)?;
                if columns.len() != others.len() {
                    return Err(SqlError::analyzing("Operands have unequal number of columns"));
                }
                for (column, other) in columns.iter_mut().zip(others) {
                    column.nullable |= other.nullable;
                    column.plain &= other.plain;
                    if column.data_type != other.data_type {
                        column.data_type = wider(column.data_type.take(), other.data_type);
                    }
                }
                Ok(columns)
            }
            SetExpr::Values(values) => {
                let scopes = self.scopes(Vec::new(), outer);
                let mut columns: Vec<ResultColumn> = Vec::new();
                for (row, exprs) in values.rows.iter_mut().enumerate() {
                    for (i, expr) in exprs.content.iter_mut().enumerate() {
                        let data_type = infer(expr, &scopes);
                        let nullable = may_be_null(expr, &scopes);
                        match columns.get_mut(i) {
                            Some(column) if row > 0 => {
                                column.data_type = wider(column.data_type.take(), data_type);
                                column.nullable |= nullable;
                            }
                            _ => {
                                let name = format!("column_{i}");
                                columns.push(ResultColumn { name, data_type, nullable, plain: false });
                            }
                        }
                        self.expr(expr, &scopes, ctes)?;
                    }
                }
                Ok(columns)
            }
            other => Err(SqlError::analyzing(format_args!("Unsupported query: {other}"))),
        }
    }

    fn select(
        &mut self,
        select: &mut Select,
        outer: Option<&Scopes<'_>>,
        ctes: &Ctes,
        order_by: &mut [datafusion::sql::sqlparser::ast::OrderByExpr],
    ) -> SqlResult<Vec<ResultColumn>> {
        let mut relations = Vec::new();
        for table in &mut select.from {
            let first = relations.len();
            self.factor(&mut table.relation, outer, ctes, &mut relations)?;
            for join in &mut table.joins {
                let joined = relations.len();
                self.factor(&mut join.relation, outer, ctes, &mut relations)?;
                outer_join(&join.join_operator, relations.get_mut(first..).unwrap_or_default(), joined - first);
            }
        }
        // SELECT … FROM dual
        if relations.is_empty() {
            select.from.clear();
        }
        let mut scopes = self.scopes(relations, outer);
        let grouped = matches!(&select.group_by, GroupByExpr::Expressions(list, _) if !list.is_empty());
        expand_wildcards(select, &scopes, grouped, &mut self.columns_left)?;
        for item in &select.projection {
            if let SelectItem::ExprWithAlias { alias, .. } = item {
                scopes.check_word(alias)?;
            }
        }
        let columns: Vec<ResultColumn> = select
            .projection
            .iter()
            .map(|item| ResultColumn {
                name: item_name(item),
                data_type: item_expr(item).and_then(|e| infer(e, &scopes)),
                nullable: item_expr(item).is_none_or(|e| may_be_null(e, &scopes)),
                plain: item_expr(item).is_some_and(is_column),
            })
            .collect();
        for item in &mut select.projection {
            match item {
                SelectItem::UnnamedExpr(expr) => self.expr(expr, &scopes, ctes)?,
                SelectItem::ExprWithAlias { expr, alias } => {
                    self.expr(expr, &scopes, ctes)?;
                    alias.value = alias.value.to_lowercase();
                }
                _ => {}
            }
        }
        for table in &mut select.from {
            for join in &mut table.joins {
                self.join_condition(&mut join.join_operator, &scopes, ctes)?;
            }
        }
        if let Some(condition) = &mut select.selection {
            self.expr(condition, &scopes, ctes)?;
        }
        scopes.aliases = columns.iter().map(|c| c.name.to_lowercase()).collect();
        if let GroupByExpr::Expressions(list, _) = &mut select.group_by {
            for expr in list {
                self.expr(expr, &scopes, ctes)?;
            }
        }
        if let Some(having) = &mut select.having {
            self.expr(having, &scopes, ctes)?;
        }
        for item in order_by {
            self.expr(&mut item.expr, &scopes, ctes)?;
        }
        select.optimizer_hints.clear();
        select.select_modifiers = None;
        distinguish(&mut select.projection, &columns);
        Ok(columns)
    }

    fn join_condition(&mut self, join: &mut JoinOperator, scopes: &Scopes<'_>, ctes: &Ctes) -> SqlResult<()> {
        let constraint = match join {
            JoinOperator::Join(c)
            | JoinOperator::Inner(c)
            | JoinOperator::Left(c)
            | JoinOperator::LeftOuter(c)
            | JoinOperator::Right(c)
            | JoinOperator::RightOuter(c)
            | JoinOperator::FullOuter(c)
            | JoinOperator::CrossJoin(c)
            | JoinOperator::LeftSemi(c)
            | JoinOperator::RightSemi(c)
            | JoinOperator::LeftAnti(c)
            | JoinOperator::RightAnti(c) => c,
            _ => return Ok(()),
        };
        match constraint {
            JoinConstraint::On(condition) => self.expr(condition, scopes, ctes),
            JoinConstraint::Using(names) => {
                for name in names {
                    for part in &mut name.0 {
                        if let ObjectNamePart::Identifier(ident) = part {
                            ident.value = ident.value.to_lowercase();
                        }
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn factor(
        &mut self,
        factor: &mut TableFactor,
        outer: Option<&Scopes<'_>>,
        ctes: &Ctes,
        relations: &mut Vec<Relation>,
    ) -> SqlResult<()> {
        match factor {
            TableFactor::Table { name, alias, args, partitions, index_hints, with_hints, .. } => {
                if args.is_some() {
                    return Err(SqlError::analyzing(format_args!("Unknown table function '{name}'")));
                }
                index_hints.clear();
                with_hints.clear();
                let parts = identifiers(name);
                if let [single] = parts.as_slice() {
                    if let Some(columns) = ctes.get(single) {
                        let mut columns = columns.clone();
                        let shown = match alias {
                            Some(alias) => {
                                rename(&mut columns, alias);
                                alias.name.value.clone()
                            }
                            None => single.clone(),
                        };
                        relations.push(Relation { alias: shown, columns });
                        return Ok(());
                    }
                    if single.eq_ignore_ascii_case("dual") {
                        return Ok(());
                    }
                }
                let wanted = name_of(parts);
                let shown = alias.as_ref().map_or_else(|| wanted.name.clone(), |a| a.name.value.clone());
                match self.relations.relation(&wanted, self.depth > 0)? {
                    Source::Table { database, table, mut columns, partitions: known, source } => {
                        only_partitions(&table, partitions, &known)?;
                        partitions.clear();
                        *name = ObjectName::from(vec![ident(&database), ident(&table)]);
                        self.sources.insert((database, table), source);
                        let alias = alias.get_or_insert_with(|| table_alias(&shown));
                        rename(&mut columns, alias);
                        relations.push(Relation { alias: shown, columns });
                    }
                    Source::View { mut query, columns: names } => {
                        if self.depth > 16 {
                            return Err(SqlError::analyzing("views are nested too deeply"));
                        }
                        self.depth += 1;
                        let mut columns = self.nested_query(&mut query, None, &Ctes::new())?;
                        self.depth -= 1;
                        let mut new_alias = alias.clone().unwrap_or_else(|| table_alias(&shown));
                        if new_alias.columns.is_empty() {
                            new_alias.columns =
                                names.iter().map(|n| TableAliasColumnDef::from_name(n.as_str())).collect();
                        }
                        rename_result(&mut columns, &mut new_alias, &query.body);
                        relations.push(Relation { alias: shown, columns });
                        *factor = TableFactor::Derived {
                            lateral: false,
                            subquery: query,
                            alias: Some(new_alias),
                            sample: None,
                        };
                    }
                }
                Ok(())
            }
            TableFactor::Derived { subquery, alias, lateral, .. } => {
                let outer = if *lateral { outer } else { None };
                let mut columns = self.nested_query(subquery, outer, ctes)?;
                let Some(alias) = alias else {
                    return Err(SqlError::analyzing("Every derived table must have its own alias"));
                };
                rename_result(&mut columns, alias, &subquery.body);
                relations.push(Relation { alias: alias.name.value.clone(), columns });
                Ok(())
            }
            TableFactor::NestedJoin { table_with_joins, .. } => {
                let first = relations.len();
                self.factor(&mut table_with_joins.relation, outer, ctes, relations)?;
                for join in &mut table_with_joins.joins {
                    let joined = relations.len();
                    self.factor(&mut join.relation, outer, ctes, relations)?;
                    outer_join(&join.join_operator, relations.get_mut(first..).unwrap_or_default(), joined - first);
                }
                let scopes = self.scopes(relations.clone(), outer);
                for join in &mut table_with_joins.joins {
                    self.join_condition(&mut join.join_operator, &scopes, ctes)?;
                }
                Ok(())
            }
            other => Err(SqlError::analyzing(format_args!("Unsupported relation: {other}"))),
        }
    }

    fn expr(&mut self, expr: &mut Expr, scopes: &Scopes<'_>, ctes: &Ctes) -> SqlResult<()> {
        let mut visitor = ExprBinder { binder: self, scopes, ctes, depth: 0 };
        match VisitMut::visit(expr, &mut visitor) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(error) => Err(error),
        }
    }
}

/// Rewrites an expression from the inside out; queries in it are bound as wholes.
struct ExprBinder<'b, 'a, 's> {
    binder: &'b mut Binder<'a>,
    scopes: &'s Scopes<'s>,
    ctes: &'s Ctes,
    depth: usize,
}

impl VisitorMut for ExprBinder<'_, '_, '_> {
    type Break = SqlError;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<SqlError> {
        self.depth += 1;
        if self.depth > 1 {
            return ControlFlow::Continue(());
        }
        match self.binder.nested_query(query, Some(self.scopes), self.ctes) {
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<SqlError> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<SqlError> {
        if self.depth > 0 {
            return ControlFlow::Continue(());
        }
        match prepare(expr, self.scopes, &mut self.binder.calls) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<SqlError> {
        if self.depth > 0 {
            return ControlFlow::Continue(());
        }
        match rewrite(expr, self.scopes, self.binder.relations) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }
}

/// Columns of the side that an outer join may leave out may be NULL. `joined` is the first relation of the right side.
fn outer_join(join: &JoinOperator, relations: &mut [Relation], joined: usize) {
    let (left, right) = match join {
        JoinOperator::Left(_) | JoinOperator::LeftOuter(_) => (false, true),
        JoinOperator::Right(_) | JoinOperator::RightOuter(_) => (true, false),
        JoinOperator::FullOuter(_) => (true, true),
        _ => return,
    };
    for (i, relation) in relations.iter_mut().enumerate() {
        if if i < joined { left } else { right } {
            relation.columns.iter_mut().for_each(|column| column.nullable = true);
        }
    }
}

/// `PARTITION (…)` behind a table must name all of its partitions, as a part of them is not read alone.
fn only_partitions(table: &str, wanted: &[Ident], known: &[String]) -> SqlResult<()> {
    let names = |name: &str| wanted.iter().any(|w| w.value.eq_ignore_ascii_case(name));
    if let Some(missing) = wanted.iter().find(|w| !known.iter().any(|k| k.eq_ignore_ascii_case(&w.value))) {
        return Err(SqlError::analyzing(format_args!("Unknown partition '{}' in table '{table}'", missing.value)));
    }
    if !wanted.is_empty() && !known.iter().all(|k| names(k)) {
        return Err(SqlError::plain("reading some partitions of a table is not supported by the embedded server"));
    }
    Ok(())
}

fn wider(a: Option<ResultType>, b: Option<ResultType>) -> Option<ResultType> {
    super::infer::common(a, b)
}

/// Applies the alias' column names, and puts them in lower case for the engine.
fn rename(columns: &mut [ResultColumn], alias: &mut TableAlias) {
    for (column, definition) in columns.iter_mut().zip(&mut alias.columns) {
        column.name.clone_from(&definition.name.value);
        definition.name.value = definition.name.value.to_lowercase();
    }
}

/// The same for a query, of which the engine has names of its own for the columns of VALUES.
fn rename_result(columns: &mut [ResultColumn], alias: &mut TableAlias, body: &SetExpr) {
    if alias.columns.is_empty() && begins_with_values(body) {
        alias.columns = columns.iter().map(|column| TableAliasColumnDef::from_name(column.name.as_str())).collect();
    }
    rename(columns, alias);
}

fn begins_with_values(body: &SetExpr) -> bool {
    match body {
        SetExpr::Values(_) => true,
        SetExpr::Query(query) => begins_with_values(&query.body),
        SetExpr::SetOperation { left, .. } => begins_with_values(left),
        _ => false,
    }
}

fn table_alias(name: &str) -> TableAlias {
    TableAlias { explicit: true, name: ident(name), columns: Vec::new(), at: None }
}

pub(super) fn ident(name: &str) -> Ident {
    Ident::with_quote('`', name)
}

pub(crate) fn identifiers(name: &ObjectName) -> Vec<String> {
    name.0.iter().filter_map(|part| part.as_ident().map(|i| i.value.clone())).collect()
}

pub(crate) fn name_of(mut parts: Vec<String>) -> Name {
    let name = parts.pop().unwrap_or_default();
    let database = parts.pop();
    Name { catalog: parts.pop(), database, name }
}
