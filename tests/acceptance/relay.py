"""A mail relay on a free port, stricter than most: every line ends in CRLF, every command has its turn and waits
for the answer to the one before it. What was wrong is in `faults`, what it took in `mails`.

`answer`: a function from (command, what came with it) to a reply of its own; None is the usual one, "" hangs up. The
text of a mail is asked for as "TEXT"."""

import email
import email.policy
import re
import select
import socket
import socketserver
import sys
import threading
import traceback
from dataclasses import dataclass

from sink import Server
from waiting import BOUND, wait_for

COMMAND_BYTES_MAX = 512
LINE_BYTES_MAX = 1000
PATH = r"<[!-;=?-~]+@[!-;=?-~]+>"
COMMANDS = {  # what a command must look like, and what must have come before it
    "EHLO": (r"EHLO \[[0-9.]+\]", {"greeted"}),
    "MAIL": (rf"MAIL FROM:{PATH}", {"EHLO"}),
    "RCPT": (rf"RCPT TO:{PATH}", {"MAIL", "RCPT"}),
    "DATA": (r"DATA", {"RCPT"}),
    "QUIT": (r"QUIT", {"greeted", "EHLO", "MAIL", "RCPT", "TEXT"}),
}
REPLIES = {
    "EHLO": "250-relay.example\r\n250-SIZE 10240000\r\n250 8BITMIME",
    "DATA": "354 End data with <CR><LF>.<CR><LF>",
    "QUIT": "221 2.0.0 Bye",
}


@dataclass
class Mail:
    sender: str
    recipients: list
    raw: bytes

    @property
    def message(self):
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def id(self):
        return self.message["message-id"]

    @property
    def text(self):
        return self.message.get_content()


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        self.state, self.mail = "greeted", Mail("", [], b"")
        self.say("220 relay.example ESMTP")
        while True:
            line = self.line(COMMAND_BYTES_MAX)
            if line is None or not self.obey(line.decode("ascii", "backslashreplace")):
                return

    def obey(self, line):
        """Whether the talk goes on."""
        name = line[:4]
        form, after = COMMANDS.get(name, (r"(?!)", set()))
        if not re.fullmatch(form, line) or self.state not in after:
            self.fault(f"{line!r} after {self.state}")
            self.say("503 5.5.1 Bad command")
            return True
        reply = self.server.relay.answer(name, line)
        if reply == "":
            return False
        self.say(reply or REPLIES.get(name, "250 2.1.0 Ok"))
        if (reply or "2")[0] not in "23":
            return True
        self.state = name
        path = line[line.find("<") + 1 : -1]
        if name == "MAIL":
            self.mail = Mail(path, [], b"")
        elif name == "RCPT":
            self.mail.recipients.append(path)
        elif name == "DATA":
            return self.take_text()
        return name != "QUIT"

    def take_text(self):
        while (line := self.line(LINE_BYTES_MAX)) != b".":
            if line is None:
                return False
            self.mail.raw += (line[1:] if line.startswith(b".") else line) + b"\r\n"
        reply = self.server.relay.take(self.mail)
        if reply == "":
            return False
        self.state = "TEXT"
        self.say(reply or "250 2.0.0 Ok: queued")
        return True

    def line(self, bytes_max):
        line = self.rfile.readline(bytes_max + 1)
        if not line:
            return None
        if not line.endswith(b"\r\n") or b"\r" in line[:-2] or not line.isascii():
            self.fault(f"no line: {line[:80]!r}")
        return line.rstrip(b"\r\n")

    def say(self, reply):
        early = select.select([self.connection], [], [], 0)[0]
        if early and self.connection.recv(1, socket.MSG_PEEK):  # an end is no fault
            self.fault(f"more came before the answer {reply!r}")
        self.wfile.write(reply.encode() + b"\r\n")

    def fault(self, what):
        self.server.relay.faults.append(what)


class RelayServer(Server):
    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # a connection may break
            self.relay.faults.append(traceback.format_exc())


class Relay:
    def __init__(self):
        self.usual = lambda command, told: None
        self.answer = self.usual
        self.mails, self.faults = [], []
        self._lock = threading.Lock()
        self._server = RelayServer(("127.0.0.1", 0), Handler)
        self._server.relay = self
        self.port = self._server.server_address[1]
        self.url = f"smtp://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def take(self, mail):
        reply = self.answer("TEXT", mail)
        if not reply or reply[0] == "2":  # also when it hangs up: it has the mail and does not say so
            with self._lock:
                self.mails.append(mail)
        return reply

    def about(self, text):
        """The mails whose text holds it, in order of arrival."""
        with self._lock:
            return [mail for mail in self.mails if text in mail.text]

    def wait(self, text, count=1, seconds=BOUND):
        wait_for(lambda: len(self.about(text)) >= count, f"{count} mails about {text}", seconds)
        return self.about(text)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
