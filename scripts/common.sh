# Copyright 2026 The StarRocks Connector for Apache Flink authors
# SPDX-License-Identifier: Apache-2.0
#
# Shared by the scripts of this folder: messages, free ports, and processes that end with the script.
# Sourced, not run. The script that sources it sets NAME (the word its last line begins with) and WORK (its work folder).

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD

exec 3>&1 # Messages reach the screen from inside a pipe as well.
say() { printf '%s: %s\n' "$NAME" "$*" >&3; }

# Ends the script with the reason as its last line. The optional second argument is a log whose end helps.
fail() {
    if [[ -n ${2:-} && -s $2 ]]; then
        printf '%s\n' "--- end of $2" >&2
        tail -n 25 "$2" >&2
    fi
    stop_all
    printf '%s: FAILED %s\n' "$NAME" "$1" >&3
    exit 1
}

# same EXPECTED ACTUAL MESSAGE: ends the script, showing where two files differ first, unless they are equal.
same() {
    cmp -s "$1" "$2" && return
    diff "$1" "$2" | head -n 20 >"$WORK/diff.txt" || true
    fail "$3" "$WORK/diff.txt"
}

# A port of the loopback interface on which nothing listens, other than those given out before.
PORTS_GIVEN=" "
free_port() {
    local port
    for _ in {1..200}; do
        port=$((20000 + RANDOM % 12000))
        [[ $PORTS_GIVEN == *" $port "* ]] && continue
        if ! (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            PORTS_GIVEN+="$port "
            FREE_PORT=$port
            return
        fi
    done
    fail "no free port between 20000 and 32000 on 127.0.0.1"
}

# start LOG COMMAND...: runs a command in the background until the script ends. Its process id is then in STARTED.
PIDS=()
start() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null &
    STARTED=$!
    PIDS+=("$STARTED")
}

stop_all() {
    local pid
    for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${PIDS[@]}"; do
        for _ in {1..100}; do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    PIDS=()
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# wait_for SECONDS PID WHAT LOG CONDITION...: polls a command until it succeeds, the process ends or the time is up.
wait_for() {
    local seconds=$1 pid=$2 what=$3 log=$4 deadline=$((SECONDS + $1))
    shift 4
    until "$@" 2>/dev/null; do
        kill -0 "$pid" 2>/dev/null || fail "$what ended early; its log is $log" "$log"
        ((SECONDS < deadline)) || fail "$what was not ready after $seconds s; its log is $log" "$log"
        sleep 0.2
    done
}

seconds_since() { echo $((SECONDS - $1)); }

# The version of everything in this repository.
VERSION=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml)

# python_venv NAME REQUIREMENTS: sets VENV to a virtual environment with these packages, kept outside the checkout for the next run.
# Returns 1 when Python cannot make one; ends the script when pip fails.
python_venv() {
    python3 -c 'import venv, ensurepip' 2>/dev/null || return 1
    VENV=${XDG_CACHE_HOME:-$HOME/.cache}/starrocks-flink/$1-$(cksum <"$2" | cut -d' ' -f1)
    [[ -e $VENV/ready ]] && return
    say "installing the Python packages of $2"
    rm -rf "$VENV"
    python3 -m venv "$VENV" && "$VENV/bin/pip" -q install --disable-pip-version-check -r "$2" >"$WORK/pip.log" 2>&1 ||
        fail "pip could not install $2" "$WORK/pip.log"
    touch "$VENV/ready"
}

# not_run WHAT HOW: tells of something that was not run because an optional program is missing. `make test` counts these.
not_run() {
    say "NOT RUN: $1; $2"
    [[ -z ${NOT_RUN:-} ]] || echo "$1" >>"$NOT_RUN"
}
