"""Stops one thread of a process while the others run on, as a hang of that thread would: ptrace, by the one who
started the process. Whoever stops it must let it go in the same thread."""

import ctypes
import os

SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.restype = ctypes.c_long
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def _ptrace(request, thread):
    if _libc.ptrace(request, thread, None, None) == -1:
        error = ctypes.get_errno()
        raise OSError(error, f"ptrace of {thread}: {os.strerror(error)}")


def stop_thread(thread):
    _ptrace(SEIZE, thread)
    _ptrace(INTERRUPT, thread)
    os.waitpid(thread, WALL)  # takes the stop, which is no end


def let_go(thread):
    _ptrace(DETACH, thread)
