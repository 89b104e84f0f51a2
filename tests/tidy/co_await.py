#!/usr/bin/env python3
"""Finds statements with co_await that GCC 12 silently miscompiles (double frees, no diagnostic).

    tests/tidy/co_await.py BUILD_DIR            every tracked .cpp file that can hold a co_await
    tests/tidy/co_await.py --file FILE          one file on its own, for the self-test

The rule: a full-expression with co_await holds only names, calls, literals and constructor calls. No
braces, no capturing lambda, no ?: of class type; each of them gets a named local one line above.
clang-query (package clang-tools-14) sees the syntax tree, so nothing is missed by layout.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from repository import Repository

ROOT = Path(__file__).resolve().parent.parent.parent
TOOL = "clang-query-14"
SHAPES = {
    "braces around class members; name the value one line above":
        "initListExpr(hasType(hasUnqualifiedDesugaredType(recordType())))",
    "a lambda that captures a class by value; name the lambda one line above":
        "lambdaExpr(hasType(cxxRecordDecl(has(fieldDecl(hasType(hasUnqualifiedDesugaredType(recordType())))))))",
    "?: of class type; use if":
        "conditionalOperator(hasType(hasUnqualifiedDesugaredType(recordType())))",
}
QUERIES = "set output diag\n" + "".join(
    f"m expr(hasDescendant(coawaitExpr()), hasDescendant({shape}))\n" for shape in SHAPES.values())


def findings(output):
    """One finding per match: the place where the expression begins, and which shape."""
    shapes = iter(SHAPES)
    shape = next(shapes)
    found = []
    for line in output.splitlines():
        place = re.match(r'(.+?):(\d+):\d+: note: "root" binds here', line)
        if place:
            found.append((place.group(1), int(place.group(2)), shape))
        elif re.fullmatch(r"\d+ match(es)?\.", line):
            shape = next(shapes, None)
    if shape is not None:
        raise RuntimeError("clang-query answered fewer queries than were asked")
    return found


def ask(source, arguments):
    with tempfile.NamedTemporaryFile("w", suffix=".query") as queries:
        queries.write(QUERIES)
        queries.flush()
        done = subprocess.run(
            [TOOL, "--extra-arg=-w", "--extra-arg=-Wno-error", "-f", queries.name, str(source), *arguments],
            capture_output=True, text=True)
    output = done.stdout + done.stderr
    errors = [line for line in output.splitlines() if re.search(r"\b(fatal )?error:", line)]
    if done.returncode != 0 or errors:
        raise RuntimeError(f"clang-query could not read {source}:\n" + "\n".join(errors or [output[-2000:]]))
    return findings(output)


def coroutine_files(repository, build):
    """Translation units that hold a co_await, or include a header of ours that does."""
    compiled = {os.path.realpath(entry["file"]) for entry in json.loads((build / "compile_commands.json").read_text())}
    tainted = {path for path in repository.cpp() if re.search(r"\bco_await\b", repository.text(path))}
    headers = {path for path in tainted if path.endswith(".hpp")}
    for path in repository.cpp():
        if path.endswith(".cpp") and any(f'{Path(h).name}"' in repository.text(path) for h in headers):
            tainted.add(path)
    units = sorted(path for path in tainted if path.endswith(".cpp"))
    unbuilt = [path for path in units if os.path.realpath(ROOT / path) not in compiled]
    return units, unbuilt


def main(arguments):
    if shutil.which(TOOL) is None:
        print(f"co_await: {TOOL} is missing; apt-get install clang-tools-14", file=sys.stderr)
        return 1
    if arguments[0] == "--file":
        found = ask(arguments[1], ["--", "-std=c++20"])
    else:
        build = Path(arguments[0])
        units, unbuilt = coroutine_files(Repository.tracked(ROOT), build)
        for path in unbuilt:
            print(f"{path}:1: holds co_await and is in no target of {build}, so nobody checks it")
        if unbuilt:
            return 1
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = [f for r in pool.map(lambda p: ask(ROOT / p, ["-p", str(build)]), units) for f in r]
        found = [(os.path.relpath(os.path.realpath(p), ROOT), line, shape) for p, line, shape in found
                 if os.path.realpath(p).startswith(str(ROOT) + "/")]
        print(f"co_await: {len(units)} files: {' '.join(units)}")
    for path, line, shape in sorted(set(found)):
        print(f"{path}:{line}: co_await in one expression with {shape}")
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
