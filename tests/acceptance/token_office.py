"""An office that wants tokens over HTTP, with one of each role, made as an administrator makes them."""

import subprocess

from office import BUILD, Office

ROLES = ("monitor", "viewer", "operator", "supervisor", "admin")


def _with_tokens(config):
    (config / "tokens.yaml").write_text("tokens: []\n", encoding="utf-8")
    file = config / "yuqingd.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("public_url:", "tokens: tokens.yaml, public_url:", 1), encoding="utf-8")


class TokenOffice(Office):
    def __init__(self, **arguments):
        super().__init__(adapt=_with_tokens, **arguments)
        self.config = self.config_file.parent
        self.tokens_file = self.config / "tokens.yaml"
        for role in ROLES:
            self.make(role)

    def ctl_as(self, token, *words):
        """What yuqingctl came to with that token, or with none."""
        where = ["--url", f"http://127.0.0.1:{self.http.port}"]
        file = ["--token-file", self.config / f"{token}.token"] if token else []
        return subprocess.run(
            [BUILD / "bin" / "yuqingctl", *words, *where, *file], capture_output=True, text=True, timeout=60
        )

    def make(self, role, name=None, *more):
        name = name or role
        done = self.ctl_as(
            None, "token", "--name", f"人员 {name}", "--role", role,
            "--output", self.config / f"{name}.token", "--tokens", self.tokens_file, *more,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def token_of(self, name):
        return (self.config / f"{name}.token").read_text(encoding="utf-8").strip()

    def revoke(self, name):
        kept = [line for line in self.tokens_file.read_text(encoding="utf-8").splitlines(True) if name not in line]
        self.tokens_file.write_text("".join(kept), encoding="utf-8")
        self.reload()

    def reload(self):
        done = self.ctl_as("admin", "reload")
        assert done.returncode == 0, done.stderr

    def ask(self, method, path, token=None, body=None):
        return self.http.ask(method, path, body, {"Authorization": "Bearer " + self.token_of(token)} if token else {})
