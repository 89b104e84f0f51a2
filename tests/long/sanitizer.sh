# Shared by asan, tsan and ubsan: build one preset's folder and run labels of it under the sanitizer.
# Sourced by them after tests/lib.sh.

# sanitize PRESET TARGETS CHOICE…: TARGETS are what to build, `all` or a folder's `tests/unit/core/all`; a choice is a label,
# or `^` and how the names of tests begin.
sanitize() {
    local preset=$1 targets choice chosen broken=0
    read -ra targets <<<"$2"
    shift 2
    cd "$root"
    phase packages install_packages
    phase configure configure "$root/build-$preset" --preset "$preset"
    phase build cmake --build "build-$preset" -j "$cores" --target "${targets[@]}"
    for choice in "$@"; do
        chosen=(-L "^$choice\$")
        [[ $choice != ^* ]] || chosen=(-R "$choice")
        phase "$choice" run_ctest "build-$preset" "${chosen[@]}" --timeout 600 || broken=1
    done
    printf '\n%s took %d s\n%d passed, %d failed\n' "$preset" $SECONDS $passed $failed
    [ $broken -eq 0 ]
}
