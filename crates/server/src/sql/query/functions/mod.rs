// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Functions that StarRocks has and the query engine has not, or has with another meaning.

mod dates;
mod numbers;
mod strings;
mod zones;

use std::hash::{Hash, Hasher};

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::json;

pub(crate) use dates::parse_datetime;

type Type = fn(&[DataType]) -> DataType;
type Run = fn(&[ArrayRef], &DataType) -> Result<ArrayRef>;

/// A function over whole arrays.
#[derive(Debug)]
struct Function {
    name: &'static str,
    signature: Signature,
    data_type: Type,
    run: Run,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.name
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok((self.data_type)(arguments))
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalar = args.args.iter().all(|a| matches!(a, ColumnarValue::Scalar(_)));
        let rows = if scalar { 1 } else { args.number_rows };
        let arrays = args.args.iter().map(|a| a.to_array(rows)).collect::<Result<Vec<_>>>()?;
        let result = (self.run)(&arrays, args.return_field.data_type())?;
        if scalar && result.len() == 1 {
            return Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&result, 0)?));
        }
        Ok(ColumnarValue::Array(result))
    }
}

/// All of them.
pub(crate) fn functions() -> Vec<ScalarUDF> {
    let list: [(&'static str, Type, Run); 49] = [
        ("starrocks_divide", numbers::divide_type, numbers::divide),
        ("starrocks_int_divide", |_| DataType::Int64, numbers::int_divide),
        ("starrocks_bit_not", |_| DataType::Int64, numbers::bit_not),
        ("starrocks_array_sum", numbers::sum_type, numbers::array_sum),
        ("starrocks_text", |_| DataType::Utf8, strings::to_text),
        ("starrocks_boolean", |_| DataType::Boolean, numbers::to_boolean),
        ("starrocks_whole", numbers::whole_type, numbers::to_whole),
        ("starrocks_datetime", |_| DATETIME, dates::to_datetime),
        ("starrocks_lower_hex", |_| DataType::Utf8, strings::lower_hex),
        ("concat", |_| DataType::Utf8, strings::concat),
        ("hex", |_| DataType::Utf8, strings::hex),
        ("unhex", |_| DataType::Utf8, strings::unhex),
        ("to_base64", |_| DataType::Utf8, strings::to_base64),
        ("from_base64", |_| DataType::Utf8, strings::from_base64),
        ("to_binary", |_| DataType::Binary, strings::to_binary),
        ("substr", |_| DataType::Utf8, strings::substr),
        ("left", |_| DataType::Utf8, strings::left),
        ("right", |_| DataType::Utf8, strings::right),
        ("repeat", |_| DataType::Utf8, strings::repeat),
        ("lpad", |_| DataType::Utf8, strings::lpad),
        ("rpad", |_| DataType::Utf8, strings::rpad),
        ("locate", |_| DataType::Int32, strings::locate),
        ("char", |_| DataType::Utf8, strings::char_of),
        ("crc32", |_| DataType::Int64, strings::crc32),
        ("json_length", |_| DataType::Int32, json::length),
        ("json_keys", |_| DataType::Utf8, json::keys),
        ("json_exists", |_| DataType::Boolean, json::exists),
        ("json_string", |_| DataType::Utf8, strings::to_text),
        ("json_array", |_| DataType::Utf8, json::array),
        ("parse_json", |_| DataType::Utf8, json::parse),
        ("json_query", |_| DataType::Utf8, json::query),
        ("get_json_string", |_| DataType::Utf8, json::get_string),
        ("get_json_int", |_| DataType::Int64, json::get_int),
        ("get_json_double", |_| DataType::Float64, json::get_double),
        ("json_object", |_| DataType::Utf8, json::object),
        ("date_format", |_| DataType::Utf8, dates::date_format),
        ("from_unixtime", |_| DataType::Utf8, zones::from_unixtime),
        ("unix_timestamp", |_| DataType::Int64, zones::unix_timestamp),
        ("dayofweek", |_| DataType::Int32, dates::dayofweek),
        ("weekday", |_| DataType::Int32, dates::weekday),
        ("week", |_| DataType::Int32, dates::week),
        ("weekofyear", |_| DataType::Int32, dates::weekofyear),
        ("dayname", |_| DataType::Utf8, dates::dayname),
        ("monthname", |_| DataType::Utf8, dates::monthname),
        ("convert_tz", |_| DATETIME, zones::convert),
        ("to_days", |_| DataType::Int32, dates::to_days),
        ("last_day", |_| DataType::Date32, dates::last_day),
        ("timestampdiff", |_| DataType::Int64, dates::timestampdiff),
        ("str_to_date", |_| DATETIME, dates::str_to_date),
    ];
    list.into_iter()
        .map(|(name, data_type, run)| {
            let signature = Signature::variadic_any(Volatility::Immutable);
            ScalarUDF::new_from_impl(Function { name, signature, data_type, run })
        })
        .collect()
}

const DATETIME: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

fn argument(arguments: &[ArrayRef], i: usize) -> Result<&ArrayRef> {
    arguments.get(i).ok_or_else(|| datafusion::common::plan_datafusion_err!("an argument is missing"))
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}
