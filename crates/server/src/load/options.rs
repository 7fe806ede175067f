// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Headers of a load request, checked.

use std::time::Duration;

/// Most bytes a separator or delimiter may have.
const MAX_SEPARATOR: usize = 50;

/// What the headers of a load ask for. Names and error texts are the backend's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LoadOptions {
    pub(crate) format: Format,
    pub(crate) compression: Compression,
    /// The `columns` header as sent.
    pub(crate) columns: Option<String>,
    /// The `where` header as sent.
    pub(crate) filter: Option<String>,
    pub(crate) max_filter_ratio: f64,
    pub(crate) timeout: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) strict_mode: bool,
    pub(crate) partial_update: Option<PartialMode>,
    pub(crate) merge_condition: Option<String>,
    pub(crate) partitions: Vec<String>,
    /// Rejected rows to keep beyond the error log; -1 for all.
    pub(crate) log_rejected: i64,
}

/// How the body is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Format {
    Csv(CsvOptions),
    Json(JsonOptions),
}

/// CSV details.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CsvOptions {
    pub(crate) column_separator: Vec<u8>,
    pub(crate) row_delimiter: Vec<u8>,
    pub(crate) skip_header: usize,
    pub(crate) trim_space: bool,
    pub(crate) enclose: Option<u8>,
    pub(crate) escape: Option<u8>,
}

/// JSON details.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JsonOptions {
    /// One parsed path per source column.
    pub(crate) paths: Option<Vec<JsonPath>>,
    pub(crate) root: Option<JsonPath>,
    pub(crate) strip_outer_array: bool,
    pub(crate) ignore_size: bool,
}

/// A path such as `$.a.b[0]`.
pub(crate) type JsonPath = Vec<JsonStep>;

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum JsonStep {
    Key(String),
    Index(usize),
}

/// How the body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Lz4Frame,
    Gzip,
    Zstd,
    Deflate,
    Bzip2,
    /// A name that the backend knows and cannot decompress, by its number there.
    Refused(u8),
}

/// How a partial update treats keys that are not there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartialMode {
    /// They are inserted with defaults.
    Row,
    /// They are ignored.
    Column,
}

impl LoadOptions {
    /// Reads the headers through `header`, which ignores case.
    pub(crate) fn parse<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Result<Self, String> {
        let flag = |name: &str, error: &str| match header(name) {
            None => Ok(false),
            Some(v) if v.eq_ignore_ascii_case("true") => Ok(true),
            Some(v) if v.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(format!("{error}. Must be bool type")),
        };
        let format_name = header("format").unwrap_or("CSV");
        let (csv, alias) = match format_name.to_ascii_lowercase().as_str() {
            "csv" | "" => (true, None),
            "json" => (false, None),
            "lz4" | "gzip" | "zstd" | "deflate" | "bzip2" => (true, Some(format_name)),
            _ => return Err(format!("unknown data format, format={format_name}")),
        };
        let encoding = header("content-encoding");
        if encoding.is_some() && header("compression").is_some() {
            return Err("Only one of http header content-encoding and compression can be set".to_owned());
        }
        let compression = match alias.or(encoding).or(header("compression")) {
            Some(name) => compression(name, alias.is_some())?,
            None => Compression::None,
        };
        let partial_update = flag("partial_update", "Invalid partial update flag format")?.then(|| {
            match header("partial_update_mode").map(str::to_ascii_lowercase).as_deref() {
                Some("column") => PartialMode::Column,
                _ => PartialMode::Row,
            }
        });
        for (name, minimum) in [("load_mem_limit", 0), ("exec_mem_limit", 1)] {
            if let Some(text) = header(name) {
                let what = name.replace('_', " ");
                let value: i64 =
                    text.trim().parse().map_err(|_| format!("Invalid {} format", what.replace("exec", "load")))?;
                if value < minimum {
                    let bound = if minimum == 0 { "equal or greater than 0" } else { "greater than 0" };
                    return Err(format!("{name} must be {bound}"));
                }
            }
        }
        if header("partitions").is_some() && header("temporary_partitions").is_some() {
            return Err("Can not specify both partitions and temporary partitions".to_owned());
        }
        let log_rejected = match header("log_rejected_record_num") {
            None => 0,
            Some(text) => text.trim().parse().map_err(|_| "Invalid log_rejected_record_num format".to_owned())?,
        };
        if log_rejected < -1 {
            return Err("log_rejected_record_num must be equal or greater than -1".to_owned());
        }
        let list = header("partitions").unwrap_or_default();
        Ok(Self {
            format: if csv {
                Format::Csv(csv_options(&header, &flag)?)
            } else {
                Format::Json(json_options(&header, &flag)?)
            },
            compression,
            columns: header("columns").filter(|c| !c.trim().is_empty()).map(str::to_owned),
            filter: header("where").filter(|c| !c.trim().is_empty()).map(str::to_owned),
            max_filter_ratio: header("max_filter_ratio").and_then(|v| v.trim().parse().ok()).unwrap_or(0.0),
            timeout: seconds(header("timeout"), "Invalid timeout format")?,
            idle_timeout: seconds(header("idle_transaction_timeout"), "Invalid idle_transaction_timeout format")?,
            strict_mode: flag("strict_mode", "Invalid strict mode format")?,
            partial_update,
            merge_condition: header("merge_condition").filter(|c| !c.is_empty()).map(str::to_owned),
            partitions: list.split(',').map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect(),
            log_rejected,
        })
    }
}

