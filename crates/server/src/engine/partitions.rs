// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Which partition a row belongs to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, TimestampMicrosecondArray, new_null_array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimestampMicrosecondType};
use arrow::row::{RowConverter, Rows, SortField};
use arrow::util::display::array_value_to_string;
use starrocks_types::StarRocksType;

use super::rows::RejectedRow;
use super::{CompiledExpressions, Engine, EngineError, EngineResult, Writer};
use crate::catalog::{PartitionBounds, PartitionDef, Partitioning, TableDef, arrow_type};
use crate::load::parse_text;
use crate::storage::Table;

/// The backend's reason for a row that no partition takes.
const OUT_OF_RANGES: &str = "The row is out of partition ranges. Please add a new partition.";
/// Most partitions that one commit creates.
const MOST_CREATED: usize = 4096;

/// Finds the partitions of rows of one table.
pub(crate) struct Router {
    kind: Kind,
    /// Positions of the partitions that may be written to; `None` for all.
    allowed: Option<HashSet<usize>>,
}

enum Kind {
    /// One partition takes everything.
    Whole,
    Range {
        columns: Vec<String>,
        /// In the order of their lower bounds; they do not overlap.
        ranges: Vec<Range>,
    },
    List {
        columns: Vec<String>,
        places: HashMap<Box<[u8]>, usize>,
    },
    /// Partitions appear with the rows; those there are, by the texts of their values.
    Automatic {
        values: Values,
        known: HashMap<Key, usize>,
    },
}

/// Encoded bounds, which compare as the values do.
struct Range {
    lower: Option<Box<[u8]>>,
    upper: Option<Box<[u8]>>,
    /// The partition's position.
    place: usize,
}

/// The texts of a row's partition values.
type Key = Vec<Option<String>>;

/// How an automatically partitioned table gets partition values from rows.
enum Values {
    Columns(Vec<String>),
    Expressions { compiled: Arc<dyn CompiledExpressions>, input: SchemaRef },
}

impl Router {
    /// The router of a table; `partitions` names those that may be written to, if not all.
    pub(crate) fn new(engine: &Engine, def: &TableDef, partitions: &[String]) -> EngineResult<Self> {
        let known = def.partitioning.partitions();
        let allowed = (!partitions.is_empty()).then(|| {
            let named = |p: &PartitionDef| partitions.iter().any(|name| name.eq_ignore_ascii_case(&p.name));
            known.iter().enumerate().filter(|(_, p)| named(p)).map(|(i, _)| i).collect()
        });
        let kind = match &def.partitioning {
            Partitioning::None => return Ok(Self { kind: Kind::Whole, allowed: None }),
            Partitioning::Range { columns, partitions } => {
                let ranges = partitions.iter().enumerate().map(|(place, p)| range(def, columns, place, p));
                let mut ranges = ranges.collect::<EngineResult<Vec<_>>>()?;
                ranges.sort_by(|a, b| a.lower.cmp(&b.lower));
                Kind::Range { columns: columns.clone(), ranges }
            }
            Partitioning::List { columns, partitions } => {
                let mut places = HashMap::new();
                for (place, partition) in partitions.iter().enumerate() {
                    let PartitionBounds::List(tuples) = &partition.bounds else { continue };
                    for tuple in tuples {
                        let values: Vec<Option<&str>> = tuple.iter().map(Option::as_deref).collect();
                        places.insert(encode_bound(def, columns, &values)?, place);
                    }
                }
                Kind::List { columns: columns.clone(), places }
            }
            Partitioning::Expression { sql, partitions, .. } => {
                let mut places = HashMap::new();
                for (place, partition) in partitions.iter().enumerate() {
                    match &partition.bounds {
                        PartitionBounds::Range { lower, .. } => {
                            places.insert(lower.iter().flatten().cloned().map(Some).collect(), place);
                        }
                        PartitionBounds::List(tuples) => places.extend(tuples.iter().map(|t| (t.clone(), place))),
                    }
                }
                Kind::Automatic { values: Values::new(engine, def, sql)?, known: places }
            }
        };
        Ok(Self { kind, allowed })
    }

