#!/usr/bin/env python3
"""Shows that no rule is vacuous: each finds its planted violation and lets a clean twin pass."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import co_await
import rules
from repository import Repository

HERE = Path(__file__).resolve().parent


class Planted(unittest.TestCase):
    """A rule over a checkout that is written for the one test."""

    def found(self, rule, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                file = Path(root) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            return [str(f) for f in rule(Repository(root, files))]

    def one(self, rule, files, words):
        found = self.found(rule, files)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def clean(self, rule, files):
        self.assertEqual(self.found(rule, files), [])


class Layers(Planted):
    core = "libalert/src/core/a.cpp"

    def test_core_includes_core_alone(self):
        self.clean(rules.layers, {self.core: '#include "alert/core/time.hpp"\n#include <vector>\n'})
        self.one(rules.layers, {self.core: '#include "alert/port/clock.hpp"\n'}, "core includes alert/port")

    def test_flow_may_not_see_an_adapter(self):
        header = "libalert/include/alert/flow/a.hpp"
        self.clean(rules.layers, {header: '#include "alert/port/clock.hpp"\n'})
        self.one(rules.layers, {header: '#include "alert/redis/x.hpp"\n'}, "flow includes alert/redis")

    def test_the_library_does_not_know_the_daemon(self):
        self.one(rules.layers, {"libalert/src/redis/a.cpp": '#include "../../../daemon/app.hpp"\n'}, "leaves the layer")

    def test_pure_layers_know_no_wire(self):
        for name in ("boost/asio.hpp", "boost/json.hpp", "spdlog/spdlog.h", "hiredis.h", "hiredis/async.h",
                     "zmq.hpp", "yaml-cpp/yaml.h"):
            self.one(rules.layers, {self.core: f"#include <{name}>\n"}, "is pure")
        self.clean(rules.layers, {"libalert/src/redis/a.cpp": "#include <boost/asio.hpp>\n"})

    def test_an_unknown_layer_is_told(self):
        self.one(rules.layers, {"libalert/src/misc/a.cpp": ""}, "is unknown")

    def test_link_lines_keep_the_same_order(self):
        path = "libalert/src/flow/CMakeLists.txt"
        self.clean(rules.links, {path: "alert_layer(flow LINK alert::port)  # not alert::redis\n"})
        self.one(rules.links, {path: "alert_layer(flow LINK alert::redis)\n"}, "flow links alert::redis")

    def test_heavy_headers_stay_in_four_sources(self):
        beast = "#include <boost/beast/http.hpp>\n"
        four = {f"daemon/{n}.cpp": beast for n in "abcd"}
        self.clean(rules.heavy_headers, {**four, "tests/e.cpp": beast})
        self.one(rules.heavy_headers, {**four, "daemon/e.cpp": "#include <boost/asio/ssl.hpp>\n"}, "at most 4")
        self.one(rules.heavy_headers, {"daemon/a.hpp": beast}, "in a header")


class Text(Planted):
    def test_long_files(self):
        for path in ("daemon/a.cpp", "libalert/src/redis/a.lua", "tests/a.py"):
            self.clean(rules.sizes, {path: "x\n" * 400})
            self.one(rules.sizes, {path: "x\n" * 401}, "401 lines")
        self.one(rules.sizes, {"deploy/start": "#!/bin/sh\n" + "x\n" * 400}, "401 lines")

    def test_long_lines(self):
        self.clean(rules.sizes, {"daemon/a.cpp": "舆" * 110 + "\n"})
        self.one(rules.sizes, {"daemon/a.cpp": "x" * 111 + "\n"}, "111 columns")

    def test_clocks(self):
        for call in ("std::chrono::system_clock::now()", "steady_clock::now()", "clock_gettime(CLOCK_BOOTTIME, &t)"):
            self.one(rules.clocks, {"daemon/a.cpp": f"auto t = {call};\n"}, "asks a clock")
            self.clean(rules.clocks, {"daemon/a.cpp": f"// not {call}\n"})
            self.clean(rules.clocks, {path: f"auto t = {call};\n" for path in [*rules.CLOCK_FILES, "tests/a.cpp"]})

    def test_unfinished_work(self):
        for mark in ("TO" "DO later", "FIX" "ME", "[!may" "fail]", "TEST_CASE(\"x\", \"[" ".]\")"):
            self.one(rules.words, {"daemon/a.cpp": f"// {mark}\n"}, "unfinished")
        self.clean(rules.words, {"daemon/a.cpp": "// mastodon\n"})

    def test_forbidden_words(self):
        for text, words in (("http://deb.deb" "ian.org/x", "registry"), ("/wo" "rk/main", "path of one machine"),
                            ("../sha" "red/contract.md", "outside the repository"), ("Clau" "de", "how it was made")):
            self.one(rules.words, {"README.md": text + "\n"}, words)
        self.clean(rules.words, {"README.md": "std::shared_ptr /usr/share/yuqingd work/main\n"})

    def test_headers(self):
        self.clean(rules.headers, {"a.hpp": "// Purpose.\n#pragma once\n"})
        self.one(rules.headers, {"a.hpp": "#pragma once\n"}, "open with a comment")
        self.one(rules.headers, {"a.hpp": "// Purpose.\n"}, "#pragma once")

    def test_scripts_can_be_started(self):
        self.one(rules.scripts_run, {"tests/run": "#!/bin/sh\n"}, "not executable")


class Folders(Planted):
    def test_every_folder_has_a_readme(self):
        self.one(rules.readmes, {"daemon/app.cpp": ""}, "daemon needs a tour that names app.cpp")

    def test_a_readme_names_every_file(self):
        self.clean(rules.readmes, {"daemon/app.cpp": "", "daemon/README.md": "`app.cpp`\n", "daemon/CMakeLists.txt": ""})
        self.one(rules.readmes, {"daemon/app.cpp": "", "daemon/README.md": "`zapp.cpp`, app.cpp2\n"}, "does not name app.cpp")

    def test_data_may_be_named_by_a_pattern_and_source_may_not(self):
        readme = {"x/README.md": "`seed-*`\n"}
        self.clean(rules.readmes, {"x/seed-1": "", **readme})
        self.one(rules.readmes, {"x/other": "", **readme}, "does not name other")
        self.one(rules.readmes, {"x/seed-1.cpp": "", **readme}, "does not name seed-1.cpp")

    def test_a_folder_of_data_may_be_named_above(self):
        readme = {"x/README.md": "`corpus/a/`\n"}
        self.clean(rules.readmes, {"x/corpus/a/seed": "", **readme})
        self.one(rules.readmes, {"x/corpus/b/seed": "", **readme}, "x/corpus/b needs a tour")
        self.one(rules.readmes, {"x/corpus/a/main.cpp": "", **readme}, "x/corpus/a needs a tour")

    def test_a_rule_names_the_tests_that_hold_it(self):
        def held(cell):
            return {"tests/README.md": "| a rule | held by |\n|---|---|\n| x | " + cell + " |\n\n| x | no title |\n",
                    "tests/a.cpp": 'TEST_CASE(\n    "Case: is "\n    "\\"open\\"") {\n', "tests/t.py": "    def test_it(self):\n"}

        for cell in ('Case: is "open"', "Case: …", "Case: is … · test_it", "test_it"):
            self.clean(rules.held_rules, held(cell))
        for cell in ("Case: is", "Case: was …", "Case: … · test_that", "", "…"):
            self.one(rules.held_rules, held(cell), "no test has the title")

    def test_a_title_has_no_semicolon(self):
        self.clean(rules.plain_titles, {"tests/a.cpp": 'TEST_CASE("Case: is open, or was") {\n    f();\n'})
        self.one(rules.plain_titles, {"tests/a.cpp": 'TEST_CASE(\n    "Case: is "\n    "open; or was") {\n'}, "has a semicolon")

    def test_top_level(self):
        self.clean(rules.top_level, {"README.md": "", ".ci/run": "", "daemon/a.cpp": ""})
        self.one(rules.top_level, {"scripts/a": ""}, "not at the top level")


COROUTINES = """
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>
using boost::asio::awaitable;
struct Agg { std::string a, b; };
awaitable<int> take(Agg);
awaitable<std::string> text();
awaitable<int> number();
awaitable<void> run(std::function<void()>);
awaitable<void> b1() { co_await take(Agg{"x", "y"}); }                            // bad
awaitable<void> b2() { co_await take({"x", "y"}); }                               // bad
awaitable<void> b3() { Agg x{co_await text(), co_await text()}; (void)x; }        // bad
awaitable<void> b4() { std::string s; co_await run([s] { (void)s; }); }           // bad
awaitable<void> b5(bool c) { auto r = c ? std::string() : co_await text(); (void)r; }  // bad
awaitable<void> g1() { Agg a{"x", "y"}; co_await take(std::move(a)); }
awaitable<void> g2() { int i = 0; co_await run([&i] { ++i; }); }
awaitable<int> g3(bool c) { co_return c ? co_await number() : co_await number(); }
awaitable<void> g4() { if (co_await number() > 3) { Agg a{"1", "2"}; (void)a; } }
"""


class CoAwait(unittest.TestCase):
    def ask(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".cpp") as source:
            source.write(text)
            source.flush()
            return {line for _, line, _ in co_await.ask(source.name, ["--", "-std=c++20"])}

    def test_bad_shapes_are_found_and_good_ones_pass(self):
        bad = {number for number, line in enumerate(COROUTINES.splitlines(), 1) if line.endswith("// bad")}
        self.assertEqual(len(bad), 5)
        self.assertEqual(self.ask(COROUTINES), bad)

    def test_a_file_that_cannot_be_read_is_not_taken_for_clean(self):
        with self.assertRaises(RuntimeError):
            self.ask("#include <no/such/header.hpp>\n")


class Format(unittest.TestCase):
    def test_a_file_that_is_not_laid_out_is_found(self):
        with tempfile.TemporaryDirectory() as root:
            tidy = Path(root) / "tests" / "tidy"
            tidy.mkdir(parents=True)
            (tidy / "format").write_text((HERE / "format").read_text())
            (Path(root) / ".clang-format").write_text((HERE.parent.parent / ".clang-format").read_text())
            (Path(root) / "a.cpp").write_text("int  x ;\n")
            git = ["git", "-C", root, "-c", "safe.directory=*"]
            subprocess.run([*git, "init", "-q"], check=True)
            subprocess.run([*git, "add", "a.cpp"], check=True)
            check = ["bash", str(tidy / "format"), "--check"]
            self.assertEqual(subprocess.run(check, capture_output=True).returncode, 1)
            subprocess.run(["bash", str(tidy / "format")], check=True)
            self.assertEqual((Path(root) / "a.cpp").read_text(), "int x;\n")
            self.assertEqual(subprocess.run(check, capture_output=True).returncode, 0)


class EveryRule(unittest.TestCase):
    def test_has_a_planted_violation(self):
        tested = Path(__file__).read_text(encoding="utf-8")
        for rule in rules.RULES:
            self.assertIn(f"rules.{rule.__name__},", tested, f"plant a violation of {rule.__name__}")


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False).result.wasSuccessful() else 1)
