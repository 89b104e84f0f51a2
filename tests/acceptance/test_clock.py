"""The machine's clock is set under a running daemon: what is sent keeps the right time."""

import unittest

from client import HOUR, detected, just_now
from faulty_calls import FaultyCalls
from office import Office


class Clocks(unittest.TestCase):
    def setUp(self):
        self.office = Office(prefix="clock")
        self.addCleanup(self.office.close)
        self.calls = FaultyCalls(self.office.folder)
        self.office.environment = self.calls.environment
        self.office.open()

    def test_messages_are_signed_by_the_time_that_deadlines_are_kept_by(self):
        office = self.office
        for number, hours in enumerate((1, -3, 50 * 365 * 24)):
            self.calls.set(wall_offset_ms=hours * 3_600_000)
            case = f"CLOCK-{number}"
            office.tell(detected(case, just_now() + 2 - 48 * HOUR))
            office.sink.wait(case=case, reason="due", channel="leaders")
        self.assertEqual(office.sink.faults(), [])  # of each signature's time too