    /// The rows of a batch that belong to no partition that may be written to. The batch has at least the partition
    /// columns, under their names.
    pub(crate) fn reject(&self, batch: &RecordBatch) -> EngineResult<Vec<RejectedRow>> {
        let takes_all = matches!(self.kind, Kind::Whole | Kind::Automatic { .. }) && self.allowed.is_none();
        if takes_all || batch.num_rows() == 0 {
            return Ok(Vec::new());
        }
        let places = self.places(batch)?;
        let fits = |place: &Option<usize>| {
            place.is_some_and(|place| self.allowed.as_ref().is_none_or(|allowed| allowed.contains(&place)))
        };
        let rejected = places.iter().enumerate().filter(|(_, place)| !fits(place));
        Ok(rejected.map(|(row, _)| RejectedRow { row, reason: OUT_OF_RANGES.to_owned() }).collect())
    }

    /// The position of each row's partition; `None` where there is none.
    pub(crate) fn places(&self, batch: &RecordBatch) -> EngineResult<Vec<Option<usize>>> {
        let count = batch.num_rows();
        match &self.kind {
            Kind::Whole => Ok(vec![Some(0); count]),
            Kind::Range { columns, ranges } => {
                let rows = encode(&arrays(batch, columns)?)?;
                let find = |row: &[u8]| {
                    let after = ranges.partition_point(|range| range.lower.as_deref().is_none_or(|lower| lower <= row));
                    let range = ranges.get(after.checked_sub(1)?)?;
                    range.upper.as_deref().is_none_or(|upper| row < upper).then_some(range.place)
                };
                Ok((0..count).map(|row| find(rows.row(row).as_ref())).collect())
            }
            Kind::List { columns, places } => {
                let rows = encode(&arrays(batch, columns)?)?;
                Ok((0..count).map(|row| places.get(rows.row(row).as_ref()).copied()).collect())
            }
            Kind::Automatic { values, known } => {
                let values = values.of(batch)?;
                let keys = Keys::new(&values)?;
                (0..count).map(|row| Ok(known.get(&keys.text(row)?).copied())).collect()
            }
        }
    }
}

impl Values {
    fn new(engine: &Engine, def: &TableDef, sql: &str) -> EngineResult<Self> {
        let texts = expressions(sql);
        let name = |text: &str| Some(text.strip_prefix('`')?.strip_suffix('`')?.to_owned());
        if let Some(columns) = texts.iter().map(|text| name(text)).collect::<Option<Vec<_>>>() {
            return Ok(Self::Columns(columns));
        }
        let evaluator = engine.expression_evaluator().ok_or_else(|| {
            EngineError::Invalid(format!("table {} is partitioned by expressions, which need the SQL engine", def.name))
        })?;
        let schema = def.arrow_schema();
        let fields: Vec<Field> = def
            .partitioning
            .columns()
            .iter()
            .filter_map(|name| Some(schema.field(def.column(name)?.0).clone().with_nullable(true)))
            .collect();
        let input: SchemaRef = Arc::new(Schema::new(fields));
        let compiled = evaluator.compile(&input, &texts).map_err(EngineError::Invalid)?;
        Ok(Self::Expressions { compiled, input })
    }

    fn of(&self, batch: &RecordBatch) -> EngineResult<Vec<ArrayRef>> {
        match self {
            Self::Columns(columns) => arrays(batch, columns),
            Self::Expressions { compiled, input } => {
                let columns: Vec<String> = input.fields().iter().map(|f| f.name().clone()).collect();
                let given = RecordBatch::try_new(input.clone(), arrays(batch, &columns)?)?;
                compiled.evaluate(&given).map_err(EngineError::Invalid)
            }
        }
    }
}

/// Partition values of many rows, as bytes that tell them apart quickly and as texts.
struct Keys<'a> {
    values: &'a [ArrayRef],
    rows: Rows,
}

impl<'a> Keys<'a> {
    fn new(values: &'a [ArrayRef]) -> EngineResult<Self> {
        Ok(Self { values, rows: encode(values)? })
    }

