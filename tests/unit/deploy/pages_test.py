#!/usr/bin/env python3
"""What is installed beside the programs: manual pages that render, completion that offers every command, and an
operator's manual that leaves nothing out.

    pages_test.py BUILD
"""

import functools
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3]
BUILD = Path(sys.argv.pop(1)).resolve()
MADE = BUILD / "deploy" / "man"
CTL = BUILD / "bin" / "yuqingctl"
UTF8 = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MAN_KEEP_FORMATTING": "", "YUQING_URL": "http://127.0.0.1:1"}

# Instead of zsh's own: what is offered is printed.
ZSH_STUBS = """
_arguments() { state=$want; print -rl -- "$@" }
_describe() { print -rl -- ${(P)4} }
compdef() {}
"""


def run(*command, **more):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, env=UTF8, **more)


def listed(help_text, heading):
    part = help_text.split(heading, 1)[1]
    return re.findall(r"^  (-{0,2}[a-z][\w-]*)", part, re.M)


@functools.cache
def commands():
    found = listed(run(CTL, "--help").stdout, "Subcommands:")
    assert len(found) > 30, found
    return found


@functools.cache
def options(command):
    text = run(CTL, command, "--help").stdout
    return sorted(set(re.findall(r"(?<=[\s,])--[a-z][\w-]*", text.split("Options:", 1)[1])) - {"--help"})


@functools.cache
def rendered(page):
    done = run("man", "--warnings", "-E", "UTF-8", "-l", page)
    return re.sub(r".\x08|\x1b\[[0-9;]*m", "", done.stdout), done.stderr


class Pages(unittest.TestCase):
    def test_every_page_renders_without_a_warning_in_both_languages(self):
        pages = sorted(MADE.glob("**/*.[158]"))
        self.assertEqual(len(pages), 6, pages)
        for page in pages:
            text, warnings = rendered(page)
            self.assertEqual(warnings, "", page)
            self.assertGreater(len(text.splitlines()), 20, page)
            self.assertNotIn("@", re.sub(r"yuqingd@|duty@|leader@|audit@|:password@|:密码@|@主机", "", text), page)

    def test_the_manual_of_yuqingctl_names_every_command_and_its_options(self):
        for folder in ("man1", "zh_CN/man1"):
            text = rendered(MADE / folder / "yuqingctl.1")[0]
            for command in commands():
                self.assertRegex(text, rf"(?m)^   {re.escape(command)}\b", folder)
                for option in options(command):
                    self.assertIn(option, text, f"{folder}: {command}")

    def test_the_manual_of_the_configuration_quotes_the_shipped_file(self):
        shipped = (SOURCE / "config" / "yuqingd.yaml").read_text(encoding="utf-8")
        for folder in ("man5", "zh_CN/man5"):
            text = rendered(MADE / folder / "yuqingd.yaml.5")[0]
            for key in re.findall(r"(?m)^(?:# )?([a-z]+):", shipped):
                self.assertIn(f"{key}:", text, folder)


class Completion(unittest.TestCase):
    def bash(self, *words):
        script = f'source {MADE}/completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _yuqingctl; printf "%s\\n" "${{COMPREPLY[@]}}"'
        done = run("bash", "-euo", "pipefail", "-c", script, "bash", "yuqingctl", *words, cwd=SOURCE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.split()

    def zsh(self, state, command=""):
        script = f"{ZSH_STUBS}want={state}; words=({command}); source {MADE}/completion.zsh"
        done = run("zsh", "-f", "-c", script)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_bash_offers_every_command_and_every_option(self):
        self.assertEqual([word for word in self.bash("") if not word.startswith("-")], commands())
        self.assertEqual(self.bash("wat"), ["watch"])
        for command in commands():
            self.assertEqual(sorted(set(self.bash(command, "--")) - {"--help"}), options(command), command)

    def test_bash_offers_the_words_and_the_files_that_an_option_takes(self):
        self.assertEqual(self.bash("list", "--status", ""), ["open", "closed", "dismissed", "merged"])
        self.assertEqual(self.bash("--lang", "en", "keygen", ""), ["webhook", "link", "audit", "curve"])
        self.assertIn("README.md", self.bash("send", "READ"))
        self.assertEqual(self.bash("list", "--limit", ""), [])

    def test_zsh_offers_every_command_and_every_option(self):
        offered = self.zsh("command")
        for command in commands():
            self.assertRegex(offered, rf"(?m)^{command}:", command)
            told = self.zsh("words", command)
            for option in options(command):
                self.assertRegex(told, rf"(?m)^\*?{option}\[", command)


class Manual(unittest.TestCase):
    manual = (SOURCE / "deploy" / "README.md").read_text(encoding="utf-8")

    def test_every_self_notice_has_its_section(self):
        words = (SOURCE / "libalert" / "src" / "core" / "self_words.cpp").read_text(encoding="utf-8")
        names = re.findall(r'TroubleKind::\w+,\s*"([a-z-]+)"', words)
        self.assertGreaterEqual(len(names), 10)
        self.assertEqual(re.findall(r"(?m)^### `([a-z-]+)` ", self.manual), names)

    def test_every_command_it_names_exists(self):
        named = set(re.findall(r"yuqingctl ([a-z][a-z-]+)", self.manual))
        self.assertGreater(len(named), 10)
        self.assertEqual(named - set(commands()), set())

    def test_every_section_it_points_to_exists(self):
        def anchor(heading):
            return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")

        headings = {anchor(heading) for heading in re.findall(r"(?m)^#+ (.*)$", self.manual)}
        links = re.findall(r"\]\(#([^)]*)\)", self.manual)
        self.assertEqual([link for link in links if link not in headings], [])
        self.assertGreater(len(links), 12)

    def test_a_credential_is_quoted_as_yaml_wants_it(self):
        named = re.findall(r".\$\{CREDENTIALS_DIRECTORY\}[^`\s}]*", self.manual)
        self.assertEqual([name for name in named if not re.fullmatch(r"""(["']).*\1""", name)], [])
        self.assertGreater(len(named), 0)

    def test_the_officer_of_its_roster_is_one_of_the_shipped_directory(self):
        shipped = (SOURCE / "config" / "directory.yaml").read_text(encoding="utf-8")
        for officer in re.findall(r"(?m)^duty_officer,(\w+),", self.manual):
            self.assertIn(f"{{id: {officer}, ", shipped)

    def test_every_client_is_offered(self):
        for client in (SOURCE / "deploy" / "clients").glob("detect.*"):
            self.assertIn(f"`{client.name}`", self.manual)


if __name__ == "__main__":
    unittest.main(verbosity=2)
