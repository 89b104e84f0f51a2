"""Matters whose statutory deadline falls within the next seconds by their own times; some are answered in time."""

import json
import random
import threading
import time

from client import HOUR, Ingest, detected, encode, event, millis, published

IN_FLIGHT_MAX = 64
RESENT_AFTER = 1.5
DUE_WITHIN = (1.0, 5.0)  # seconds after it is told
ANSWERED_IN_TIME = 0.2  # of all cases
ACKNOWLEDGED = 0.5
BATCHES = 0.2  # of all messages: several events in one
HOURS = {False: 48, True: 5}


class Load(threading.Thread):
    """Tells events until stopped, sends again what is not answered, and keeps what was accepted."""

    def __init__(self, office, seed, events_per_second=40):
        super().__init__(daemon=True)
        self.office = office
        self.events_per_second = events_per_second
        self.random = random.Random(seed)
        self.accepted = {}  # (source, id) -> event
        self.refused = []
        self.resent = 0
        self.cases = {}  # case -> is an emergency
        self.spoilt = set()  # cases that a test has damaged: nothing is owed of them
        self.due = {}  # case -> when its statutory obligation ends, by the rules and not by the daemon
        self.detections = {}  # case -> (source, id) of what opens it
        self.answered_at = {}  # (source, id) -> when it was accepted
        self.acknowledged = set()
        self.answered_in_time = set()  # cases with a publication before due
        self._waiting = {}  # (source, id) -> [event, when to send again]
        self._ending = threading.Event()

    def run(self):
        client = Ingest(self.office.endpoint)
        try:
            self._tell(client)
        finally:
            client.close()

    def _tell(self, client):
        following = time.monotonic()
        while not self._ending.is_set() or self._waiting:
            now = time.monotonic()
            if not self._ending.is_set() and now >= following and len(self._waiting) < IN_FLIGHT_MAX:
                events = self._new_matter()
                following = max(following, now - 1) + len(events) / self.events_per_second
                for one in events:
                    self._waiting[one["source"], one["id"]] = [one, now + RESENT_AFTER]
                self._send(client, events)
            self._send_again(client, now)
            if client.socket.poll(10):
                self._take(client)

    def _new_matter(self):
        pick = self.random
        case, emergency = f"K-{len(self.cases):06}", pick.random() < 0.3
        self.due[case] = millis(time.time() + pick.uniform(*DUE_WITHIN))
        begin = self.due[case] - HOURS[emergency] * HOUR
        grade = (
            {"incident_grade": pick.choice(["major", "extreme"])}
            if emergency
            else {"opinion_level": pick.choice(["red", "blue"])}
        )
        self.cases[case] = emergency
        events = [detected(case, begin, source=f"monitor-{pick.randint(1, 3)}", field="安全生产", **grade)]
        self.detections[case] = events[0]["source"], events[0]["id"]
        if pick.random() < ACKNOWLEDGED:
            self.acknowledged.add(case)
            events.append(event("case.acknowledged", case, by="张三"))
        if pick.random() < ANSWERED_IN_TIME:
            self.answered_in_time.add(case)
            events.append(published(case, begin + HOUR, kind="authoritative_release"))
        return events

    def _send(self, client, events):
        if self.random.random() < BATCHES:
            client.socket.send_multipart([encode(one) for one in events])
        else:
            for one in events:
                client.socket.send(encode(one))

    def _send_again(self, client, now):
        for entry in list(self._waiting.values()):
            if now >= entry[1]:
                entry[1] = now + RESENT_AFTER
                self.resent += 1
                client.socket.send(encode(entry[0]))

    def _take(self, client):
        while client.socket.poll(0):
            for frame in client.socket.recv_multipart():
                answer = json.loads(frame)
                key = answer["source"], answer["id"]
                if answer["status"] in ("accepted", "duplicate"):
                    if key in self._waiting:
                        self.accepted[key] = self._waiting.pop(key)[0]
                        self.answered_at[key] = time.time()
                elif answer["status"] == "rejected" and (answer["error"]["code"] != "unknown_case"):
                    self.refused.append(answer)
                    self._waiting.pop(key, None)
                # retry, or its case is not there yet: it goes again in its time

    def stop(self, bound):
        self._ending.set()
        self.join(bound)
        return not self.is_alive()