    fn text(&self, row: usize) -> EngineResult<Key> {
        let text = |array: &ArrayRef| {
            if array.is_null(row) {
                return Ok(None);
            }
            let text = array_value_to_string(array, row)?;
            let time = matches!(array.data_type(), DataType::Timestamp(..));
            Ok(Some(if time { text.replace('T', " ") } else { text }))
        };
        self.values.iter().map(text).collect()
    }
}

impl Engine {
    /// Adds the partitions that new rows of an automatically partitioned table need; `None` when there are all.
    pub(super) fn grown(
        &self,
        writer: &mut Writer,
        table: &Table,
        batches: &[RecordBatch],
    ) -> EngineResult<Option<TableDef>> {
        let Partitioning::Expression { sql, .. } = &table.def().partitioning else { return Ok(None) };
        let router = Router::new(self, table.def(), &[])?;
        let Kind::Automatic { values, known } = &router.kind else { return Ok(None) };
        let mut needed: BTreeSet<Key> = BTreeSet::new();
        for batch in batches {
            let values = values.of(batch)?;
            let keys = Keys::new(&values)?;
            let mut seen = HashSet::new();
            for row in 0..batch.num_rows() {
                if seen.insert(keys.rows.row(row).owned()) {
                    let key = keys.text(row)?;
                    if !known.contains_key(&key) {
                        needed.insert(key);
                    }
                }
            }
        }
        if needed.is_empty() {
            return Ok(None);
        }
        if needed.len() > MOST_CREATED {
            return Err(EngineError::Invalid(format!(
                "Table {} automatic create partition failed. error: {} partitions at once, more than {MOST_CREATED}",
                table.def().name,
                needed.len()
            )));
        }
        let unit = unit(sql);
        let mut def = TableDef::clone(table.def());
        if let Partitioning::Expression { partitions, .. } = &mut def.partitioning {
            for key in needed {
                let name = free_name(partitions, &partition_name(&key, unit));
                let bounds = match (unit, key.as_slice()) {
                    (Some(unit), [Some(lower)]) => PartitionBounds::Range {
                        upper: unit.after(lower).map(|upper| vec![upper]),
                        lower: Some(vec![lower.clone()]),
                    },
                    _ => PartitionBounds::List(vec![key]),
                };
                partitions.push(PartitionDef { id: writer.next_id(), name, bounds, properties: BTreeMap::new() });
            }
        }
        Ok(Some(def))
    }
}

/// The unit of `date_trunc('unit', column)` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Months(i32),
    Days(i64),
    Seconds(i64),
}

fn unit(sql: &str) -> Option<Unit> {
    let arguments = sql.strip_prefix("date_trunc(")?;
    Some(match arguments.split('\'').nth(1)?.to_ascii_lowercase().as_str() {
        "year" => Unit::Months(12),
        "quarter" => Unit::Months(3),
        "month" => Unit::Months(1),
        "week" => Unit::Days(7),
        "day" => Unit::Days(1),
        "hour" => Unit::Seconds(3600),
        "minute" => Unit::Seconds(60),
        _ => return None,
    })
}

impl Unit {
    /// The start of the next range, in the form of `start`.
    fn after(self, start: &str) -> Option<String> {
        let micros = |text: &str| {
            let value = parse_text(&StarRocksType::DateTime, text)?;
            value.as_primitive_opt::<TimestampMicrosecondType>().map(|a| a.value(0))
        };
        let next = match self {
            Self::Seconds(seconds) => micros(start)?.checked_add(seconds * 1_000_000)?,
            Self::Days(days) => micros(start)?.checked_add(days * 86_400_000_000)?,
            Self::Months(months) => {
                let (year, month) = (start.get(..4)?.parse::<i32>().ok()?, start.get(5..7)?.parse::<i32>().ok()?);
                let total = year * 12 + month - 1 + months;
                micros(&format!("{:04}-{:02}-01", total.div_euclid(12), total.rem_euclid(12) + 1))?
            }
        };
        let array: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![next]));
        let text = Keys::new(std::slice::from_ref(&array)).and_then(|keys| keys.text(0)).ok()?.into_iter().next()??;
        Some(if start.len() > 10 { text } else { text.get(..10)?.to_owned() })
    }
}

