"""An office on a Redis service of three: what is answered outlives its master, and redis-switch changes it without loss."""

import json
import re
import socketserver
import subprocess
import threading
import unittest

from client import detected, just_now
from load import Load
from office import BUILD, Office
from office_case import OfficeCase
from oracle import Oracle
from service import ServiceOffice
from waiting import holds_for, wait_for

ALL_TOLD_WITHIN = 60.0


class ServiceCase(OfficeCase):
    kind = ServiceOffice

    @property
    def service(self):
        return self.office.service

    def setUp(self):
        self.service.wait_whole()
        wait_for(lambda: self.http.status("/-/ready") == 200, "the daemon is ready", 30)

    def under_load(self, change):
        """What the change gives, made while events come; nothing that was answered is lost, or told twice. Once a class:
        the matters have the same names."""
        load = Load(self.office, self.id(), events_per_second=20)
        load.start()
        try:
            wait_for(lambda: len(load.accepted) > 20, "events are answered")
            given = change()
            after = len(load.accepted)
            wait_for(lambda: len(load.accepted) > after + 20, "events are answered again", 60)
        finally:
            ended = load.stop(60)
        self.assertTrue(ended, "some events were never answered")
        oracle = Oracle(self.office, load)
        wait_for(lambda: oracle.owed() <= oracle.told(), "all that is owed is told", ALL_TOLD_WITHIN)
        self.assertEqual(oracle.lost()[0], [])
        self.assertEqual(oracle.under_two_ids(), {})
        return given

    def switch(self, *words, config=None):
        file = config or self.office.config_file
        command = [BUILD / "bin" / "yuqingctl", "redis-switch", "--config", file, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)

    def is_writable(self):
        return self.service.master.ask("SET", "free", "1") == "OK"


class PlannedFailover(ServiceCase):
    def test_redis_switch_makes_another_one_the_master_and_loses_nothing(self):
        old = self.service.master
        done = self.under_load(self.switch)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, rf"已切换：{re.escape(old.address)} -> .*，停写 [0-9.]+ 秒，没有丢失数据")
        self.service.wait_moved(old)
        wait_for(lambda: old.info()["role"] == "slave", "the old master follows")

    def test_redis_switch_tells_programs_what_it_did(self):
        old = self.service.master
        done = self.switch("--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(told["from"], old.address)
        self.assertEqual(told["to"], self.service.wait_moved(old).address)
        self.assertLess(told["paused_ms"], 30_000)

    def test_redis_switch_needs_nothing_of_the_configuration_but_redis(self):
        file = self.office.folder / "config" / "spoilt.yaml"
        text = self.office.config_file.read_text(encoding="utf-8")
        text = text.replace("policy: policy.yaml", "policy: missing.yaml")
        text = text.replace("public_url:", "link_key_file: '${CREDENTIALS_DIRECTORY}/link.key', public_url:", 1)
        file.write_text(text, encoding="utf-8")
        old = self.service.master
        done = self.switch(config=file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.service.wait_moved(old)
        spoilt = re.sub(r"service: \S+?,", "", text, count=1)
        self.assertNotEqual(spoilt, text)
        file.write_text(spoilt, encoding="utf-8")
        done = self.switch(config=file)
        self.assertEqual(done.returncode, 2)
        self.assertIn("redis 中缺少配置项“service”", done.stderr)

    def test_redis_switch_touches_nothing_when_no_replica_keeps_up(self):
        """They hang; the sentinels know of it, or do not know yet."""
        old, replicas = self.service.master, self.service.replicas
        for replica in replicas:
            replica.freeze()
        try:
            done = self.switch()
        finally:
            for replica in replicas:
                replica.thaw()
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stderr, "从库 [0-9.:]+ 没有应答，未切换：限时内没有应答|没有可用的从库，未切换：.*没有应答")
        self.assertNotIn("暂停", done.stdout)
        self.assertIs(self.service.master, old)
        wait_for(self.is_writable, "writes go on")

    def test_redis_switch_says_which_right_its_account_lacks_before_it_touches_anything(self):
        for node in self.service.nodes:
            node.ask("ACL", "SETUSER", "keeper", "on", "nopass", "+@all", "-replicaof", "~*", "&*")
        done = self.switch("--user", "keeper", "--lang", "en")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"Redis {self.service.master.address} does not let this account run replicaof", done.stderr)
        self.assertIn("ACL SETUSER", done.stderr)
        wait_for(self.is_writable, "writes go on")

    def test_redis_switch_says_whose_password_is_wrong(self):
        for node in self.service.nodes:
            node.ask("ACL", "SETUSER", "keeper", "on", ">right", "+@all", "~*", "&*")
        wrong = self.office.folder / "wrong.password"
        wrong.write_text("wrong\n", encoding="utf-8")
        done = self.switch("--user", "keeper", "--password-file", wrong)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"Redis {self.service.master.address} 不接受所用账户或口令，未切换（WRONGPASS", done.stderr)
        for sentinel in self.service.sentinels:
            sentinel.ask("ACL", "SETUSER", "default", "resetpass", ">theirs")
        try:
            done = self.switch()
        finally:
            for sentinel in self.service.sentinels:
                sentinel.ask("--no-auth-warning", "-a", "theirs", "ACL", "SETUSER", "default", "nopass")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "哨兵 [0-9.:]+ 要求口令，或口令不对，未切换.*redis.sentinel_password_file")

    def test_redis_switch_says_that_the_sentinels_know_no_such_service(self):
        other = self.office.config_file.with_name("other-service.yaml")
        text = self.office.config_file.read_text(encoding="utf-8")
        other.write_text(text.replace("service: yuqing,", "service: other,"), encoding="utf-8")
        done = self.switch(config=other)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "哨兵 [0-9.:]+ 不认识服务“other”，未切换.*sentinel monitor")

    def test_redis_switch_names_replicas_that_may_never_be_chosen(self):
        replicas = self.service.replicas
        known = lambda: self.service.sentinels[0].ask("SENTINEL", "REPLICAS", "yuqing").split("slave-priority\n")[1:]
        try:
            for replica in replicas:
                replica.ask("CONFIG", "SET", "replica-priority", "0")
            wait_for(lambda: all(one.startswith("0\n") for one in known()), "the sentinels have seen it", 40)
            done = self.switch()
        finally:
            for replica in replicas:
                replica.ask("CONFIG", "SET", "replica-priority", "100")
        self.assertEqual(done.returncode, 1, done.stdout)
        for replica in replicas:
            self.assertIn(f"{replica.address} replica-priority 为 0，不会被选为主库", done.stderr)
        wait_for(lambda: all(one.startswith("100\n") for one in known()), "they may be chosen again", 40)

    def test_redis_switch_says_that_no_sentinel_answers(self):
        for sentinel in self.service.sentinels:
            sentinel.stop()
        try:
            done = self.switch()
        finally:
            self.service.start()
        self.assertEqual(done.returncode, 3)
        self.assertIn("没有哨兵应答，未切换：", done.stderr)
        self.assertIn(f"{self.service.sentinels[0].address} 连接被拒绝", done.stderr)


