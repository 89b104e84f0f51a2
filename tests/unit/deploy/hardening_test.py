"""The two programs are built so that a mistake in memory ends them and does not take them over: readelf shows it.

hardening_test.py BUILD CONFIGURATION"""

import re
import subprocess
import sys
import unittest
from pathlib import Path

BUILD, CONFIGURATION = Path(sys.argv[1]), sys.argv[2]
OPTIMISED = ("Release", "RelWithDebInfo", "MinSizeRel")  # the others cannot have fortified calls
PROGRAMS = ("yuqingd", "yuqingctl")


def readelf(program, *options):
    command = ["readelf", "--wide", *options, BUILD / "bin" / program]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


class Hardening(unittest.TestCase):
    def each(self):
        for program in PROGRAMS:
            with self.subTest(program):
                yield program

    def test_it_is_loaded_at_another_address_each_time(self):
        for program in self.each():
            self.assertIn("Position-Independent Executable", readelf(program, "--file-header"))
            self.assertRegex(readelf(program, "--dynamic"), r"FLAGS_1\).*\bPIE\b")

    def test_addresses_of_functions_are_found_at_the_start_and_cannot_be_written_afterwards(self):
        for program in self.each():
            self.assertRegex(readelf(program, "--segments"), r"(?m)^ +GNU_RELRO ")
            self.assertRegex(readelf(program, "--dynamic"), r"FLAGS_1\).*\bNOW\b")

    def test_nothing_is_both_writable_and_executable_and_the_stack_is_no_program(self):
        for program in self.each():
            segments = re.findall(r"(?m)^ +(\w+) +(?:0x\w+ +){5}(R?)[ ]?(W?)[ ]?(E?)", readelf(program, "--segments"))
            self.assertIn(("GNU_STACK", "R", "W", ""), segments)
            self.assertEqual([kind for kind, _, writable, executable in segments if writable and executable], [])

    def test_a_stack_that_was_overrun_is_noticed(self):
        for program in self.each():
            self.assertIn("__stack_chk_fail", readelf(program, "--dyn-syms"))

    def test_calls_that_copy_know_the_size_of_where_to(self):
        for program in self.each() if CONFIGURATION in OPTIMISED else ():
            self.assertRegex(readelf(program, "--dyn-syms"), r"__(?!stack)\w+_chk\b")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
