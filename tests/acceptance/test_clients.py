"""The clients that the operator's manual offers, as they are: in Python, C++ and shell."""

import json
import os
import subprocess
import sys
from datetime import datetime

from client import BEIJING
from office import BUILD, SOURCE
from office_case import OfficeCase
from waiting import wait_for

CLIENTS = {
    "python": [sys.executable, "-B", SOURCE / "deploy" / "clients" / "detect.py"],
    "cpp": [BUILD / "bin" / "client_detect"],
    "shell": [SOURCE / "deploy" / "clients" / "detect.sh"],
}


class Clients(OfficeCase):
    def start(self, name, *words):
        variables = {
            **os.environ,
            "YUQING_ENDPOINT": self.office.tcp_endpoint,
            "PATH": f"{BUILD / 'bin'}:{os.environ['PATH']}",
        }
        command = [str(part) for part in CLIENTS[name]] + [*words]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables)

    def tell(self, name, *words):
        return self.ended(self.start(name, *words))

    def ended(self, process):
        out, _ = process.communicate(timeout=60)
        return process.returncode, out

    def answer(self, done):
        status, out = done
        self.assertEqual(status, 0, out)
        lines = [json.loads(line) for line in out.splitlines()]
        return next(line for line in lines if line.get("status") != "retry")

    def test_each_tells_a_matter_and_telling_it_again_makes_no_second_one(self):
        for name in CLIENTS:
            with self.subTest(name):
                told = self.answer(self.tell(name, f'"{name}" 反映路灯不亮\\', "n1"))
                self.assertEqual((told["status"], told["id"]), ("accepted", "n1"))
                self.assertEqual(self.http.case(told["case"])["title"], f'"{name}" 反映路灯不亮\\')
                wait_for(lambda: self.sink.received(case=told["case"]), "the duty group is told")
                again = self.answer(self.tell(name, "路灯不亮", "n1"))
                self.assertEqual((again["status"], again["case"]), ("duplicate", told["case"]))

    def test_run_again_with_the_same_time_each_tells_the_same(self):
        found = datetime.now(BEIJING).isoformat(timespec="seconds")
        for name in CLIENTS:
            with self.subTest(name):
                told = self.answer(self.tell(name, "路面塌陷", "same", found))
                self.assertEqual(self.http.case(told["case"])["detected_at"], found)
                again = self.answer(self.tell(name, "路面塌陷", "same", found))
                self.assertEqual(again["status"], "duplicate")
                self.assertFalse(again.get("differs"))

    def test_a_rejected_matter_is_an_error(self):
        for name in CLIENTS:
            with self.subTest(name):
                status, out = self.tell(name, "路灯不亮", "n" * 300)
                self.assertEqual(status, 1, out)
                self.assertIn('"rejected"', out)

    def test_each_waits_for_a_daemon_that_is_away(self):
        self.office.kill_daemon()
        waiting = [self.start(name, "停电", "later") for name in CLIENTS]
        self.office.start_daemon()
        for process in waiting:
            self.assertEqual(self.answer(self.ended(process))["status"], "accepted")
