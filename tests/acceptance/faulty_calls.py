"""Programs whose system calls are slow, fail or tell another time, by faulty_calls.c in front of their libraries."""

import mmap
import struct
import subprocess
from pathlib import Path

NAMES = ("sync_delay_ms", "sync_fails", "monotonic_lag_ms", "wall_offset_ms", "allocations_left")


class FaultyCalls:
    """`environment`: of the programs that it is for; what is set changes while they run. `allocations`: theirs may
    fail too, which is not for programs with an allocator of their own."""

    def __init__(self, folder, allocations=False):
        name = f"faulty_calls{len(list(folder.glob('faulty_calls*.so')))}"
        library, orders = folder / f"{name}.so", folder / f"{name}.orders"
        source = Path(__file__).with_suffix(".c")
        command = ["cc", "-O1", "-shared", "-fPIC", *(["-DALLOCATIONS"] if allocations else [])]
        subprocess.run([*command, "-o", library, source, "-ldl"], check=True, timeout=60)
        orders.write_bytes(struct.pack("=5q", 0, 0, 0, 0, -1))
        with open(orders, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._synced = folder / f"{name}.synced"
        self.environment = {
            "LD_PRELOAD": str(library), "FAULTY_CALLS": str(orders), "FAULTY_SYNCED": str(self._synced),
        }

    def set(self, **orders):
        for name, value in orders.items():
            struct.pack_into("=q", self._map, 8 * NAMES.index(name), value)

    def get(self, name):
        return struct.unpack_from("=q", self._map, 8 * NAMES.index(name))[0]

    def lose_unsynced(self, random):
        """What a power cut leaves of all files that were ever synced: what was, and some of the rest. How much went."""
        lost = 0
        lines = self._synced.read_text(encoding="utf-8").splitlines() if self._synced.exists() else []
        for path, size in {path: int(size) for size, path in (line.split(" ", 1) for line in lines)}.items():
            file = Path(path)
            if not file.is_file() or file.stat().st_size <= size:
                continue
            kept = random.randint(size, file.stat().st_size - 1)
            lost += file.stat().st_size - kept
            with open(file, "r+b") as open_file:
                open_file.truncate(kept)
        return lost
