"""Runs test modules against a build: run.py BUILD MODULE... (unittest's own options after them)."""

import os
import sys
import unittest

LOG_LINES = 60


class Result(unittest.TextTestResult):
    """Tells with a failure what the office's programs said last."""

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._tell(test)

    def addError(self, test, err):
        super().addError(test, err)
        self._tell(test)

    def _tell(self, test):
        office = getattr(test, "office", None)
        if office is not None:
            lines = office.log().splitlines()[-LOG_LINES:]
            print("\n--- the office's log ends with", *lines, "---", sep="\n", file=sys.stderr)


def main():
    build, *modules = sys.argv[1:]
    os.environ["YUQING_BUILD"] = os.path.abspath(build)
    runner = unittest.TextTestRunner(verbosity=2, resultclass=Result)
    unittest.main(module=None, argv=[sys.argv[0], *modules], testRunner=runner)


if __name__ == "__main__":
    main()
