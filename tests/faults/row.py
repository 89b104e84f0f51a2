"""What a row of the matrix is, and the list of all of them."""

from dataclasses import dataclass, field


@dataclass
class Row:
    number: int
    group: str
    fault: str
    run: object = None  # run(scene)
    why_not: str = ""  # a row that is not run here: the reason
    quick: bool = False  # part of every run of the suite
    scene: dict = field(default_factory=dict)


ROWS = []


def row(number, group, fault, quick=False, **scene):
    def keep(run):
        ROWS.append(Row(number, group, fault, run, quick=quick, scene=scene))
        return run

    return keep


def not_run(group, why, **faults):
    """`r12="what happens"`: rows that are not run, all for one reason."""
    for name, fault in faults.items():
        ROWS.append(Row(int(name.removeprefix("r")), group, fault, why_not=why))
