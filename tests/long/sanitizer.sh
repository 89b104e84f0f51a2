# Shared by asan, tsan and ubsan: build one preset's folder and run labels of it under the sanitizer.
# Sourced by them after tests/lib.sh.

# sanitize PRESET TARGET LABEL…: TARGET is what to build, `all` or a folder's `tests/unit/core/all`.
sanitize() {
    local preset=$1 target=$2 broken=0
    shift 2
    cd "$root"
    phase packages install_packages
    phase configure configure "$root/build-$preset" --preset "$preset"
    phase build cmake --build "build-$preset" -j "$cores" --target "$target"
    for selection in "$@"; do
        phase "$selection" run_ctest "build-$preset" -L "^$selection\$" --timeout 600 || broken=1
    done
    printf '\n%s took %d s\n%d passed, %d failed\n' "$preset" $SECONDS $passed $failed
    [ $broken -eq 0 ]
}
