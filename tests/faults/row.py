"""What a row of the matrix is, and the list of all of them."""

import os
import subprocess
from dataclasses import dataclass, field


@dataclass
class Row:
    number: int
    group: str
    fault: str
    run: object = None  # run(scene)
    why_not: str = ""  # a row that is not run here: the reason
    quick: bool = False  # part of every run of the suite
    part: str = ""  # of a row that is played in several ways: "b"
    within: float = None  # seconds after due by which every deadline must be told, whatever the fault
    within_after: float = None  # the same, counted from the end of the fault for what fell due during it
    prepare: object = None  # prepare(scene), before anything is started
    scene: dict = field(default_factory=dict)

    @property
    def name(self):
        return f"{self.number}{self.part}"


ROWS = []


def row(number, group, fault, needs=None, **more):
    """`needs`: the reason why it cannot be played on this machine, if there is one. What is no member of a Row is
    the scene's."""
    own = {name: more.pop(name) for name in list(more) if name in Row.__dataclass_fields__}

    def keep(run):
        ROWS.append(Row(number, group, fault, None if needs else run, needs or "", scene=more, **own))
        return run

    return keep


def not_run(group, why, **faults):
    """`r12="what happens"`: rows that are not run, all for one reason."""
    for name, fault in faults.items():
        ROWS.append(Row(int(name.removeprefix("r")), group, fault, why_not=why))


def _may_mount():
    tried = ["unshare", "--mount", "--net", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return os.geteuid() == 0 and subprocess.run(tried, capture_output=True, check=False).returncode == 0


MOUNTING = None if _may_mount() else "needs a filesystem or a network of its own, which takes root"
