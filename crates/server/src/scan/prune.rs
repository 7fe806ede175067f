// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Which tablets a scan can leave out, as an FE does: by the ranges and lists of partitions, and by the hash of the
//! distribution columns.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow::datatypes::{Field, Schema};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, ScalarValue};

use super::tablets::Layout;
use crate::catalog::{Distribution, PartitionBounds, PartitionDef, Partitioning, TableDef, arrow_type};
use crate::engine::Router;
use crate::load::parse_text;
use crate::sql::Sql;
use crate::sql::query::Planned;

/// Most keys by which an FE looks for tablets (`HashDistributionPruner`); for more it takes all.
const MOST_KEYS: usize = 100;

/// The ids of the tablets that may hold rows of a scan.
pub(super) fn tablets(sql: &Sql, def: &TableDef, layout: &Layout, planned: &Planned) -> Vec<i64> {
    let partitions = partitions(sql, def, planned);
    let buckets = buckets(def, layout, planned);
    let kept = |position: usize| {
        let (partition, bucket) = layout.place(position);
        partitions.as_ref().is_none_or(|kept| kept.contains(&partition))
            && buckets.as_ref().is_none_or(|kept| kept.contains(&bucket))
    };
    layout.ids().enumerate().filter(|(position, _)| kept(*position)).map(|(_, id)| id).collect()
}

/// The buckets of the keys that the conditions name; `None` for all.
fn buckets(def: &TableDef, layout: &Layout, planned: &Planned) -> Option<HashSet<u32>> {
    let Distribution::Hash { columns, .. } = &def.distribution else { return None };
    let keys = values(def, columns, planned)?;
    let count = keys.first()?.len();
    let buckets = if count <= MOST_KEYS { layout.buckets_of(&keys, count).ok()? } else { return None };
    Some(buckets.collect())
}

/// The partitions that the conditions admit; `None` for all.
fn partitions(sql: &Sql, def: &TableDef, planned: &Planned) -> Option<HashSet<usize>> {
    let columns = def.partitioning.columns();
    if let Some(keys) = values(def, columns, planned) {
        let fields = columns.iter().zip(&keys).map(|(name, keys)| Field::new(name, keys.data_type().clone(), true));
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), keys).ok()?;
        let places = Router::new(&sql.engine, def, &[]).ok()?.places(&batch).ok()?;
        return Some(places.into_iter().flatten().collect());
    }
    if columns.is_empty() {
        return None;
    }
    let ranges = Ranges { def, partitions: def.partitioning.partitions() };
    let kept = sql.queries.may_match(planned, &ranges).ok()?;
    Some(kept.into_iter().enumerate().filter(|(_, kept)| *kept).map(|(place, _)| place).collect())
}

fn values(def: &TableDef, columns: &[String], planned: &Planned) -> Option<Vec<ArrayRef>> {
    let types = columns.iter().map(|name| Some(arrow_type(&def.column(name)?.1.data_type)));
    let types = types.collect::<Option<Vec<_>>>().filter(|types| !types.is_empty())?;
    let names: Vec<String> = columns.iter().map(|name| name.to_lowercase()).collect();
    planned.values_of(&names, &types)
}

/// The least and the greatest values of partitions.
struct Ranges<'a> {
    def: &'a TableDef,
    partitions: &'a [PartitionDef],
}

impl Ranges<'_> {
    /// A value for each partition, NULL where it is not known.
    fn values(&self, column: &Column, least: bool) -> Option<ArrayRef> {
        let columns = self.def.partitioning.columns();
        let place = columns.iter().position(|name| name.eq_ignore_ascii_case(&column.name))?;
        let data_type = &self.def.column(columns.get(place)?)?.1.data_type;
        let unknown = ScalarValue::try_from(&arrow_type(data_type)).ok()?;
        let value = |text: &str| ScalarValue::try_from_array(&parse_text(data_type, text)?, 0).ok();
        let of = |partition: &PartitionDef| match (&partition.bounds, &self.def.partitioning) {
            (PartitionBounds::Range { lower: Some(lower), .. }, _) if least && place == 0 => value(lower.first()?),
            (PartitionBounds::Range { upper: Some(upper), .. }, _) if !least && place == 0 => {
                let upper = (value(upper.first()?)?, upper.len());
                Some(if let (end, 1) = upper { before(end) } else { upper.0 })
            }
            (PartitionBounds::List(tuples), Partitioning::List { .. }) => {
                let values = tuples.iter().filter_map(|tuple| tuple.get(place)?.as_deref()).map(value);
                let values = values.collect::<Option<Vec<_>>>()?.into_iter();
                let further = |a: ScalarValue, b| if (a < b) == least { a } else { b };
                values.reduce(further)
            }
            _ => None,
        };
        ScalarValue::iter_to_array(self.partitions.iter().map(|p| of(p).unwrap_or_else(|| unknown.clone()))).ok()
    }
}

/// The greatest value below the end of a range, where there is one; else the end.
fn before(end: ScalarValue) -> ScalarValue {
    match end {
        ScalarValue::Int8(Some(end)) => ScalarValue::Int8(Some(end.saturating_sub(1))),
        ScalarValue::Int16(Some(end)) => ScalarValue::Int16(Some(end.saturating_sub(1))),
        ScalarValue::Int32(Some(end)) => ScalarValue::Int32(Some(end.saturating_sub(1))),
        ScalarValue::Int64(Some(end)) => ScalarValue::Int64(Some(end.saturating_sub(1))),
        ScalarValue::Date32(Some(end)) => ScalarValue::Date32(Some(end.saturating_sub(1))),
        ScalarValue::TimestampMicrosecond(Some(end), zone) => {
            ScalarValue::TimestampMicrosecond(Some(end.saturating_sub(1)), zone)
        }
        other => other,
    }
}

impl PruningStatistics for Ranges<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column, true)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column, false)
    }

    fn num_containers(&self) -> usize {
        self.partitions.len()
    }

    fn null_counts(&self, _: &Column) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
