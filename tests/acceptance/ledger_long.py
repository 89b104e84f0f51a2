"""`test_ledger.py` over 3,000 matters, the spreadsheet through LibreOffice as well, and how long a report takes
beside other work: run by `tests/run --long ledger`. LEDGER_MATTERS changes the number."""

import csv
import os
import subprocess
import threading
import time

import test_ledger
from ledger_month import BEGIN, Month
from office_case import OfficeCase
from test_ledger import checked, tell_history

MATTERS = int(os.environ.get("LEDGER_MATTERS", "3000"))
CSV_OF_ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


class ThreeThousand(OfficeCase):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.events = Month(MATTERS).events
        cls.recorded = {}
        begun = time.monotonic()
        cls.now = tell_history(cls.office, cls.events, cls.recorded)
        print(f"\n{len(cls.events)} events of {MATTERS} matters told in {time.monotonic() - begun:.1f} s")

    def test_every_cell_is_what_the_facts_come_to_and_libreoffice_reads_the_same(self):
        check, titles = checked(self, self.office, self.events, self.recorded, self.now)
        file = self.office.folder / "ledger.xlsx"
        file.write_bytes(check.get("ledger", format="xlsx").body)
        done = subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{self.office.folder}/office", "--headless", "--convert-to",
             CSV_OF_ALL_SHEETS, "--outdir", str(self.office.folder / "read"), str(file)],
            capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name, cases in (("网络舆情台账", check.live), ("不予受理和合并", check.apart)):
            with open(self.office.folder / "read" / f"ledger-{name}.csv", encoding="utf-8", newline="") as read:
                head, *rows = csv.reader(read)
            self.assertEqual(head, titles)
            self.assertEqual(len(rows), len(cases))
            for number, (row, case) in enumerate(zip(rows, cases), 1):
                wanted = ["" if c is None else str(c) for c in check.wanted_cells(case, number)]
                self.assertEqual(row, wanted, case.id)
        cells = len(titles) * (len(check.live) + len(check.apart))
        print(f"{len(check.live)} and {len(check.apart)} rows, {cells} cells equal in JSON, CSV, XLSX and LibreOffice")

    def test_a_report_takes_seconds_and_holds_up_nobody(self):
        period = f"from={test_ledger.BEGIN_TEXT}&to={test_ledger.END_TEXT}"
        for kind, form in (("ledger", "json"), ("ledger", "csv"), ("ledger", "xlsx"), ("assessment", "json"), ("assessment", "html")):
            answers, waits = [], []
            begun = time.monotonic()
            asking = threading.Thread(
                target=lambda: answers.append(self.http.get(f"/api/v1/{kind}?{period}&format={form}")))
            asking.start()
            while asking.is_alive():
                asked = time.monotonic()
                self.assertEqual(self.http.status("/-/healthy"), 200)
                waits.append(time.monotonic() - asked)
            took = time.monotonic() - begun
            print(f"{kind} as {form}: {len(answers[0].body):,} bytes in {took:.2f} s; meanwhile {len(waits)} other requests, "
                  f"the slowest answered after {max(waits) * 1000:.0f} ms")
            self.assertEqual(answers[0].status, 200)
            self.assertLess(took, 30)
            self.assertLess(max(waits), 0.5)


assert BEGIN < test_ledger.END
