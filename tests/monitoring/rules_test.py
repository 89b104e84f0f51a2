"""What is known of rules and dashboards without a daemon: promtool takes them, every rule has its test and every alert
its section of the runbook, every query reads, no panel lies over another, and all is said in Chinese first."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "acceptance"))

import dashboards  # noqa: E402
from prometheus import RULES, SHIPPED, alert_names, changed, recorded_names  # noqa: E402

CHINESE = re.compile("[\u4e00-\u9fff]")
METRIC = r"\b(?:[a-z_]+:)?(?:yuqing|process)_\w+(?::\w+)?"
FIRES = re.compile(
    r"alertname=~?\"([^\"]+)\"[^\n]*(?:\n +eval_time[^\n]*)?(?:\n +exp_samples:\n|[^\n]*exp_samples: \[\{)"
)
SILENT = re.compile(r"alertname=~?\"([^\"]+)\"[^\n]*exp_samples: \[\]")
ALERTING = ("alerting_test.yml", "alerting_hours_test.yml")
GRID = 24
BOUND = 300  # generous: the machine may be busy


def promtool(*arguments):
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=BOUND, cwd=HERE)
    return done.returncode, done.stdout + done.stderr


class Rules(unittest.TestCase):
    def test_the_configuration_with_its_rules_is_taken(self):
        with tempfile.TemporaryDirectory() as folder:
            config = (SHIPPED / "prometheus.yml").read_text(encoding="utf-8")
            Path(folder, "prometheus.yml").write_text(
                changed(config, "/usr/share/yuqingd/prometheus", str(SHIPPED)), encoding="utf-8"
            )
            status, said = promtool("check", "config", f"{folder}/prometheus.yml")
        self.assertEqual(status, 0, said)
        self.assertIn(f"{len(alert_names())} rules found", said)
        self.assertIn(f"{len(recorded_names())} rules found", said)

    def test_every_rule_does_what_its_test_says(self):
        status, said = promtool("test", "rules", "recording_test.yml", *ALERTING)
        self.assertEqual(status, 0, said)

    def test_every_rule_is_tested(self):
        recorded = (HERE / "recording_test.yml").read_text(encoding="utf-8")
        self.assertEqual([name for name in recorded_names() if name not in recorded], [])
        alerting = "".join((HERE / name).read_text(encoding="utf-8") for name in ALERTING)
        fires, silent = FIRES.findall(alerting), SILENT.findall(alerting)
        for name in alert_names():
            with self.subTest(name):
                self.assertTrue(any(re.fullmatch(one, name) for one in fires), "no test in which it fires")
                self.assertTrue(any(re.fullmatch(one, name) for one in silent), "no test in which it is silent")

    def test_every_alert_is_told_in_both_languages_and_leads_to_its_section(self):
        text = (SHIPPED / "alerting.rules.yml").read_text(encoding="utf-8")
        sections = (SHIPPED / "README.md").read_text(encoding="utf-8").split("\n## ")
        runbook = {section.split("\n")[0]: section for section in sections}
        for rule in text.split("- alert: ")[1:]:
            name = rule.split("\n")[0]
            with self.subTest(name):
                self.assertRegex(rule, r"severity: (critical|warning|info), audience: (duty|admin)\}")
                self.assertRegex(re.search(r"summary: (.*)", rule).group(1), CHINESE)
                description = re.search(r"description: \|\n((?: {12}.*\n)+)", rule).group(1)
                self.assertRegex(description.splitlines()[0], CHINESE)
                self.assertRegex(description.splitlines()[-1], r"^ +[A-Za-z:]")
                self.assertIn(f"README.md#{name.lower()}\n", rule)
                self.assertRegex(runbook[name], CHINESE)
                self.assertGreater(len(re.findall(r"[a-z]{2,} [a-z]{2,}", runbook[name])), 1, "no English")
        self.assertEqual(set(alert_names()) - runbook.keys(), set())
        self.assertEqual({name for name in runbook if name.startswith("Yuqing")} - set(alert_names()), set())


class Dashboards(unittest.TestCase):
    def test_every_query_reads_and_asks_for_what_there_is(self):
        queries = dashboards.all_queries()
        rules = [{"record": f"panel:{n}", "expr": query.sent} for n, query in enumerate(queries)]
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "panels.yml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
            status, said = promtool("check", "rules", f"{folder}/panels.yml")
        self.assertEqual(status, 0, said)
        sources = Path(__file__).resolve().parents[2] / "daemon"
        declared = {
            name
            for file in ("metrics.cpp", "process_metrics.cpp")
            for name in re.findall(r'"((?:yuqing|process)_[a-z_]+)"', (sources / file).read_text(encoding="utf-8"))
        } | set(recorded_names())
        texts = [query.expression for query in queries]
        texts += [(SHIPPED / name).read_text(encoding="utf-8") for name in RULES]
        for name in {name for text in texts for name in re.findall(METRIC, text)}:
            base = name if name in declared else re.sub("_(bucket|sum|count)$", "", name)
            self.assertIn(base, declared)

    def test_no_panel_lies_over_another_and_each_has_its_number(self):
        for name in dashboards.NAMES:
            every = dashboards.load(name)["panels"]
            self.assertEqual(len({panel["id"] for panel in every}), len(every))
            taken = {}
            for panel in every:
                at = panel["gridPos"]
                self.assertLessEqual(at["x"] + at["w"], GRID)
                columns, rows = range(at["x"], at["x"] + at["w"]), range(at["y"], at["y"] + at["h"])
                for cell in ((x, y) for x in columns for y in rows):
                    self.assertNotIn(cell, taken)
                    taken[cell] = panel["title"]

    def test_titles_are_chinese_and_every_panel_explains_itself_in_both_languages(self):
        for name in dashboards.NAMES:
            dashboard = dashboards.load(name)
            for one in (dashboard, *dashboards.panels(dashboard)):
                with self.subTest(f"{name} / {one['title']}"):
                    self.assertTrue(CHINESE.search(one["title"]) or one["title"] == "Redis", "a Chinese title")
                    self.assertRegex(one["description"], CHINESE)
                    self.assertRegex(one["description"], r"[A-Z][a-z]+[^\u4e00-\u9fff]+\.$", "English at the end")

    def test_each_asks_the_chosen_data_source_for_the_chosen_jurisdiction(self):
        for query in dashboards.all_queries():
            with self.subTest(str(query)):
                asked = re.findall(METRIC + r"|\bup\b|\bALERTS(?=\{alertname=~)", query.expression)
                chosen = query.expression.count('jurisdiction=~"$jurisdiction"')
                self.assertEqual(chosen, len(asked), query.expression)
        for name in dashboards.NAMES:
            for panel in dashboards.panels(dashboards.load(name)):
                sources = {one["datasource"]["uid"] for one in (panel, *panel["targets"])}
                self.assertEqual(sources, {"${datasource}"}, panel["title"])

    def test_the_dashboards_lead_to_each_other(self):
        uids = {f"/d/{dashboards.load(name)['uid']}" for name in dashboards.NAMES}
        for name in dashboards.NAMES:
            dashboard = dashboards.load(name)
            self.assertEqual({link["url"] for link in dashboard["links"]} | {f"/d/{dashboard['uid']}"}, uids)


if __name__ == "__main__":
    unittest.main()
