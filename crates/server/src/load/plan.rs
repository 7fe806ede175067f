// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What a load does with each field: the `columns` header against the table.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use starrocks_types::{StarRocksType, TableModel};

use super::options::{Format, LoadOptions, PartialMode};
use crate::catalog::{ColumnDef, TableDef, arrow_field, arrow_type};
use crate::engine::{CompiledExpressions, Engine, Router};
use crate::storage::Table;

/// The name of the pseudo column that tells upserts from deletes.
pub(crate) const OP: &str = "__op";

/// A checked load: where fields go and what is computed.
pub(crate) struct LoadPlan {
    pub(crate) table: Arc<Table>,
    /// Fields of the body in order; JSON takes them by name.
    pub(crate) sources: Vec<Source>,
    /// Computed values, over a batch of the sources.
    pub(crate) derived: Option<Derived>,
    /// Positions of the table's columns that the load writes, in the order of the batch that is completed.
    pub(crate) targets: Vec<Target>,
    pub(crate) op: Option<OpSource>,
    /// The `where` predicate over whole rows.
    pub(crate) filter: Option<Arc<dyn CompiledExpressions>>,
    pub(crate) partial: Option<PartialMode>,
    pub(crate) merge_condition: Option<u32>,
    /// Which partitions rows may go to.
    pub(crate) router: Router,
}

/// A field of the body.
pub(crate) struct Source {
    pub(crate) name: String,
    /// The type the field is parsed as; `None` for a field that nothing uses.
    pub(crate) data_type: Option<StarRocksType>,
}

/// Expressions and the columns they give.
pub(crate) struct Derived {
    pub(crate) expressions: Arc<dyn CompiledExpressions>,
    pub(crate) names: Vec<String>,
    pub(crate) schema: SchemaRef,
}

/// A column of the table that the load writes.
pub(crate) struct Target {
    /// Position in the table.
    pub(crate) position: usize,
    pub(crate) from: From,
}

/// Where a value comes from.
#[derive(Clone, Copy)]
pub(crate) enum From {
    /// Position among the sources.
    Source(usize),
    /// Position among the derived columns.
    Derived(usize),
}

/// Where `__op` comes from.
pub(crate) enum OpSource {
    Constant(i8),
    Value(From),
}

impl LoadPlan {
    pub(crate) fn new(engine: &Engine, table: Arc<Table>, options: &LoadOptions) -> Result<Self, String> {
        let def = table.def().clone();
        let json = matches!(options.format, Format::Json(_));
        if options.partial_update.is_some() && def.model != TableModel::Primary {
            return Err("Only primary key table support partial update".to_owned());
        }
        let items = match &options.columns {
            Some(text) => column_items(text)?,
            None => default_items(&def, json),
        };
        check_items(&items, &def)?;
        let mut plan = Self {
            sources: Vec::new(),
            derived: None,
            targets: Vec::new(),
            op: None,
            filter: None,
            partial: options.partial_update,
            merge_condition: merge_condition(&def, options)?,
            router: Router::new(engine, &def, &options.partitions).map_err(|e| e.to_string())?,
            table,
        };
        plan.add_items(engine, &def, items)?;
        plan.check_targets(&def)?;
        if let Some(partial) = options.partial_update {
            plan.check_partial(&def, partial)?;
        }
        for partition in &options.partitions {
            let known = def.partitioning.partitions().iter().any(|p| p.name.eq_ignore_ascii_case(partition));
            if !known && !def.name.eq_ignore_ascii_case(partition) {
                return Err(format!("Unknown partition '{partition}' in table '{}'", def.name));
            }
        }
        if let Some(filter) = &options.filter {
            plan.filter =
                Some(compile(engine, &plan.filter_schema(), std::slice::from_ref(filter), "where predicate")?);
        }
        Ok(plan)
    }

