# Shared by tests/run and tests/long/*: where things are, phases with their time, packages, ctest counts.
# Sourced, with `set -euo pipefail` in force.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cores=$(nproc)
export LC_ALL=C.UTF-8
passed=0 failed=0

# phase NAME COMMAND…: runs it and prints how long it took.
phase() {
    local name=$1 begin=$SECONDS status=0
    shift
    printf '== %s\n' "$name"
    "$@" || status=$?
    printf '== %s: %d s%s\n' "$name" $((SECONDS - begin)) "$([ $status -eq 0 ] || echo ', FAILED')"
    return $status
}

install_packages() {
    "$root/deploy/install-packages" "$root/deploy/apt-packages.txt" "$root/tests/apt-packages.txt"
}

# configure DIR CMAKE_ARGUMENTS…: a folder configured before keeps its generator and its launcher, since
# another one would build everything again.
configure() {
    local dir=$1 log arguments=()
    shift
    if [ ! -f "$dir/CMakeCache.txt" ]; then
        arguments=(-G Ninja)
        ! command -v ccache >/dev/null || arguments+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    fi
    log=$(mktemp)
    cmake -S "$root" -B "$dir" "${arguments[@]}" "$@" >"$log" 2>&1 || { cat "$log"; rm -f "$log"; return 1; }
    rm -f "$log"
}

# run_ctest DIR ARGUMENTS…: adds to passed and failed. No test at all is a failure too.
run_ctest() {
    local dir=$1 output summary
    shift
    output=$(mktemp)
    ctest --test-dir "$dir" --output-on-failure --no-tests=error "$@" 2>&1 | tee "$output" |
        grep -vE '^ *[0-9]+/[0-9]+ Test +#[0-9]+: .* Passed +[0-9.]+ sec$|^ *Start +[0-9]+:' || true
    summary=$(grep -oE '[0-9]+ tests failed out of [0-9]+' "$output" || echo "1 tests failed out of 1")
    rm -f "$output"
    set -- $summary
    failed=$((failed + $1)) passed=$((passed + $6 - $1))
    [ "$1" -eq 0 ]
}

build_fuzzers() {
    configure "$root/build-fuzz" --preset fuzz
    cmake --build "$root/build-fuzz" -j "$cores" --target fuzz_targets
}

# write_figure COMMAND TEXT: the row of a long check in the figures of tests/README.md.
write_figure() {
    local row="| \`$1\` | $2 |"
    ROW=$row COMMAND=$1 awk 'index($0, "| `" ENVIRON["COMMAND"] "` |") == 1 { print ENVIRON["ROW"]; next } { print }' \
        "$root/tests/README.md" >"$root/tests/README.md.new"
    mv "$root/tests/README.md.new" "$root/tests/README.md"
}

# write_faults FILE: the table of tests/faults/run.py, and what it did not run, into tests/README.md.
write_faults() {
    TOLD=$1 awk '/^## Faults$/ { print; print ""; while ((getline line < ENVIRON["TOLD"]) > 0)
                     if (line !~ /^faults: seed/ && !(line == "" && !any)) { any = 1; print line }
                 gone = 1; next }
                 /^## / { gone = 0 } !gone' "$root/tests/README.md" >"$root/tests/README.md.new"
    mv "$root/tests/README.md.new" "$root/tests/README.md"
}

# The labels of everyday, in the order of what fails soonest: those whose folder has tests.
suite_labels() {
    local label
    for label in tidy unit contract integration acceptance simulation fuzz; do
        [ ! -f "$root/tests/$label/CMakeLists.txt" ] || echo "$label"
    done
}

# fetch_npm FOLDER MODULES: what FOLDER/package.json names goes to MODULES/node_modules. Node.js and npm are
# installed here and by no list: Debian's npm brings some hundred packages along.
fetch_npm() (
    command -v npm >/dev/null || "$root/deploy/install-packages" <(printf 'nodejs\nnpm\n')
    mkdir -p "$2"
    cp "$1/package.json" "$2/"
    cd "$2"
    npm install --no-package-lock --ignore-scripts --no-audit --no-fund
)
