"""Waiting for a condition with a bound: the only way a test here lets time pass."""

import time

LOOKED_EVERY = 0.02
BOUND = 15.0  # generous: the machine may be busy; nothing waits longer than it has to


def wait_for(condition, what, bound=BOUND):
    """The first true value of condition(); AssertionError that names `what` after `bound` seconds."""
    end = time.monotonic() + bound
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise AssertionError(f"not within {bound:g} s: {what}")
        time.sleep(LOOKED_EVERY)


def until(instant, bound=60.0):
    """Lets the wall clock come to `instant` (seconds since 1970)."""
    wait_for(lambda: time.time() >= instant, f"the clock shows {instant}", bound)


def holds_for(seconds, condition, what):
    """condition() stays true for so long; AssertionError as soon as it is not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not condition():
            raise AssertionError(f"did not stay so: {what}")
        time.sleep(LOOKED_EVERY)
