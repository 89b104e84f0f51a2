"""Channels behind a proxy: messages, tests and checks go through it, its refusals are waited out, and its password
is nowhere to be read."""

import subprocess
import unittest

from client import detected
from forward import Proxy
from office import BUILD, Office
from waiting import wait_for

PASSWORD = "ge%40heim"


class ChannelsBehindAProxy(unittest.TestCase):
    def setUp(self):
        self.proxy = Proxy("li", "ge@heim")
        self.addCleanup(self.proxy.close)
        self.office = Office(
            prefix="proxy",
            channels={
                "duty-group": {"proxy_file": "duty.proxy", "retry_max": "1s"},
                "leaders": {"proxy": self.proxy.url(), "no_proxy": "[127.0.0.0/8]"},
            },
            adapt=lambda config: self.write_proxy(config, PASSWORD),
        )
        self.addCleanup(self.office.close)
        # A name that the proxy alone can look up.
        file = self.office.config_file
        text = file.read_text(encoding="utf-8")
        hidden = self.office.sink.url("duty-group").replace("127.0.0.1", "duty.invalid")
        file.write_text(text.replace(self.office.sink.url("duty-group"), hidden, 1), encoding="utf-8")

    def write_proxy(self, config, password):
        (config / "duty.proxy").write_text(self.proxy.url(f"li:{password}") + "\n", encoding="utf-8")
        (config / "duty.proxy").chmod(0o600)

    def ctl(self, *arguments):
        return subprocess.run(
            [BUILD / "bin" / "yuqingctl", *arguments], capture_output=True, text=True, timeout=90
        )

    def test_messages_and_tests_go_through_it_and_others_straight(self):
        office = self.office.open()
        office.tell(detected("PROXY-1", incident_grade="extreme"))
        office.sink.wait(case="PROXY-1", channel="duty-group")
        office.sink.wait(case="PROXY-1", channel="leaders")
        self.assertTrue(self.proxy.asked)
        for line in self.proxy.asked:
            self.assertEqual(line, f"POST http://duty.invalid:{office.sink.port}/duty-group HTTP/1.1")
        done = self.ctl("test-channel", "duty-group", "--by", "王五", "--url", f"http://127.0.0.1:{office.http.port}")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        checked = self.ctl("check-config", "--config", office.config_file)
        self.assertEqual(checked.returncode, 0, checked.stdout)
        self.assertNotIn("no_answer", checked.stdout)
        self.assertEqual(office.sink.faults(), [])
        self.assertNotIn("heim", office.log())

    def test_a_refusal_of_the_proxy_is_waited_out(self):
        self.write_proxy(self.office.config_file.parent, "wrong-geheim")
        office = self.office.open()
        office.tell(detected("PROXY-2"))
        wait_for(lambda: len(self.proxy.refused) >= 2, "it is tried again")
        self.assertEqual(office.http.metric("yuqing_dead_letters"), 0)
        wait_for(lambda: "the proxy refused: HTTP 407" in office.log(), "it is told why")
        self.assertNotIn("geheim", office.log())
        self.write_proxy(self.office.config_file.parent, PASSWORD)
        office.restart_daemon()
        office.sink.wait(case="PROXY-2", channel="duty-group")

    def test_a_proxy_that_is_gone_or_wrong_is_told_by_check_config(self):
        self.proxy.close()
        checked = self.ctl("check-config", "--config", self.office.config_file, "--lang", "en")
        self.assertIn(f"'duty-group' does not answer at its proxy 127.0.0.1:{self.proxy.port}", checked.stdout)
        self.assertNotIn("heim", checked.stdout)
        (self.office.config_file.parent / "duty.proxy").write_text("socks5://li:geheim@p:1\n", encoding="utf-8")
        refused = self.ctl("check-config", "--config", self.office.config_file, "--lang", "en")
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stdout, r"yuqingd\.yaml:\d+:\d+: error: channels\.duty-group\.proxy_file: a proxy is like")
        self.assertNotIn("geheim", refused.stdout)
