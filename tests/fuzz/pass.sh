#!/usr/bin/env bash
# pass.sh FUZZER CORPUS SECONDS [OPTION…]: fuzzes for so long, from the corpus on and with every word our code knows, in a
# folder of its own. What is found is printed in base64, to be kept in the corpus.
set -euo pipefail
fuzzer=$1 corpus=$2 seconds=$3
shift 3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/grown" "$folder/found"
sources=$(dirname "${BASH_SOURCE[0]}")/../../libalert/src
grep -ohE '"[A-Za-z][A-Za-z0-9_.-]{1,30}"' "$sources"/{codec,config,core,notify,redis}/*.cpp | sort -u >"$folder/words"
if ! "$fuzzer" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1500 -max_len=4096 -print_final_stats=1 -entropic=0 \
    -dict="$folder/words" -artifact_prefix="$folder/found/" "$@" "$folder/grown" "$corpus" >"$folder/log" 2>&1; then
    tail -60 "$folder/log"
    for input in "$folder"/found/*; do echo "$input:"; base64 "$input"; done
    exit 1
fi
grep -E '^stat::number_of_executed_units|cov: ' "$folder/log" | tail -2
