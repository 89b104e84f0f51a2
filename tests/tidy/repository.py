"""The tracked files of a checkout, and what a rule says about one of them."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

CPP = (".cpp", ".hpp")
SOURCE = CPP + (".lua", ".js", ".py", ".sh")


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


class Repository:
    """Files by their path relative to `root`; text is read once, as UTF-8."""

    def __init__(self, root, paths):
        self.root = Path(root)
        self.paths = sorted(paths)
        self._text = {}

    @classmethod
    def tracked(cls, root):
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z"],
            check=True, capture_output=True).stdout.decode()
        return cls(root, [p for p in listed.split("\0") if p and (Path(root) / p).is_file()])

    def text(self, path):
        if path not in self._text:
            self._text[path] = (self.root / path).read_bytes().decode("utf-8", "replace")
        return self._text[path]

    def lines(self, path):
        return enumerate(self.text(path).splitlines(), 1)

    def cpp(self, outside=()):
        return [p for p in self.paths if p.endswith(CPP) and not p.startswith(tuple(outside))]

    def scripts(self):
        """Source of any language; a file without extension counts when it starts with #!."""
        return [p for p in self.paths
                if p.endswith(SOURCE) or ("." not in Path(p).name and self.text(p).startswith("#!"))]
