"""The rules of the house that a text search can hold. Each rule yields Findings; tidy_test.py plants a
violation of every one, so none is vacuous. A message tells what would be right."""

import fnmatch
import re
from pathlib import Path, PurePosixPath

from repository import CPP, SOURCE, Finding

LINES_MAX = 400
COLUMNS_MAX = 110
BEAST_FILES_MAX = 4

# Who may include whom inside libalert; the same holds for the link lines of its CMake targets.
LAYERS = {
    "core": {"core"},
    "port": {"core", "port"},
    "codec": {"core", "port", "codec"},
    "config": {"core", "codec", "config"},
    "flow": {"core", "port", "codec", "flow"},
    "redis": {"core", "port", "codec", "redis"},
    "notify": {"core", "port", "codec", "notify"},
    "memory": {"core", "port", "codec", "memory"},
    "mirror": {"core", "port", "codec", "flow", "memory", "mirror"},
    "report": {"core", "codec", "report"},
    "simulate": {"core", "port", "codec", "config", "flow", "memory", "simulate"},
}
# Third-party headers the pure layers keep out: they decide, and know no wire, file or socket.
PURE = {"core", "port"}
IMPURE_INCLUDES = re.compile(r"^(boost/(asio|beast|json|url)|spdlog/|hiredis|zmq|yaml-cpp/|nlohmann/|CLI/|prometheus/|sys/socket)")

TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE",
             "config", "daemon", "deploy", "libalert", "tests"}

# The one file that may ask the machine's clocks; tests measure by them freely.
CLOCK_FILES = {"daemon/system_clock.cpp"}
CLOCK = re.compile(r"\b(?:system|steady|high_resolution|utc)_clock::now\b|\bclock_gettime\s*\(|\bgettimeofday\s*\(|\bstd::time\s*\(")

UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|\[!may" r"fail\]|\[\.\]|DIS" r"ABLED_")
FORBIDDEN = [
    (re.compile(r"(?:deb|snapshot|security|ftp)\.deb" r"ian\.org|registry\.npm" r"js|npm" r"js\.(?:org|com)|py" r"pi\.org|"
                r"crates\." r"io|docker\." r"io|proxy\.gol" r"ang", re.I), "names a package registry"),
    (re.compile(r"/wo" r"rk/|(?<![\w.])/ro" r"ot/|/tmp/bui" r"ld|/ho" r"me/[a-z]"), "holds a path of one machine"),
    (re.compile(r"(?<![\w-])sha" r"red/"), "names a path outside the repository"),
    (re.compile(r"\b(?:Clau" r"de|Chat" r"GPT|Open" r"AI|Anth" r"ropic|Copi" r"lot|LL" r"M)\b"), "speaks of how it was made"),
]
BINARY = (".png", ".ico", ".gz", ".xlsx", ".bin", ".woff2")

TEST_CASE = re.compile(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def includes(repository, path):
    for number, line in repository.lines(path):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1)


def layer_of(path):
    found = re.match(r"libalert/(?:include/alert|src)/(\w+)/", path)
    return found.group(1) if found else None


def layers(repository):
    """libalert's layers include only what lies below them and nothing of the daemon."""
    for path in repository.cpp():
        layer = layer_of(path)
        if path.startswith("libalert/") and layer is not None and layer not in LAYERS:
            yield Finding(path, 1, f"layer '{layer}' is unknown; name what it may include in LAYERS of tests/tidy/rules.py")
            continue
        if layer is None:
            continue
        for number, name in includes(repository, path):
            seen = re.match(r"alert/(\w+)/", name)
            if seen and seen.group(1) not in LAYERS[layer]:
                yield Finding(path, number, f"{layer} includes {name}; it may include {', '.join(sorted(LAYERS[layer]))}")
            if ".." in name or name.startswith("daemon/"):
                yield Finding(path, number, f"include {name} leaves the layer; use alert/LAYER/name.hpp")
            if layer in PURE and IMPURE_INCLUDES.match(name):
                yield Finding(path, number, f"{layer} is pure, {name} is not; move it to an adapter")


def links(repository):
    """The link line of a layer's target names no layer that it may not include."""
    for path in repository.paths:
        if not re.fullmatch(r"libalert/src/\w+/CMakeLists\.txt", path):
            continue
        layer = layer_of(path)
        for number, line in repository.lines(path):
            for other in re.findall(r"alert::(\w+)", line.split("#")[0]):
                if other not in LAYERS.get(layer, set()):
                    yield Finding(path, number, f"{layer} links alert::{other}; it may link {', '.join(sorted(LAYERS.get(layer, [])))}")


def heavy_headers(repository):
    """Beast and TLS are included in a few .cpp files and in no header: they cost most of the build."""
    users = []
    for path in repository.cpp(outside=["tests/"]):
        for number, name in includes(repository, path):
            if re.match(r"boost/(beast|asio/ssl)", name):
                if path.endswith(".hpp"):
                    yield Finding(path, number, f"{name} in a header; only .cpp files may include it")
                elif path not in users:
                    users.append(path)
    for path in users[BEAST_FILES_MAX:]:
        yield Finding(path, 1, f"file {len(users)} with Beast or TLS; at most {BEAST_FILES_MAX}: {', '.join(users)}")


def sizes(repository):
    """Files stay readable in one go, lines on one screen."""
    for path in repository.scripts():
        count = len(repository.text(path).splitlines())
        if count > LINES_MAX:
            yield Finding(path, LINES_MAX, f"{count} lines; at most {LINES_MAX}: find the second concept and give it a file")
    for path in repository.cpp():
        for number, line in repository.lines(path):
            if len(line) > COLUMNS_MAX:
                yield Finding(path, number, f"{len(line)} columns; at most {COLUMNS_MAX}")


