// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What grants mean, and how they are kept: as a list of pairs, as JSON has no keys but texts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::sql::ast::{Grant, GrantTarget};

type Grants = BTreeMap<GrantTarget, BTreeSet<String>>;

pub(super) fn serialize<S: Serializer>(grants: &Grants, serializer: S) -> Result<S::Ok, S::Error> {
    grants.iter().collect::<Vec<_>>().serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Grants, D::Error> {
    Vec::<(GrantTarget, BTreeSet<String>)>::deserialize(deserializer).map(Grants::from_iter)
}

/// The privileges of a grant. ALL is all that there are for such objects, so that each can be revoked by itself
/// (StarRocks documentation, "Privileges supported by StarRocks").
pub(super) fn privileges(grant: &Grant) -> impl Iterator<Item = String> {
    let all: &[&str] = match &grant.target {
        GrantTarget::System => &[
            "BLACKLIST",
            "CREATE EXTERNAL CATALOG",
            "CREATE GLOBAL FUNCTION",
            "CREATE RESOURCE",
            "CREATE RESOURCE GROUP",
            "CREATE STORAGE VOLUME",
            "FILE",
            "OPERATE",
            "PLUGIN",
            "REPOSITORY",
        ],
        GrantTarget::Catalog => &["ALTER", "CREATE DATABASE", "DROP", "USAGE"],
        GrantTarget::AllDatabases | GrantTarget::Database(_) => {
            &["ALTER", "CREATE FUNCTION", "CREATE MATERIALIZED VIEW", "CREATE TABLE", "CREATE VIEW", "DROP"]
        }
        GrantTarget::AllTables | GrantTarget::TablesIn(_) | GrantTarget::Table(..) => {
            &["ALTER", "DELETE", "DROP", "EXPORT", "INSERT", "SELECT", "UPDATE"]
        }
        GrantTarget::AllViews | GrantTarget::ViewsIn(_) | GrantTarget::View(..) => &["ALTER", "DROP", "SELECT"],
    };
    grant.privileges.iter().flat_map(|privilege| match privilege.starts_with("ALL") {
        true => all.iter().map(|known| (*known).to_owned()).collect(),
        false => vec![privilege.clone()],
    })
}