/// `p20240131` for a range, `pa_b` for a list.
fn partition_name(key: &Key, unit: Option<Unit>) -> String {
    let digits = match (unit, key.first()) {
        (Some(Unit::Months(12)), Some(Some(_))) => 4,
        (Some(Unit::Months(_)), Some(Some(_))) => 6,
        (Some(Unit::Days(_)), Some(Some(_))) => 8,
        (Some(Unit::Seconds(3600)), Some(Some(_))) => 10,
        (Some(Unit::Seconds(_)), Some(Some(_))) => 12,
        _ => usize::MAX,
    };
    let part = |value: &Option<String>| match value {
        None => "NULL".to_owned(),
        Some(text) => text.chars().filter(|c| c.is_alphanumeric()).take(digits).collect::<String>(),
    };
    format!("p{}", key.iter().map(part).collect::<Vec<_>>().join("_"))
}

/// The name, or with a number behind it when another partition has it.
fn free_name(partitions: &[PartitionDef], name: &str) -> String {
    let taken = |name: &str| partitions.iter().any(|p| p.name.eq_ignore_ascii_case(name));
    if !taken(name) {
        return name.to_owned();
    }
    (1_u32..).map(|n| format!("{name}_{n}")).find(|name| !taken(name)).unwrap_or_else(|| name.to_owned())
}

fn range(def: &TableDef, columns: &[String], place: usize, partition: &PartitionDef) -> EngineResult<Range> {
    let PartitionBounds::Range { lower, upper } = &partition.bounds else {
        return Err(EngineError::Invalid(format!("partition {} of table {} has no range", partition.name, def.name)));
    };
    let bound = |values: &Option<Vec<String>>| {
        let encoded = values.as_ref().map(|values| {
            let values: Vec<Option<&str>> = values.iter().map(|v| Some(v.as_str())).collect();
            encode_bound(def, columns, &values)
        });
        encoded.transpose()
    };
    Ok(Range { lower: bound(lower)?, upper: bound(upper)?, place })
}

/// A bound may have fewer values than there are columns; what follows then compares as the least.
fn encode_bound(def: &TableDef, columns: &[String], values: &[Option<&str>]) -> EngineResult<Box<[u8]>> {
    let mut arrays = Vec::with_capacity(values.len());
    for (column, value) in columns.iter().zip(values) {
        let (_, column) = def
            .column(column)
            .ok_or_else(|| EngineError::UnknownColumn { table: def.name.clone(), column: column.clone() })?;
        arrays.push(match value {
            None => new_null_array(&arrow_type(&column.data_type), 1),
            Some(text) => parse_text(&column.data_type, text).ok_or_else(|| {
                EngineError::Invalid(format!("partition value '{text}' is no {} ({})", column.data_type, column.name))
            })?,
        });
    }
    Ok(encode(&arrays)?.row(0).as_ref().into())
}

fn encode(arrays: &[ArrayRef]) -> EngineResult<Rows> {
    let fields = arrays.iter().map(|a| SortField::new(a.data_type().clone())).collect();
    Ok(RowConverter::new(fields)?.convert_columns(arrays)?)
}

fn arrays(batch: &RecordBatch, columns: &[String]) -> EngineResult<Vec<ArrayRef>> {
    let schema = batch.schema();
    let position = |name: &String| schema.fields().iter().position(|f| f.name().eq_ignore_ascii_case(name));
    columns
        .iter()
        .map(|name| {
            let array = position(name).and_then(|at| batch.columns().get(at)).cloned();
            array.ok_or_else(|| EngineError::Invalid(format!("partition column {name} is not among the columns")))
        })
        .collect()
}

/// The expressions of a PARTITION BY clause: `f(a)` or `(f(a), b)`.
fn expressions(sql: &str) -> Vec<String> {
    let inner = sql.strip_prefix('(').and_then(|s| s.strip_suffix(')')).unwrap_or(sql);
    let (mut depth, mut quote, mut start) = (0_i32, None, 0);
    let mut texts = Vec::new();
    for (i, c) in inner.char_indices() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                texts.push(inner.get(start..i).unwrap_or_default().trim().to_owned());
                start = i + 1;
            }
            _ => {}
        }
    }
    texts.push(inner.get(start..).unwrap_or_default().trim().to_owned());
    texts
}
