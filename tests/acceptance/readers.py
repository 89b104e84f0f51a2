"""What a receiver makes of a message, format by format, by parsers that are not ours: the shape without the words, and
the words. Two messages of one kind have one shape, whatever people wrote in the titles: more in it was written by them."""

import html.parser
import re
import unicodedata
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from markdown_it import MarkdownIt

# Everything any dialect knows: tables, strike-through, HTML, and links that are merely written down.
MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": True, "breaks": True})
# What begins or ends mark-up, a mention or a link in one dialect or another.
MARKS = re.compile(r"[@<>\[\](){}*_~`#|\\&$]|//|^\s*([-+=]|\d{1,9}\.(\s|$))|(?<=\w)\.(?=[^\W\d_])", re.M)
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PILE = re.compile("M{5}")
IDS = r"HOST-\d+|\?t=[\w.~-]+|\b[0-9a-f]{32}\b|\b[0-9a-f]{16}\b"
TIMES = r"剩余[^ （）；\n]*|20\d\d-[\dT:.+-]+|\b\d{10,13}\b"
VOLATILE = re.compile(IDS + "|" + TIMES)
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def level(text):
    """Without what differs from message to message: ids, tokens, times."""
    return VOLATILE.sub("~", text)


def steering(text):
    """Characters that steer what shows a text, or are none."""
    bad = {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or DIRECTION.match(c)}
    return [f"U+{ord(c):04X}" for c in sorted(bad)]


def hidden(text):
    """Characters that are not there to be read, and piles of marks that cover the lines around."""
    bad = {c for c in text if INVISIBLE.match(c) or ord(c) & 0xFFFE == 0xFFFE or "\ufdd0" <= c <= "\ufdef"}
    piles = ["a pile of marks"] if PILE.search("".join(unicodedata.category(c)[0] for c in text)) else []
    return steering(text) + [f"U+{ord(c):04X}" for c in sorted(bad)] + piles


def markdown(text):
    """Blocks, emphasis and links, each with where it leads; and the words."""
    shape, words = [], []
    for token in MARKDOWN.parse(text):
        for part in token.children if token.type == "inline" else [token]:
            if part.type == "text":
                words.append(part.content)
            else:
                where = part.attrs.get("href", part.attrs.get("src", ""))
                shape.append((part.type, part.tag, level(str(where)), level(part.content)))
    return shape, words


class _Elements(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.shape, self.words = [], []

    def handle_starttag(self, tag, attributes):
        does = ("name", "type", "method", "href", "action", "src")
        self.shape.append((tag, *((name, value if name in does else "") for name, value in attributes)))

    def handle_endtag(self, tag):
        self.shape.append(("/" + tag,))

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.shape.append(("comment",))

    def handle_decl(self, decl):
        self.shape.append(("declaration", decl))

    def unknown_decl(self, data):
        self.shape.append(("unknown", data))

    def handle_pi(self, data):
        self.shape.append(("instruction",))


def page(text):
    reader = _Elements()
    reader.feed(text)
    reader.close()
    return reader.shape, reader.words


def tree(value, path=""):
    """Of JSON: where there is what."""
    if isinstance(value, dict):
        return [(path, "object")] + [one for name in value for one in tree(value[name], f"{path}/{name}")]
    if isinstance(value, list):
        return [(path, "list")] + [one for item in value for one in tree(item, f"{path}/-")]
    return [(path, value)]


def json_value(value):
    found = tree(value)
    return [(path, type(value).__name__) for path, value in found], [str(value) for _, value in found]


def form(raw):
    pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    return [name for name, _ in pairs], [value for _, value in pairs]


def xml(raw):
    elements = list(ElementTree.fromstring(raw.decode("utf-8")).iter())
    return [(one.tag, sorted(one.attrib)) for one in elements], [one.text or "" for one in elements]


METRIC = re.compile(r'[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-z_]+="([^"\\\n]|\\[\\"n])*",?)*\})? (NaN|[+-]Inf|[-+0-9.e]+)')
LOG_BEGIN = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:?\d\d level=[a-z]+"
LOG_LINE = re.compile(LOG_BEGIN + r'( [a-z_]+=("([^"\\]|\\.)*"|[^\s"=]*))+')


def metrics_faults(text):
    return [line for line in text.split("\n") if line and not line.startswith("# ") and not METRIC.fullmatch(line)]


def log_faults(lines):
    """Lines of the daemon that are no list of key=value, or that hold what steers a terminal."""
    return [line for line in lines if not LOG_LINE.fullmatch(line) or steering(line)]
