"""Debian's Chromium, driven over its DevTools pipe: just what a short look at a page needs."""

import itertools
import json
import os
import select
import shutil
import tempfile

from office import start, stop
from waiting import BOUND, wait_for

FLAGS = """--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --remote-debugging-pipe""".split()


class Chrome:
    def __init__(self, log, *flags):
        self.profile = tempfile.mkdtemp(prefix="yuqing-chrome-")
        asked, self._ask = os.pipe()
        self._hear, told = os.pipe()
        for end in (asked, told):
            os.set_inheritable(end, True)
        # Chromium reads commands from descriptor 3 and writes to 4.
        through = f'exec 3<&{asked} 4>&{told}; exec chromium "$@"'
        arguments = ["/bin/bash", "-c", through, "chromium", *FLAGS, *flags, f"--user-data-dir={self.profile}", "about:blank"]
        self.process = start(arguments, log, pass_fds=(asked, told))
        os.close(asked)
        os.close(told)
        self._numbers = itertools.count(1)
        self._heard = b""
        self.faults = []

    def call(self, method, session=None, **parameters):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._ask, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self._note(answer)

    def _message(self):
        while b"\0" not in self._heard:
            assert select.select([self._hear], [], [], BOUND)[0], "the browser says nothing"
            piece = os.read(self._hear, 1 << 20)
            assert piece, "the browser has ended"
            self._heard += piece
        message, _, self._heard = self._heard.partition(b"\0")
        return json.loads(message)

    def _note(self, told):
        """What a page must never do: fail, or show a dialog."""
        if told.get("method") == "Runtime.exceptionThrown":
            self.faults.append(told["params"]["exceptionDetails"])
        if told.get("method") == "Page.javascriptDialogOpening":
            self.faults.append(told["params"])
            message = {"id": next(self._numbers), "method": "Page.handleJavaScriptDialog", "params": {"accept": False}}
            os.write(self._ask, json.dumps({**message, "sessionId": told["sessionId"]}).encode() + b"\0")

    def page(self, url, width=1280, height=900, script=None):
        """`script` runs before the page's own ones."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
        for method, parameters in (
            ("Page.enable", {}),
            ("Runtime.enable", {}),
            ("Emulation.setDeviceMetricsOverride", size),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": script or ""}),
            ("Page.navigate", {"url": url}),
        ):
            self.call(method, session, **parameters)
        return Page(self, session)

    def close(self):
        stop(self.process)
        os.close(self._ask)
        os.close(self._hear)
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    def __init__(self, chrome, session):
        self._chrome, self._session = chrome, session

    def value(self, expression):
        """What the expression gives in the page; an error there is one here."""
        given = self._chrome.call("Runtime.evaluate", self._session, expression=expression, returnByValue=True)
        assert "exceptionDetails" not in given, given["exceptionDetails"]
        return given["result"].get("value")

    def wait(self, expression, what, bound=BOUND):
        return wait_for(lambda: self.value(expression), what, bound)

    def click(self, selector):
        self.wait(f"!!document.querySelector({json.dumps(selector)})", f"there is {selector}")
        self.value(f"document.querySelector({json.dumps(selector)}).click()")

    def fill(self, form, **values):
        for name, value in values.items():
            self.value(f"document.querySelector({json.dumps(form)}).elements[{json.dumps(name)}].value = {json.dumps(value)}")

    def freeze(self):
        """From its next statement on it does nothing, as a tab that nobody looked at for long."""
        self._chrome.call("Debugger.enable", self._session)
        self._chrome.call("Debugger.pause", self._session)

    def wake(self):
        self._chrome.call("Debugger.disable", self._session)

    def close(self):
        self._chrome.call("Page.close", self._session)
