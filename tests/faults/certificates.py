"""Certificates of an authority of the test's own, by openssl."""

import os
import ssl
import subprocess

from faulty_calls import FaultyCalls

MONTH_MS = 30 * 86_400_000
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def openssl(*words, **environment):
    command = ["openssl", *(str(word) for word in words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr


class Authority:
    def __init__(self, folder):
        self._folder = folder
        folder.mkdir()
        self.file, self._key = folder / "authority.pem", folder / "authority.key"
        openssl("req", "-x509", *KEY, "-keyout", self._key, "-out", self.file, "-subj", "/CN=authority", "-days", 90)

    def issue(self, name, host, expired=False):
        """What a server of that name needs to speak TLS as `host`."""
        key, request, file = (self._folder / f"{name}.{kind}" for kind in ("key", "csr", "pem"))
        openssl("req", "-new", *KEY, "-keyout", key, "-out", request, "-subj", f"/CN={host}")
        extension = self._folder / f"{name}.ext"
        extension.write_text(f"subjectAltName=DNS:{host}\n", encoding="ascii")
        past = FaultyCalls(self._folder)
        past.set(wall_offset_ms=-MONTH_MS)
        openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self._key, "-CAcreateserial", "-days", 7,
                "-extfile", extension, "-out", file, **(past.environment if expired else {}))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file, key)
        return context