def clocks(repository):
    """One file asks the machine what time it is; everybody else is told."""
    for path in repository.cpp(outside=["tests/"]):
        if path in CLOCK_FILES:
            continue
        for number, line in repository.lines(path):
            if CLOCK.search(line.split("//")[0]):
                yield Finding(path, number, f"asks a clock; take Clock or `now` as an argument ({', '.join(CLOCK_FILES)} asks)")


def names_file(readme, name):
    if re.search(r"(?<![\w.-])" + re.escape(name) + r"(?![\w-])", readme):
        return True
    if name.endswith(CPP + (".lua", ".py", ".sh")):
        return False
    globs = re.findall(r"`([^`\s]*\*[^`\s]*)`", readme)
    return any(fnmatch.fnmatch(name, g) and len(g.replace("*", "")) > 3 for g in globs)


def named_above(repository, folder, names):
    above = next((f"{p}/README.md" for p in PurePosixPath(folder).parents if f"{p}/README.md" in repository.paths), None)
    return (above is not None and not any(name.endswith(SOURCE) for name in names)
            and f"`{PurePosixPath(folder).relative_to(PurePosixPath(above).parent)}/`" in repository.text(above))


def readmes(repository):
    """Every folder has a README that names every file in it; sets of data may be named by a pattern, and a
    folder of nothing but data, as a fuzzer's corpus is, by the README above it."""
    folders = {}
    for path in repository.paths:
        pure = PurePosixPath(path)
        if not any(part.startswith(".") for part in pure.parts):
            folders.setdefault(str(pure.parent), []).append(pure.name)
    for folder, names in sorted(folders.items()):
        readme = "README.md" if folder == "." else f"{folder}/README.md"
        if "README.md" not in names and named_above(repository, folder, names):
            continue
        if "README.md" not in names:
            yield Finding(readme, 1, f"missing; {folder} needs a tour that names {', '.join(names)}")
            continue
        for name in names:
            if name not in ("README.md", "CMakeLists.txt") and not names_file(repository.text(readme), name):
                yield Finding(readme, 1, f"does not name {name}")


def words(repository):
    """Nothing unfinished, no registry, no machine's path, nothing about how it was made."""
    for path in repository.paths:
        if path.endswith(BINARY):
            continue
        for number, line in repository.lines(path):
            if UNFINISHED.search(line):
                yield Finding(path, number, "a mark of unfinished work or of a test that does not run; finish it")
            for pattern, message in FORBIDDEN:
                if pattern.search(line):
                    yield Finding(path, number, f"{message}: {pattern.search(line).group(0)}")


def top_level(repository):
    """The top level is given."""
    for entry in sorted({p.split("/")[0] for p in repository.paths}):
        if entry not in TOP_LEVEL and not entry.startswith("."):
            yield Finding(entry, 1, f"not at the top level; there are {', '.join(sorted(TOP_LEVEL))}")


def headers(repository):
    """A header opens with its purpose and is included once."""
    for path in repository.cpp():
        if not path.endswith(".hpp"):
            continue
        text = repository.text(path)
        if not text.startswith("// "):
            yield Finding(path, 1, "does not open with a comment: 2 to 6 lines on purpose and promises")
        if not re.search(r"^#pragma once$", text, re.M):
            yield Finding(path, 1, "lacks #pragma once")


def scripts_run(repository):
    """What starts with #! can be started."""
    for path in repository.paths:
        if repository.text(path).startswith("#!") and not Path(repository.root / path).stat().st_mode & 0o100:
            yield Finding(path, 1, "starts with #! and is not executable; chmod +x")


def cpp_titles(repository, path):
    """The titles of the Catch2 tests of one file."""
    for parts in TEST_CASE.findall(repository.text(path)):
        yield "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', parts)).replace('\\"', '"')


def test_titles(repository):
    """The titles of all Catch2 tests, and the names of all tests in Python."""
    titles = set()
    for path in repository.paths:
        if path.startswith("tests/") and path.endswith(".cpp"):
            titles.update(cpp_titles(repository, path))
        elif path.startswith("tests/") and path.endswith(".py"):
            titles.update(re.findall(r"^    def (test_\w+)", repository.text(path), re.M))
    return titles


def plain_titles(repository):
    """CMake takes a `;` for the end of a name, and the test would be asked for by halves."""
    for path in repository.cpp():
        for title in cpp_titles(repository, path):
            if ";" in title:
                yield Finding(path, 1, f"the title '{title}' has a semicolon; say it with a comma or 'and'")


def is_title(name, titles):
    if name.endswith("…"):
        return any(title.startswith(name[:-1].rstrip()) for title in titles)
    return name in titles


def held_rules(repository):
    """A table with the column "held by" names tests that exist; "…" stands for the rest of a title."""
    titles = None
    for path in repository.paths:
        if not path.endswith("README.md"):
            continue
        in_table = False
        for number, line in repository.lines(path):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
            if not cells or cells[-1] == "held by":
                in_table = bool(cells)
            elif in_table and not re.fullmatch(r":?-+:?", cells[-1]):
                titles = test_titles(repository) if titles is None else titles
                for name in cells[-1].split(" · "):
                    if name == "…" or not is_title(name, titles):
                        yield Finding(path, number, f"no test has the title '{name}'; name the test that holds this rule")


RULES = [layers, links, heavy_headers, sizes, clocks, readmes, words, top_level, headers, scripts_run, held_rules,
         plain_titles]