fn seconds(value: Option<&str>, error: &str) -> Result<Option<Duration>, String> {
    let parse = |v: &str| v.trim().parse().map(Duration::from_secs).map_err(|_| error.to_owned());
    value.map(parse).transpose()
}

/// The compression of that name. As a format, `lz4` means the frame.
fn compression(name: &str, alias: bool) -> Result<Compression, String> {
    Ok(match name.to_ascii_uppercase().as_str() {
        "" | "NO_COMPRESSION" => Compression::None,
        "LZ4_FRAME" => Compression::Lz4Frame,
        "LZ4" if alias => Compression::Lz4Frame,
        "GZIP" => Compression::Gzip,
        "ZSTD" => Compression::Zstd,
        "DEFLATE" => Compression::Deflate,
        "BZIP2" => Compression::Bzip2,
        "SNAPPY" => Compression::Refused(3),
        // Blocks without a frame.
        "LZ4" => Compression::Refused(4),
        "ZLIB" => Compression::Refused(6),
        _ => return Err(format!("Unsupported compression type: {name}")),
    })
}

fn csv_options<'a>(
    header: &impl Fn(&str) -> Option<&'a str>,
    flag: &impl Fn(&str, &str) -> Result<bool, String>,
) -> Result<CsvOptions, String> {
    let separator = |name: &str, default: &[u8]| match header(name) {
        None => Ok(default.to_vec()),
        Some("") => Err("Getting analyzing error. Detail message: Delimiter cannot be empty or null.".to_owned()),
        Some(text) => {
            let bytes = delimiter(text)?;
            if bytes.len() > MAX_SEPARATOR {
                return Err(format!("the length of {name} must not be longer than {MAX_SEPARATOR}"));
            }
            Ok(bytes)
        }
    };
    let skip_header = match header("skip_header") {
        None => 0,
        Some(text) => {
            let value: i64 = text.trim().parse().map_err(|_| "Invalid csv load skip_header format".to_owned())?;
            usize::try_from(value).map_err(|_| "skip_header must be equal or greater than 0".to_owned())?
        }
    };
    let first_byte = |name: &str| header(name).and_then(|v| v.bytes().next());
    Ok(CsvOptions {
        column_separator: separator("column_separator", b"\t")?,
        row_delimiter: separator("row_delimiter", b"\n")?,
        skip_header,
        trim_space: flag("trim_space", "Invalid trim space format")?,
        enclose: first_byte("enclose"),
        escape: first_byte("escape"),
    })
}

