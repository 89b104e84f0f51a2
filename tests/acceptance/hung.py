"""One thread of a process stands still, as in a deadlock, while the others go on."""

import contextlib
import ctypes
import os
import subprocess
import sys
from pathlib import Path

SEIZE, INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000


def thread_called(pid, name):
    """The thread of that name; the first one is called as the program."""
    tasks = sorted(int(task.name) for task in Path(f"/proc/{pid}/task").iterdir())
    names = {task: Path(f"/proc/{pid}/task/{task}/comm").read_text(encoding="utf-8").strip() for task in tasks}
    return next(task for task in tasks if names[task] == name)


@contextlib.contextmanager
def hung(thread):
    """Held by a tracer of its own; when that ends, so does the hang."""
    holder = subprocess.Popen([sys.executable, "-B", __file__, str(thread)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"held\n", f"thread {thread} cannot be held"
        yield
    finally:
        holder.stdin.close()
        holder.wait(30)
        holder.stdout.close()


def hold(thread):
    libc = ctypes.CDLL(None, use_errno=True)
    for request in (SEIZE, INTERRUPT):
        if libc.ptrace(request, thread, None, None) != 0:
            raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(thread, WALL)
    print("held", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    hold(int(sys.argv[1]))