    /// What the predicate sees: the rows before NULLs are looked for, in a partial update only the given columns.
    fn filter_schema(&self) -> SchemaRef {
        let fields = self.table.schema().fields();
        let positions: Vec<usize> = match self.partial {
            None => (0..fields.len()).collect(),
            Some(_) => self.targets.iter().map(|t| t.position).collect(),
        };
        let fields = positions.iter().filter_map(|&at| Some(Field::clone(fields.get(at)?).with_nullable(true)));
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    fn add_items(&mut self, engine: &Engine, def: &TableDef, items: Vec<Item>) -> Result<(), String> {
        let mut derived: Vec<(String, String)> = Vec::new();
        for item in &items {
            let target = def.column(&item.name);
            match &item.expression {
                Some(expression) => {
                    let from = From::Derived(derived.len());
                    if item.is_op() {
                        match constant_op(expression) {
                            Some(op) => self.op = Some(OpSource::Constant(op?)),
                            None => {
                                derived.push((item.name.clone(), expression.clone()));
                                self.op = Some(OpSource::Value(from));
                            }
                        }
                    } else {
                        let (position, _) =
                            target.ok_or_else(|| format!("Unknown column '{}' in '{}'", item.name, def.name))?;
                        derived.push((item.name.clone(), expression.clone()));
                        self.targets.push(Target { position, from });
                    }
                }
                None => {
                    let from = From::Source(self.sources.len());
                    let data_type = if item.is_op() {
                        self.op = Some(OpSource::Value(from));
                        Some(StarRocksType::Varchar(20))
                    } else {
                        target.map(|(_, column)| column.data_type.clone())
                    };
                    let computed = |i: &Item| i.expression.is_some() && i.name.eq_ignore_ascii_case(&item.name);
                    if let Some((position, _)) = target.filter(|_| !items.iter().any(computed)) {
                        self.targets.push(Target { position, from });
                    }
                    self.sources.push(Source { name: item.name.clone(), data_type });
                }
            }
        }
        if derived.is_empty() {
            return Ok(());
        }
        // Expressions may use any source, so the ones without a column of their own are parsed as text.
        for source in &mut self.sources {
            source.data_type.get_or_insert(StarRocksType::Varchar(1_048_576));
        }
        let fields =
            self.sources.iter().filter_map(|s| Some(arrow_field(&ColumnDef::new(&s.name, s.data_type.clone()?))));
        let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<Field>>()));
        let (names, expressions): (Vec<_>, Vec<_>) = derived.into_iter().unzip();
        let compiled = compile(engine, &schema, &expressions, "columns header").map_err(|e| {
            format!("Expr '{}' analyze error: {e}, derived column is '{}'", expressions.join(", "), names.join(", "))
        })?;
        self.derived = Some(Derived { expressions: compiled, names, schema });
        Ok(())
    }

    /// Every column that is not given needs another way to a value.
    fn check_targets(&self, def: &TableDef) -> Result<(), String> {
        if self.op.is_some() && def.model != TableModel::Primary {
            return Err(format!(
                "unknown reference column, column={OP}, reference={OP}: only primary key tables have it"
            ));
        }
        if self.partial.is_some() {
            return Ok(());
        }
        for (position, column) in def.columns.iter().enumerate() {
            let given = self.targets.iter().any(|t| t.position == position);
            if given && column.generated.is_some() {
                return Err(format!("generated column '{}' can not be specified", column.name));
            }
            let filled = column.nullable || column.default.is_some() || column.auto_increment;
            if !given && !filled && column.generated.is_none() {
                return Err(format!("Column has no default value. column: {}", column.name));
            }
        }
        Ok(())
    }

    fn check_partial(&self, def: &TableDef, _mode: PartialMode) -> Result<(), String> {
        for position in def.key_positions() {
            if !self.targets.iter().any(|t| t.position == position) {
                let name = def.columns.get(position).map_or("", |c| c.name.as_str());
                return Err(format!("key column {name} not in partial update columns"));
            }
        }
        Ok(())
    }
}

fn merge_condition(def: &TableDef, options: &LoadOptions) -> Result<Option<u32>, String> {
    let Some(name) = &options.merge_condition else { return Ok(None) };
    if def.model != TableModel::Primary {
        return Err("Conditional update only support primary key table".to_owned());
    }
    let (_, column) = def.column(name).ok_or_else(|| {
        format!(
            "Merge condition column {name} does not exist. If you are doing partial update with condition update, please \
             check condition column is in the given update columns. Otherwise please check condition column is in table {}",
            def.name
        )
    })?;
    if column.key {
        return Err(format!("Merge condition column {name} should not be primary key!"));
    }
    let data_type = arrow_type(&column.data_type);
    if !data_type.is_numeric() && !data_type.is_temporal() {
        return Err(format!("Merge condition column {name} should be of a numeric or date type"));
    }
    Ok(Some(column.id))
}

fn compile(
    engine: &Engine,
    schema: &SchemaRef,
    expressions: &[String],
    what: &str,
) -> Result<Arc<dyn CompiledExpressions>, String> {
    let evaluator =
        engine.expression_evaluator().ok_or_else(|| format!("{what}: this server has no SQL engine to evaluate it"))?;
    evaluator.compile(schema, expressions)
}

