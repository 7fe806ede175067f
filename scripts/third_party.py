# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the licences of the crates that are linked into a package of the workspace, each text once.

usage: third_party.py PACKAGE
"""

import json
import pathlib
import re
import subprocess
import sys

LICENCE_FILE = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
# Code bundled by a crate lies in folders like zstd-sys/zstd; deeper ones hold tests.
DEPTH = 2


def linked(package):
    """The packages outside the workspace that end up in the binary, by name and version."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = {p["id"]: p for p in metadata["packages"]}
    nodes = {n["id"]: n for n in metadata["resolve"]["nodes"]}
    todo = [i for i in metadata["workspace_members"] if packages[i]["name"] == package]
    if not todo:
        sys.exit(f"no package {package} in the workspace")
    seen = set(todo)
    while todo:
        for dependency in nodes[todo.pop()]["deps"]:
            kinds = {k["kind"] for k in dependency["dep_kinds"]}
            macro = all("proc-macro" in t["kind"] or "custom-build" in t["kind"] for t in packages[dependency["pkg"]]["targets"])
            if None in kinds and not macro and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                todo.append(dependency["pkg"])
    return sorted((packages[i] for i in seen if packages[i]["source"]), key=lambda p: (p["name"], p["version"]))


def licence_files(package):
    root = pathlib.Path(package["manifest_path"]).parent
    for path in sorted(root.rglob("*")):
        if path.is_file() and len(path.relative_to(root).parts) <= DEPTH and LICENCE_FILE.match(path.name):
            text = path.read_text(encoding="utf-8", errors="replace").strip()
            if text and not path.suffix == ".rs":
                yield text


def main():
    packages = linked(sys.argv[1])
    texts = {}
    print(f"{sys.argv[1]} contains the crates below and the standard library of Rust (MIT OR Apache-2.0).\n")
    for package in packages:
        name = f"{package['name']} {package['version']}"
        print(f"{name}: {package['license'] or 'see its licence file'}")
        for text in licence_files(package):
            # The same text with other line breaks is the same text.
            texts.setdefault(" ".join(text.split()), (text, []))[1].append(name)
    for text, names in texts.values():
        print(f"\n{'=' * 100}\n{', '.join(dict.fromkeys(names))}\n{'-' * 100}\n{text}")


main()
