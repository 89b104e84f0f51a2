"""Reads CSV and XLSX back without the library that wrote them: bytes, zip and XML."""

import csv
import io
import re
import zipfile
from datetime import datetime, timedelta
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def read_csv(data):
    """Rows of texts; the form is checked on the way."""
    assert data.startswith(b"\xef\xbb\xbf"), "no BOM"
    text = data[3:].decode("utf-8")
    assert text.endswith("\r\n") and not re.search(r"(?<!\r)\n", text), "lines must end with CRLF"
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


class Sheet:
    def __init__(self, name, rows, links, formulas, frozen, filtered, widths):
        self.name, self.rows, self.links, self.formulas = name, rows, links, formulas
        self.frozen, self.filtered, self.widths = frozen, filtered, widths


def _text(node):
    """`_x000D_` stands for a character."""
    told = "".join(part.text or "" for part in node.iter(MAIN + "t"))
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), told)


def _column(reference):
    number = 0
    for letter in re.match(r"[A-Z]+", reference).group():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _date_formats(archive):
    """Which formats of cells are dates."""
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    codes = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(MAIN + "numFmt")}
    return [codes.get(xf.get("numFmtId"), "").startswith("yyyy") for xf in styles.find(MAIN + "cellXfs")]


def _cell(cell, shared, dates):
    kind, value = cell.get("t", "n"), cell.find(MAIN + "v")
    if kind == "s":
        return shared[int(value.text)]
    if kind == "inlineStr":
        return _text(cell.find(MAIN + "is"))
    if value is None:
        return None
    if dates[int(cell.get("s", 0))]:
        return (datetime(1899, 12, 30) + timedelta(seconds=round(float(value.text) * 86400))).strftime("%Y-%m-%d %H:%M:%S")
    return float(value.text)


def read_xlsx(data):
    """Sheets in their order; cells are None, text, numbers, dates as text."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    for name in archive.namelist():
        assert "vba" not in name.lower() and "external" not in name.lower(), name
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(archive.read(name))
    dates, shared = _date_formats(archive), []
    if "xl/sharedStrings.xml" in archive.namelist():
        root = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        shared = [_text(item) for item in root.findall(MAIN + "si")]
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    return [_sheet(archive, number, item.get("name"), shared, dates)
            for number, item in enumerate(book.find(MAIN + "sheets"), 1)]


def _sheet(archive, number, name, shared, dates):
    root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    rows, formulas = [], 0
    for row in root.find(MAIN + "sheetData"):
        cells = {}
        for cell in row:
            formulas += cell.find(MAIN + "f") is not None
            cells[_column(cell.get("r"))] = _cell(cell, shared, dates)
        rows.append([cells.get(i) for i in range(max(cells, default=-1) + 1)])
    relations = f"xl/worksheets/_rels/sheet{number}.xml.rels"
    targets = []
    if relations in archive.namelist():
        targets = [one.get("Target") for one in ElementTree.fromstring(archive.read(relations))]
    pane = root.find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane")
    columns = root.find(MAIN + "cols")
    return Sheet(name, rows, targets, formulas, pane is not None and pane.get("ySplit") == "1",
                 root.find(MAIN + "autoFilter") is not None, len(columns) if columns is not None else 0)