/// `__op = 1`, `'upsert'` and the like; `None` for an expression over the row.
fn constant_op(expression: &str) -> Option<Result<i8, String>> {
    let text = expression.trim();
    if let Ok(number) = text.parse::<i64>() {
        return Some(match number {
            0 => Ok(0),
            1 => Ok(1),
            _ => Err("const load op type column should only be upsert(0)/delete(1)".to_owned()),
        });
    }
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    Some(op_word(inner).ok_or_else(|| format!("load op type string not supported: {inner}")))
}

/// An op as text: `0`, `1`, `upsert`, `delete`.
pub(crate) fn op_word(text: &str) -> Option<i8> {
    match text {
        "0" => Some(0),
        "1" => Some(1),
        _ if text.eq_ignore_ascii_case("upsert") => Some(0),
        _ if text.eq_ignore_ascii_case("delete") => Some(1),
        _ => None,
    }
}

/// One element of the `columns` header.
#[derive(Debug, PartialEq, Eq)]
struct Item {
    name: String,
    expression: Option<String>,
}

impl Item {
    fn is_op(&self) -> bool {
        self.name.eq_ignore_ascii_case(OP)
    }
}

/// Without a header: the table's columns as declared, and for JSON of primary-key tables an optional `__op`.
fn default_items(def: &TableDef, json: bool) -> Vec<Item> {
    let columns = def.columns.iter().filter(|c| c.generated.is_none()).map(|c| c.name.clone());
    let op = (json && def.model == TableModel::Primary).then(|| OP.to_owned());
    columns.chain(op).map(|name| Item { name, expression: None }).collect()
}

/// Splits at commas outside quotes and parentheses, then at the first `=`.
fn column_items(text: &str) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    let (mut depth, mut quote, mut start) = (0_i32, None, 0);
    for (i, c) in text.char_indices().chain(std::iter::once((text.len(), ','))) {
        match (quote, c) {
            (Some(q), _) if c == q && i < text.len() => quote = None,
            (Some(_), _) if i < text.len() => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (_, ',') if depth == 0 || i == text.len() => {
                items.push(column_item(text.get(start..i).unwrap_or_default())?);
                start = i + 1;
            }
            _ => {}
        }
    }
    Ok(items)
}

fn column_item(text: &str) -> Result<Item, String> {
    let error = || format!("Getting syntax error. Detail message: unexpected columns header near '{}'.", text.trim());
    let text = text.trim();
    let (name, rest) = match text.strip_prefix('`') {
        Some(quoted) => quoted.split_once('`').ok_or_else(error)?,
        None => text.split_at(text.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(text.len())),
    };
    let expression = match rest.trim() {
        "" => None,
        rest => Some(rest.strip_prefix('=').map(str::trim).filter(|e| !e.is_empty()).ok_or_else(error)?.to_owned()),
    };
    if name.is_empty() || name.contains(['(', ')', '\'', '"']) {
        return Err(error());
    }
    Ok(Item { name: name.to_owned(), expression })
}

fn check_items(items: &[Item], def: &TableDef) -> Result<(), String> {
    for (i, item) in items.iter().enumerate() {
        let same =
            |o: &Item| o.name.eq_ignore_ascii_case(&item.name) && o.expression.is_some() == item.expression.is_some();
        if items.iter().take(i).any(same) {
            return Err(format!("Duplicate column: {}", item.name));
        }
        if item.expression.is_some() && !item.is_op() && def.column(&item.name).is_none() {
            return Err(format!("Unknown column '{}' in '{}'", item.name, def.name));
        }
    }
    Ok(())
}

/// The op column that the engine's writes carry.
pub(crate) fn op_field() -> Field {
    Field::new(OP, DataType::Int8, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str, expression: Option<&str>) -> Item {
        Item { name: name.to_owned(), expression: expression.map(str::to_owned) }
    }

    #[test]
    fn a_columns_header_is_split_outside_quotes_and_parentheses() {
        assert_eq!(
            column_items(" a, `b c` ,d=if(x,',', y) , __op='delete'").unwrap(),
            [item("a", None), item("b c", None), item("d", Some("if(x,',', y)")), item("__op", Some("'delete'"))]
        );
        assert!(column_items("a,,b").is_err());
        assert!(column_items("a b").is_err());
        assert!(column_items("`a").is_err());
        assert!(column_items("a='x").is_ok(), "an open quote is the evaluator's error");
    }

    #[test]
    fn constant_ops_are_checked() {
        assert_eq!(constant_op("1"), Some(Ok(1)));
        assert_eq!(constant_op("'UPSERT'"), Some(Ok(0)));
        assert_eq!(constant_op("'nope'"), Some(Err("load op type string not supported: nope".into())));
        assert_eq!(constant_op("2"), Some(Err("const load op type column should only be upsert(0)/delete(1)".into())));
        assert_eq!(constant_op("if(a, 1, 0)"), None);
    }
}
