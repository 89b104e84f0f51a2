"""The daemon's own user of Redis: what it may is what the daemon does, and a user who lacks something is told of."""

import re
import subprocess

from client import detected, just_now
from office import SOURCE
from office_case import OfficeCase
from waiting import wait_for

USER_LINE = re.search(r"(?m)^user yuqingd (.*)$", (SOURCE / "deploy" / "redis.conf").read_text(encoding="utf-8")).group(1)


class Rights(OfficeCase):
    arguments = {"settings": "self: {redis_after: 1s, look_every: 1s, over_after: 1s}"}

    def redis(self, *words, user="default"):
        command = ["redis-cli", "-s", self.office.folder / "redis.sock", "--user", user, "--pass", "", "--no-auth-warning"]
        done = subprocess.run([*command, *words], capture_output=True, text=True, timeout=30)
        return done.stdout.strip()

    def test_the_user_may_what_the_sources_use_and_nothing_else(self):
        known = {name.upper() for name in self.redis("command", "list").split()}
        files = [*(SOURCE / "libalert/src/redis").glob("*.lua"), *(SOURCE / "libalert/src/redis").glob("*.cpp")]
        files += [file for file in (SOURCE / "daemon").glob("*.cpp")]
        files = [file for file in files if file.name != "permissions.cpp"]
        literals = {word for file in files for word in re.findall(r"""["']([A-Z]{3,})["']""", file.read_text("utf-8"))}
        of_a_part = {"ACL": "acl|dryrun", "CONFIG": "config|get", "SCRIPT": "script|load"}
        # AUTH is everybody's; the other is the word of an error.
        used = {of_a_part.get(name, name.lower()) for name in (literals & known) | {"ACL"}} - {"auth", "readonly"}
        self.assertEqual(set(re.findall(r"\+(\S+)", USER_LINE)), used)
        asked = (SOURCE / "libalert/src/redis/permissions.cpp").read_text("utf-8").split("calls[]", 1)[1]
        asked = {of_a_part.get(name, name.lower()) for name in re.findall(r'"([A-Z]+)[ "]', asked.split("};", 1)[0])}
        self.assertEqual(asked, used - {"acl|dryrun"})

    def test_the_user_can_neither_destroy_nor_reconfigure_nor_read_what_is_anothers(self):
        self.redis("set", "another", "1")
        for words in (
            ("flushall",), ("config", "set", "appendfsync", "no"), ("get", "another"), ("del", "yuqing:{qingshan}:wake"),
            ("keys", "*"), ("shutdown", "nosave"), ("acl", "list"), ("eval", "return 1", "0"),
            ("script", "flush"), ("replicaof", "127.0.0.1", "1"), ("set", "yuqing", "1"),
        ):  # fmt: skip
            self.assertIn("NOPERM", self.redis(*words, user="yuqingd"), words)

    def lacks(self, change, cause, mend):
        """Rights are gone when the daemon comes; it says so, has written nothing, and goes on when they are back."""
        self.before = len(self.sink.received())
        self.redis(*change)
        self.redis("client", "kill", "type", "normal", "skipme", "yes")
        wait_for(lambda: self.http.status("/-/ready") == 503, "the daemon knows")
        cases = sorted(self.redis("keys", "yuqing:{qingshan}:case:*").split())
        client = self.office.client()
        told = detected(at=just_now())
        (answer,) = client.ask([told])
        self.assertEqual(answer["status"], "retry")
        wait_for(lambda: self.about_redis(over=False), "the outage is told")
        self.assertIn(cause, self.about_redis(over=False)[0].data["text"])
        self.assertEqual(sorted(self.redis("keys", "yuqing:{qingshan}:case:*").split()), cases)
        self.redis(*mend)
        self.assertEqual(client.tell(told)[0]["status"], "accepted")
        wait_for(lambda: self.about_redis(over=True), "its end is told")

    def about_redis(self, over):
        about = [got for got in self.sink.received()[self.before :] if (got.data.get("self") or {}).get("about") == "redis"]
        return [got for got in about if got.data["self"]["over"] == over]

    def test_one_command_less_is_told_by_name_and_nothing_is_left_half_done(self):
        # The commit writes the case before it comes to the stream.
        self.lacks(("acl", "setuser", "yuqingd", "-xadd"), "不能执行 'xadd'", ("acl", "setuser", "yuqingd", "+xadd"))

    def test_a_user_who_is_gone_is_told_and_taken_again(self):
        again = ("acl", "setuser", "yuqingd", "reset", *USER_LINE.split())
        self.lacks(("acl", "deluser", "yuqingd"), "Redis 用户名或密码不对", again)


