#!/usr/bin/env python3
"""Holds the checkout to the rules of the house (rules.py) and prints what to mend.

    tests/tidy/tidy.py [RULE…]

Exit 0: nothing found. 1: findings. 2: no such rule.
"""

import sys
from pathlib import Path

from repository import Repository
from rules import RULES

ROOT = Path(__file__).resolve().parent.parent.parent


def main(names):
    by_name = {rule.__name__: rule for rule in RULES}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        print(f"no rule {', '.join(unknown)}; there are {', '.join(by_name)}", file=sys.stderr)
        return 2
    repository = Repository.tracked(ROOT)
    findings = 0
    for name in names or by_name:
        for finding in by_name[name](repository):
            print(f"{finding} [{name}]")
            findings += 1
    print(f"tidy: {len(repository.paths)} files, {len(names or by_name)} rules, {findings} findings")
    return 1 if findings or not repository.paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