class UnplannedFailover(ServiceCase):
    def test_a_master_that_dies_takes_nothing_with_it_that_was_answered(self):
        old = self.service.master
        self.under_load(lambda: (old.stop(), self.service.wait_moved(old)))
        old.start(self.service.log)

    def test_an_event_that_no_replica_has_is_not_answered_as_accepted_nor_as_known(self):
        client = self.office.client()
        hits = self.http.metric("yuqing_limit_hits_total", limit="redis_replica_timeout")
        told = detected(at=just_now())
        replicas = self.service.replicas
        for replica in replicas:
            replica.freeze()
        try:
            self.assertEqual(client.ask([told])[0]["status"], "retry")
            wait_for(lambda: self.http.status("/-/ready") == 503, "not ready")
            holds_for(1.5, lambda: client.ask([told])[0]["status"] == "retry", "it is asked for again")
        finally:
            for replica in replicas:
                replica.thaw()
        self.assertIn(client.tell(told, bound=60)[0]["status"], ("accepted", "duplicate"))
        self.assertGreater(self.http.metric("yuqing_limit_hits_total", limit="redis_replica_timeout"), hits)


class FailoverByHand(ServiceCase):
    arguments = {"settings": "journal: {dir: journal}"}

    def test_what_it_throws_away_is_told_again_from_the_journal(self):
        self.under_load(self.service.fail_over)


class Journal(ServiceCase):
    arguments = {"settings": "journal: {dir: journal}"}

    def test_a_service_that_was_emptied_is_told_again(self):
        self.under_load(lambda: self.service.master.ask("FLUSHALL"))

    def test_without_replicas_events_are_taken_into_the_journal(self):
        replicas = self.service.replicas
        for replica in replicas:
            replica.freeze()
        try:
            wait_for(lambda: self.http.status("/-/ready") == 503, "not ready", 30)
            (answer,) = self.office.client().ask([detected(at=just_now())])
        finally:
            for replica in replicas:
                replica.thaw()
        self.assertEqual((answer["status"], answer.get("degraded")), ("accepted", True))
        wait_for(lambda: self.http.get(f"/api/v1/cases/{answer['case']}").status == 200, "Redis was told", 60)


class SteeringSentinel(socketserver.ThreadingTCPServer):
    """Answers whatever it is asked with what would clear a screen, name a window and fill a page."""

    daemon_threads = True
    words = b"-ERR \x1b[2J\x07\x1b]0;all is well\x07" + b"x" * 5000 + b"\r\n"

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            try:
                while asked := self.request.recv(65536):
                    self.request.sendall(SteeringSentinel.words * asked.count(b"SENTINEL\r\n"))
            except OSError:  # the daemon went away
                pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class HostileSentinel(unittest.TestCase):
    def adapt(self, config):
        file = config / "yuqingd.yaml"
        place = f"127.0.0.1:{self.sentinel.server_address[1]}"
        redis = f"redis: {{sentinels: ['{place}'], service: yuqing, user: yuqingd, durability: always}}"
        file.write_text(re.sub("(?m)^redis:.*$", redis, file.read_text(encoding="utf-8")), encoding="utf-8")

    def test_what_a_sentinel_says_steers_nothing_that_people_read(self):
        self.sentinel = SteeringSentinel()
        self.addCleanup(self.sentinel.close)
        office = Office(prefix="steered", settings="self: {redis_after: 2s, look_every: 1s}", adapt=self.adapt)
        self.addCleanup(office.close)
        office.launch()

        def reason():
            return office.http.get("/-/ready").body.decode() if office.http.status("/-/ready") == 503 else ""

        wait_for(lambda: "does not know the service" in reason(), "why it is not ready", 60)
        notice = office.sink.wait(60, reason="self", channel="duty-group").data
        for text in (reason().strip(), notice["text"], notice["title"]):
            self.assertNotRegex(text.replace("\n", ""), r"[\x00-\x1f\x7f-\x9f]")
            self.assertLess(text.count("x" * 50), 10)
        self.assertIn("ERR [2J]0;all is wellxxx", reason())
