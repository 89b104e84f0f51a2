"""Many tabs of one browser on the duty board: they share one stream, with TLS or without, and whoever holds it may go.

A browser opens six connections to a server: with a stream in each tab the sixth could do nothing, and a seventh not load."""

import json

from chrome import Chrome
from client import detected, just_now
from office_case import OfficeCase
from token_office import TokenOffice
from waiting import wait_for

TABS = 8
# Counts the streams that a tab holds; in place before the page's own scripts.
COUNT_STREAMS = """window.streams = 0; {
    const ask = fetch;
    window.fetch = (path, options) => {
        if (path.endsWith('/stream')) {
            window.streams += 1;
            options.signal.addEventListener('abort', () => { window.streams -= 1; });
        }
        return ask(path, options);
    };
}"""
LISTED = """!!document.querySelector('#matters a[href="#/%s"]')"""


class Tabs(OfficeCase):
    kind = TokenOffice

    def setUp(self):
        # Not by its address: a name without TLS is what most offices have, and no secure context.
        self.chrome = Chrome(self.office._log, "--host-resolver-rules=MAP yuqing.test 127.0.0.1")
        self.addCleanup(self.chrome.close)

    def open(self, host, role="operator", query=""):
        shown = f"sessionStorage.setItem('token', {json.dumps(self.office.token_of(role))});"
        return self.chrome.page(f"http://{host}:{self.http.port}/{query}", script=COUNT_STREAMS + shown)

    def open_all(self, host, **more):
        tabs = [self.open(host, **more) for _ in range(TABS)]
        for tab in tabs:
            tab.wait("document.querySelector('#office')?.textContent === 'qingshan'", "the board has loaded")
        return tabs

    def wait_for_one_leader(self, tabs):
        wait_for(lambda: sum(tab.value("streams") for tab in tabs) == 1, "one stream for all", 30)
        return next(tab for tab in tabs if tab.value("streams") == 1)

    def tell_all(self, tabs, case):
        self.office.tell(detected(case, just_now()))
        for tab in tabs:
            tab.wait(LISTED % case, f"{case} is in every tab", 30)

    def act_in(self, tab, case):
        tab.value(f"location.hash = '#/{case}'")
        tab.click("#act-note")
        tab.fill("form.act", by="王五", text="看到")
        tab.click("form.act button[type=submit]")
        tab.wait("!!document.querySelector('.saved')", "a tab can act")

    def check_tabs(self, host, name):
        tabs = self.open_all(host)
        self.wait_for_one_leader(tabs)
        self.tell_all(tabs, f"{name}-1")
        for tab in tabs:
            self.act_in(tab, f"{name}-1")
        leader = self.wait_for_one_leader(tabs)
        tabs.remove(leader)
        leader.close()
        self.wait_for_one_leader(tabs)
        self.tell_all(tabs, f"{name}-2")
        return tabs

    def test_eight_tabs_share_one_stream_and_another_takes_over_when_its_tab_is_closed(self):
        self.check_tabs("127.0.0.1", "NEAR")

    def test_so_they_do_without_tls(self):
        tabs = self.check_tabs("yuqing.test", "PLAIN")
        self.assertFalse(tabs[0].value("isSecureContext"))

    def test_a_frozen_leader_is_replaced_and_follows_when_it_wakes(self):
        tabs = self.open_all("yuqing.test")
        leader = self.wait_for_one_leader(tabs)
        tabs.remove(leader)
        leader.freeze()
        self.wait_for_one_leader(tabs)
        self.tell_all(tabs, "ASLEEP-1")
        leader.wake()
        self.assertIsNot(self.wait_for_one_leader([leader, *tabs]), leader)
        self.tell_all([leader, *tabs], "AWAKE-1")

    def test_a_tab_of_another_token_has_a_stream_of_its_own(self):
        tabs = [self.open("yuqing.test"), self.open("yuqing.test", "viewer")]
        self.tell_all(tabs, "OTHER-1")
        self.assertEqual([tab.value("streams") for tab in tabs], [1, 1])

    def test_when_the_daemon_was_away_all_tabs_say_so_and_come_back(self):
        tabs = self.open_all("yuqing.test")
        self.tell_all(tabs, "GONE-1")
        self.office.kill_daemon()
        for tab in tabs:
            tab.wait("document.querySelector('#away').innerText.includes('失去联系')", "every tab says so", 30)
        self.office.start_daemon()
        for tab in tabs:
            tab.wait("!document.querySelector('#away').checkVisibility()", "every tab is back", 60)
        self.wait_for_one_leader(tabs)
        self.tell_all(tabs, "GONE-2")
