// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Arrays, maps and structs.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, MapArray, NullBufferBuilder, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef};
use arrow::error::ArrowError;
use serde_json::value::RawValue;

use super::json::Entries;
use super::{ColumnBuilder, Unfit};
use crate::load::csv_array;

pub(super) struct Nested {
    pub(super) kind: NestedKind,
    pub(super) valid: NullBufferBuilder,
    /// Element counts; unused by structs.
    pub(super) lengths: Vec<usize>,
    pub(super) children: Vec<ColumnBuilder>,
}

pub(super) enum NestedKind {
    List(FieldRef),
    Map(FieldRef),
    Struct(arrow::datatypes::Fields),
}

impl Nested {
    pub(super) fn append_null(&mut self) {
        self.valid.append_null();
        match self.kind {
            NestedKind::Struct(_) => self.children.iter_mut().for_each(ColumnBuilder::append_null),
            _ => self.lengths.push(0),
        }
    }

    pub(super) fn append(&mut self, json: &str) -> Result<(), Unfit> {
        let done = match &self.kind {
            NestedKind::List(_) => self.append_list(json),
            NestedKind::Map(_) => self.append_map(json),
            NestedKind::Struct(_) => self.append_struct(json),
        };
        if done.is_none() {
            self.append_null();
        }
        done.ok_or(Unfit::Cast)
    }

    /// Appends a CSV field. Arrays have a syntax of their own there, in which a quote within quotes is doubled; maps and
    /// structs are JSON.
    pub(super) fn append_field(&mut self, bytes: &[u8]) -> Result<(), Unfit> {
        let done = match (&self.kind, str::from_utf8(bytes)) {
            (NestedKind::List(_), Ok(text)) => self.append_csv_list(text),
            (_, Ok(text)) if serde_json::from_str::<&RawValue>(text).is_ok() => return self.append(text.trim()),
            _ => None,
        };
        if done.is_none() {
            self.append_null();
        }
        done.ok_or(Unfit::Cast)
    }

    fn append_csv_list(&mut self, text: &str) -> Option<()> {
        let items = csv_array::split(text)?;
        let child = self.children.first_mut()?;
        // An element that does not fit makes the whole array unfit, found before anything is appended.
        let mut probe = ColumnBuilder::new(&child.data_type);
        if items.iter().any(|item| !probe.append_csv_item(item)) {
            return None;
        }
        for item in &items {
            let _fits = child.append_csv_item(item);
        }
        self.lengths.push(items.len());
        self.valid.append_non_null();
        Some(())
    }

    fn append_list(&mut self, json: &str) -> Option<()> {
        let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
        let child = self.children.first_mut()?;
        for item in &items {
            // An element that does not fit is NULL, as a failed cast is.
            let _null = child.append_json("", item.get());
        }
        self.lengths.push(items.len());
        self.valid.append_non_null();
        Some(())
    }

    fn append_map(&mut self, json: &str) -> Option<()> {
        let Entries(entries) = serde_json::from_str(json).ok()?;
        let [keys, values] = self.children.as_mut_slice() else { return None };
        // No key may be NULL, so a key that does not fit makes the whole map unfit, found before anything is appended.
        let mut probe = ColumnBuilder::new(&keys.data_type);
        if entries.iter().any(|(key, _)| probe.append_text(key).is_err()) {
            return None;
        }
        let count = entries.len();
        for (key, item) in entries {
            keys.append_text(&key).ok()?;
            let _null = values.append_json("", item.get());
        }
        self.lengths.push(count);
        self.valid.append_non_null();
        Some(())
    }

    fn append_struct(&mut self, json: &str) -> Option<()> {
        let NestedKind::Struct(fields) = &self.kind else { return None };
        let Entries(entries) = serde_json::from_str(json).ok()?;
        for (field, child) in fields.iter().zip(&mut self.children) {
            match entries.iter().find(|(name, _)| name.eq_ignore_ascii_case(field.name())) {
                Some((_, item)) => {
                    let _null = child.append_json("", item.get());
                }
                None => child.append_null(),
            }
        }
        self.valid.append_non_null();
        Some(())
    }

    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let valid = self.valid.finish();
        let lengths = std::mem::take(&mut self.lengths);
        let mut children = self.children.iter_mut().map(ColumnBuilder::finish).collect::<Result<Vec<_>, _>>()?;
        Ok(match &self.kind {
            NestedKind::Struct(fields) => Arc::new(StructArray::try_new(fields.clone(), children, valid)?),
            NestedKind::List(field) => {
                let items = children.pop().ok_or_else(|| ArrowError::InvalidArgumentError("no item".into()))?;
                Arc::new(ListArray::try_new(field.clone(), OffsetBuffer::from_lengths(lengths), items, valid)?)
            }
            NestedKind::Map(field) => {
                let DataType::Struct(entry_fields) = Field::data_type(field) else {
                    return Err(ArrowError::SchemaError("map entries are a struct".into()));
                };
                let entries = StructArray::try_new(entry_fields.clone(), children, None)?;
                let offsets = OffsetBuffer::from_lengths(lengths);
                Arc::new(MapArray::try_new(field.clone(), offsets, entries, valid, false)?)
            }
        })
    }
}
