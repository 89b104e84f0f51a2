"""The duty board in Debian's Chromium: an office, and board.js that drives the page by Playwright.

    browser.py BUILD MODULES [SCREENSHOTS]      MODULES: the folder with node_modules

board.js asks for what only whoever started the office can do, a line of JSON each; an empty line is the answer."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
os.environ["YUQING_BUILD"] = os.path.abspath(sys.argv[1])
sys.path.insert(0, str(HERE.parent / "acceptance"))

from hostile_titles import titles  # noqa: E402
from office import Office  # noqa: E402
from office_case import add_quick_class  # noqa: E402

QUICK_DUE = "15s"


def encodable(text):
    """Not every hostile title is a text; those that are none have tests of their own."""
    try:
        text.encode()
        return True
    except UnicodeEncodeError:
        return False


def serve(office, driver):
    """Does what board.js asks for until it ends; gives its exit status."""
    deeds = {"kill_daemon": office.kill_daemon, "start_daemon": office.start_daemon, "kill_redis": office.kill_redis,
             "start_redis": office.start_redis}  # fmt: skip
    for line in driver.stdout:
        if line.startswith('{"do":'):
            deeds[json.loads(line)["do"]]()
            driver.stdin.write("\n")
            driver.stdin.flush()
        else:
            print(line, end="", flush=True)
    return driver.wait()


def main(modules, pictures):
    office = Office(prefix="browser", adapt=lambda config: add_quick_class(config, QUICK_DUE))
    try:
        office.open()
        settings = {
            "url": f"http://127.0.0.1:{office.http.port}/",
            "modules": os.path.abspath(modules),
            "pictures": os.path.abspath(pictures),
            "titles": [title for title in titles() if encodable(title)],
            "quick_seconds": int(QUICK_DUE[:-1]),
        }
        file = office.folder / "settings.json"
        file.write_text(json.dumps(settings), encoding="utf-8")
        driver = subprocess.Popen(
            ["node", HERE / "board.js", file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return serve(office, driver)
    finally:
        office.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scrap:
        sys.exit(main(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else scrap))