/// A separator as written: plain text, the escapes `\t \n \r`, or hexadecimal bytes after `\x` or `0x`.
fn delimiter(text: &str) -> Result<Vec<u8>, String> {
    let hex =
        text.strip_prefix("0x").or(text.strip_prefix("0X")).or(text.strip_prefix("\\x")).or(text.strip_prefix("\\X"));
    if let Some(digits) = hex {
        let error = || format!("Getting analyzing error. Detail message: Invalid delimiter '{text}'.");
        // `\x01\x02` is written too.
        let digits = digits.replace("\\x", "").replace("\\X", "");
        if digits.is_empty() || digits.len() % 2 != 0 || !digits.is_ascii() {
            return Err(error());
        }
        return (0..digits.len())
            .step_by(2)
            .map(|i| digits.get(i..i + 2).and_then(|d| u8::from_str_radix(d, 16).ok()).ok_or_else(error))
            .collect();
    }
    Ok(text.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").into_bytes())
}

fn json_options<'a>(
    header: &impl Fn(&str) -> Option<&'a str>,
    flag: &impl Fn(&str, &str) -> Result<bool, String>,
) -> Result<JsonOptions, String> {
    let paths = match header("jsonpaths").filter(|p| !p.is_empty()) {
        None => None,
        Some(text) => {
            let list: Vec<String> =
                serde_json::from_str(text).map_err(|e| format!("Invalid json paths, error: {e}, jsonpaths: {text}"))?;
            Some(list.iter().map(|p| json_path(p)).collect::<Result<_, _>>()?)
        }
    };
    Ok(JsonOptions {
        paths,
        root: header("json_root").filter(|p| !p.is_empty()).map(json_path).transpose()?,
        strip_outer_array: flag("strip_outer_array", "Invalid strip outer array format")?,
        ignore_size: flag("ignore_json_size", "Invalid ignore json size format")?,
    })
}

fn json_path(text: &str) -> Result<JsonPath, String> {
    let error = || format!("Invalid json path: {text}");
    let mut rest = text.trim().strip_prefix('$').ok_or_else(error)?;
    let mut path = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let (key, tail) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').ok_or_else(error)?,
                None => after.split_at(after.find(['.', '[']).unwrap_or(after.len())),
            };
            if key.is_empty() {
                return Err(error());
            }
            path.push(JsonStep::Key(key.to_owned()));
            rest = tail;
        } else {
            let (index, tail) = rest.strip_prefix('[').and_then(|r| r.split_once(']')).ok_or_else(error)?;
            let index = index.trim();
            path.push(match index.strip_prefix(['"', '\'']).and_then(|k| k.strip_suffix(['"', '\''])) {
                Some(key) => JsonStep::Key(key.to_owned()),
                None => JsonStep::Index(index.parse().map_err(|_| error())?),
            });
            rest = tail;
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(headers: &[(&str, &'static str)]) -> Result<LoadOptions, String> {
        LoadOptions::parse(|name| headers.iter().find(|(n, _)| *n == name).map(|(_, v)| *v))
    }

    #[test]
    fn separators_come_plain_or_in_hexadecimal() {
        for (text, bytes) in [
            ("\\x01", vec![1]),
            ("0x0A0d", vec![10, 13]),
            ("|", vec![b'|']),
            ("\\t", vec![9]),
            ("\\x01\\x02", vec![1, 2]),
        ] {
            assert_eq!(delimiter(text).unwrap(), bytes, "{text}");
        }
        assert!(delimiter("\\x1").is_err());
        assert!(delimiter("\\xzz").is_err());
    }

    #[test]
    fn bad_headers_are_named() {
        for (headers, error) in [
            (("format", "parquet"), "unknown data format, format=parquet"),
            (("timeout", "soon"), "Invalid timeout format"),
            (("strict_mode", "1"), "Invalid strict mode format. Must be bool type"),
            (("skip_header", "-1"), "skip_header must be equal or greater than 0"),
            (("compression", "rar"), "Unsupported compression type: rar"),
            (("load_mem_limit", "-1"), "load_mem_limit must be equal or greater than 0"),
            (("load_mem_limit", "x"), "Invalid load mem limit format"),
            (("log_rejected_record_num", "-2"), "log_rejected_record_num must be equal or greater than -1"),
            (("column_separator", ""), "Getting analyzing error. Detail message: Delimiter cannot be empty or null."),
        ] {
            assert_eq!(parse(&[headers]).unwrap_err(), error);
        }
    }

    #[test]
    fn a_format_alias_is_compressed_csv() {
        let options = parse(&[("format", "LZ4")]).unwrap();
        assert!(matches!(options.format, Format::Csv(_)));
        assert_eq!(options.compression, Compression::Lz4Frame);
    }

    #[test]
    fn json_paths_are_keys_and_indexes() {
        let key = |k: &str| JsonStep::Key(k.to_owned());
        assert_eq!(json_path("$.a.b[0]").unwrap(), [key("a"), key("b"), JsonStep::Index(0)]);
        assert_eq!(json_path("$[\"x y\"]").unwrap(), [key("x y")]);
        assert_eq!(json_path("$").unwrap(), []);
        assert!(json_path("a").is_err());
        assert!(json_path("$.a[").is_err());
    }
}
