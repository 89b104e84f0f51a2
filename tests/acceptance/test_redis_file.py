"""What a power cut leaves of Redis's file: a transaction that was torn is never carried out by halves."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from office import SOURCE, start, stop
from waiting import wait_for

MEND = SOURCE / "deploy" / "redis-mend"
WHOLE = "redis.call('SET','a','1') redis.call('SET','b','2')"
TORN = "redis.call('SET','half-1','1') redis.call('SET','half-2','\\r\\n*1\\r\\n') redis.call('SET','half-3','3')"


class RedisFile(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="yuqing-redis-file-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.redis = None
        self.addCleanup(lambda: stop(self.redis))
        self.start()
        self.ask("EVAL", WHOLE, "0")
        self.whole = self.file().stat().st_size
        self.ask("EVAL", TORN, "0")
        stop(self.redis)
        self.sound = self.file().read_bytes()

    def file(self):
        [file] = (self.folder / "appendonlydir").glob("*.incr.aof")
        return file

    def start(self):
        command = ["redis-server", SOURCE / "deploy" / "redis.conf", "--unixsocket", self.folder / "sock", "--dir", self.folder]
        with open(self.folder / "log", "ab") as log:
            self.redis = start(command, log)
        wait_for(lambda: self.ask("PING") == "PONG", "Redis answers", 30)

    def ask(self, *words):
        command = ["redis-cli", "-s", self.folder / "sock", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout.strip()

    def mend(self):
        subprocess.run([MEND, self.folder], check=True, capture_output=True, timeout=30)
        return self.file().stat().st_size

    def test_wherever_it_was_torn_all_of_it_goes(self):
        for left in range(self.whole + 1, len(self.sound)):
            self.file().write_bytes(self.sound[:left])
            self.assertEqual(self.mend(), self.whole, f"torn at {left} of {len(self.sound)}")

    def test_no_half_of_it_appears_however_often_redis_starts(self):
        self.file().write_bytes(self.sound[:-8])
        for number in range(3):
            self.mend()
            self.start()
            self.ask("EVAL", f"redis.call('SET','later-{number}','1') redis.call('SET','more-{number}','1')", "0")
            stop(self.redis)
        self.start()
        self.assertEqual([key for key in self.ask("KEYS", "*").split() if key.startswith("half")], [])
        self.assertEqual(len(self.ask("KEYS", "*").split()), 8)

    def test_what_is_sound_or_damaged_otherwise_stays_as_it_is(self):
        for spoilt in (self.sound, self.sound.replace(b"*3\r\n", b"?3\r\n", 1), self.sound + b"x"):
            self.file().write_bytes(spoilt)
            self.assertEqual(self.mend(), len(spoilt))
        shutil.rmtree(self.folder / "appendonlydir")
        subprocess.run([MEND, self.folder], check=True, timeout=30)


if __name__ == "__main__":
    unittest.main()
