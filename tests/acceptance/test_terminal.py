"""yuqingctl as people have it before them: the live table, lines for programs, colours, completion's case ids."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time

from client import detected, event
from office import BUILD, stop
from office_case import OfficeCase
from waiting import holds_for, wait_for

ROWS, COLUMNS = 12, 100
LEAVE = "\x1b[?25h\x1b[?1049l"


class Terminal:
    """A program on a terminal of its own; `text` is all it wrote, `picture` what it drew last."""

    def __init__(self, *command, **environment):
        self.master, slave = pty.openpty()
        self.resize(ROWS, COLUMNS)
        variables = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**variables, "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment},
        )
        os.close(slave)
        self._bytes = b""
        self._ended = False
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self):
        while not self._ended:
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            try:
                got = os.read(self.master, 65536)
            except OSError:
                return
            self._bytes += got

    @property
    def text(self):
        return self._bytes.decode(errors="replace")

    @property
    def picture(self):
        whole = re.findall(r"\x1b\[H(.*?)\x1b\[J", self.text, re.S)
        return re.sub(r"\x1b\[[0-9;]*[mK]", "", whole[-1]).split("\r\n") if whole else []

    def shows(self, text):
        return any(text in line for line in self.picture)

    def key(self, key):
        os.write(self.master, key)

    def close(self):
        stop(self.process)
        self._ended = True
        self._reader.join()
        os.close(self.master)


class OnATerminal(OfficeCase):
    def ctl(self, *arguments):
        return [BUILD / "bin" / "yuqingctl", *arguments, "--url", f"http://127.0.0.1:{self.http.port}"]

    def terminal(self, *arguments, **environment):
        terminal = Terminal(*self.ctl(*arguments), **environment)
        self.addCleanup(terminal.close)
        return terminal

    def run_ctl(self, *arguments):
        return subprocess.run(self.ctl(*arguments), capture_output=True, text=True, timeout=60)

    def test_the_live_table_counts_down_survives_the_daemon_and_ends_cleanly(self):
        self.office.tell(detected("WATCHED", title="\x1b[31m路灯不亮"))
        terminal = self.terminal("watch")
        wait_for(lambda: terminal.shows("WATCHED"), "the case is on the screen")
        self.assertTrue(terminal.shows("[31m路灯不亮"), "a title steers nothing")

        def row():
            return [line for line in terminal.picture if "WATCHED" in line]

        first = row()
        wait_for(lambda: row() != first, "it counts down")
        self.office.tell(detected("LATE", at=time.time() - 49 * 3600))
        wait_for(lambda: terminal.shows("LATE") and terminal.shows("超 "), "what is overdue stands there")
        self.assertIn("\x1b[1;31m", terminal.text, "in red")
        self.office.kill_daemon()
        wait_for(lambda: terminal.shows("失去联系"), "that the daemon is away is said")
        away = row()
        wait_for(lambda: row() != away, "it counts on")
        self.office.start_daemon()
        wait_for(lambda: not terminal.shows("失去联系") and terminal.shows("WATCHED"), "it is back")
        terminal.resize(6, 40)
        terminal.process.send_signal(signal.SIGWINCH)
        wait_for(lambda: 0 < len(terminal.picture) <= 6, "it fits into a smaller window")
        terminal.key(b"\x03")
        self.assertEqual(terminal.process.wait(10), 0)
        wait_for(lambda: terminal.text.endswith(LEAVE), "the terminal is given back")

    def test_elsewhere_each_change_is_a_line(self):
        with open(self.office.folder / "watch.out", "w+", encoding="utf-8") as out:
            process = subprocess.Popen(self.ctl("watch", "--json"), stdout=out, stderr=subprocess.DEVNULL)
            self.addCleanup(stop, process)

            def lines():
                text = (self.office.folder / "watch.out").read_text(encoding="utf-8")
                return [json.loads(line) for line in text.splitlines()]

            def changes(case):
                return [one["change"] for one in lines() if one.get("case", {}).get("id") == case]

            self.office.tell(detected("LINES"))
            wait_for(lambda: changes("LINES") == ["appeared"], "a new case is a line")
            self.office.tell(event("case.acknowledged", "LINES", by="张三"))
            wait_for(lambda: changes("LINES")[1:2] == ["changed"], "what happens to it is a line")
            closed = self.run_ctl("close", "LINES", "--by", "张三")
            self.assertEqual(closed.returncode, 0, closed.stderr)
            wait_for(lambda: changes("LINES")[-1] == "closed", "its end is a line")
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(10), 0)

    def test_colours_are_for_terminals_and_for_those_who_want_them(self):
        self.office.tell(detected("RED", at=time.time() - 50 * 3600))
        self.assertNotIn("\x1b", self.run_ctl("list").stdout)
        coloured, plain = self.terminal("list"), self.terminal("list", NO_COLOR="1")
        for terminal in (coloured, plain):
            self.assertEqual(terminal.process.wait(20), 0)
            wait_for(lambda: "RED" in terminal.text, "the list is there")
        self.assertIn("\x1b[1;31m", coloured.text)
        self.assertNotIn("\x1b", plain.text)

    def test_long_work_shows_how_far_it_is_on_a_terminal_alone(self):
        lines = self.office.folder / "many.jsonl"
        with open(lines, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(detected("MANY", at=time.time() - 60)) + "\n" for _ in range(4000))
        send = [BUILD / "bin" / "yuqingctl", "send", lines, "--endpoint", self.office.tcp_endpoint]
        self.addCleanup(self.office.redis.send_signal, signal.SIGCONT)
        self.office.redis.send_signal(signal.SIGSTOP)  # else it may be done before there is anything to show
        terminal = Terminal(*send)
        self.addCleanup(terminal.close)
        holds_for(1.5, lambda: terminal.process.poll() is None, "it waits for answers")
        self.office.redis.send_signal(signal.SIGCONT)
        self.assertEqual(terminal.process.wait(60), 0)
        wait_for(lambda: "已接收 4000" in terminal.text, "the summary stands at the end")
        self.assertIn("\r已答复 ", terminal.text)
        elsewhere = subprocess.run(send, capture_output=True, text=True, timeout=60)
        self.assertEqual((elsewhere.returncode, elsewhere.stderr), (0, ""))
        self.assertIn("重复 4000", elsewhere.stdout)

    def test_completion_offers_the_ids_of_open_cases_and_nothing_while_the_daemon_is_away(self):
        self.office.tell(detected("OFFERED", title="水管爆裂"))
        offered = self.run_ctl("completion", "cases").stdout.splitlines()
        self.assertIn("OFFERED:水管爆裂", offered)
        away = subprocess.run(
            [BUILD / "bin" / "yuqingctl", "completion", "cases", "--url", "http://127.0.0.1:1"],
            capture_output=True,
            text=True,
            timeout=20,
        )
        self.assertEqual((away.stdout, away.stderr), ("", ""))

    def test_no_daemon_at_the_start_is_told_with_what_to_do(self):
        done = subprocess.run(
            [BUILD / "bin" / "yuqingctl", "watch", "--url", "http://127.0.0.1:1"],
            capture_output=True,
            text=True,
            timeout=20,
        )
        self.assertEqual(done.returncode, 3)
        self.assertIn("systemctl status yuqingd", done.stderr)
