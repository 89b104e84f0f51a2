"""Processes whose clock is off, by libfaketime, and may be moved while they run. Their boot-time clock stays right."""

LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


class Clock:
    """A wall clock that is `offset` off: "+3600", "+0 x1.01", "@1990-01-01 00:00:00"."""

    def __init__(self, folder, offset="+0"):
        self._file = folder / f"clock-{len(list(folder.glob('clock-*')))}"
        self.set(offset)
        self.environment = {
            "LD_PRELOAD": LIBRARY,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset):
        """In one step: a reader must not find half of it."""
        written = self._file.with_suffix(".new")
        written.write_text(offset + "\n", encoding="ascii")
        written.replace(self._file)
