// As they stand in the sources of config and what those call, file by file. Of two that fit one sentence the
// narrower comes first.
#include "finding_phrases.hpp"

namespace alert::config {

namespace {

constexpr FindingPhrase phrases[] = {
    {"and {} more", "另有{0}处"},
    // text_file
    {"cannot read {}: <>", "读不出 {0}：{1}"},
    {"{} is larger than {} bytes", "{0} 超过{1}字节"},
    {"'${' without '}' in path '{}'", "路径“{0}”中的 ${ 缺少 }"},
    {"environment variable '{}' is not set, in path '{}'", "路径“{1}”用到的环境变量“{0}”没有设置"},
    {"the path is empty", "路径是空的"},
    {"{} is empty or not text", "{0} 是空的，或不是文本"},
    {"{} is not text", "{0} 不是文本"},
    // yaml
    {"not UTF-8 text, or a control character; save the file as UTF-8",
     "不是 UTF-8 文本，或有控制字符；请把文件另存为 UTF-8"},
    {"a second document ('---'); one is expected", "出现第二个文档（---）；一个文件只能有一个"},
    {"the key '{}' was given before, on line {}", "配置项“{0}”在第{1}行已写过"},
    {"not YAML: <>", "YAML 写法有误：{0}"},
    // section
    {"the file should be [], here is []", "整个文件应为{0}，现在是{1}"},
    {"{} should be [], here is []", "{0} 应为{1}，现在是{2}"},
    {"no [] '{}'", "没有{0}“{1}”"},
    {"no [] '{}' of a role in directory.yaml", "directory.yaml 中没有岗位用到{0}“{1}”"},
    {"no [] '{}' in directory.yaml", "directory.yaml 中没有{0}“{1}”"},
    {"no [] '{}' in the daemon's configuration", "yuqingd.yaml 中没有{0}“{1}”"},
    {"unknown key '{}' in {}", "{1} 中没有配置项“{0}”"},
    {"unknown key '{}'", "没有配置项“{0}”"},
    {"the key '{}' is required in {}", "{1} 中缺少配置项“{0}”"},
    {"the key '{}' is required", "缺少配置项“{0}”"},
    {"'{}' is not an id of at most 64 of A-Z a-z 0-9 . _ -",
     "“{0}”不能作编号：最多64个字符，限 A-Z a-z 0-9 . _ -"},
    {"'{}' is not an id of at most 64 of A-Z a-z 0-9 _ -",
     "“{0}”不能作编号：最多64个字符，限 A-Z a-z 0-9 _ -"},
    {"should be true or false", "应为 true 或 false"},
    {"should be a whole number from {} to {}", "应为{0}到{1}的整数"},
    {"should be from {} to {}", "应在 {0} 到 {1} 之间"},
    {"not supported yet by this version; remove the key", "本版本尚不支持，请删去这一项"},
    {"'{}' is not known", "不认识“{0}”"},
    // times, durations, zones
    {"not a duration: '{}'; right would be 90s, 15m, 5h, 2d, 1mo or 3wd",
     "“{0}”不是时长；应写作 90s、15m、5h、2d、1mo（月）或 3wd（工作日）"},
    {"not a step's time: '{}'; right would be start, start+15m, due-1h, due, due+4h or 50%",
     "“{0}”不是催办时刻；应写作 start、start+15m、due-1h、due、due+4h 或 50%"},
    {"no time zone '{}' in the system's tz database (package tzdata)",
     "系统中没有时区“{0}”（软件包 tzdata）"},
    // policy, ladders, obligations
    {"the class '{}' exists already", "类别“{0}”已有"},
    {"no case ever comes to this class: one above matches everything",
     "没有事项会归入这一类：上面有一类已包括全部事项"},
    {"no class matches everything: a case that fits none has no obligation; end the list with one of `match: "
     "{}`",
     "没有一类能包括全部事项，都不符合的事项就没有时限；请在末尾加一类，写 `match: {0}`"},
    {"{} cannot be silenced; duty_officer is told all the same", "{0} 不能静默；仍会告知 duty_officer"},
    {"an empty list agrees with nothing; name a value", "空列表与什么都不符，请至少写一个值"},
    {"a step tells at least one role", "每级催办至少要告知一个岗位"},
    {"has more than {} steps", "超过{0}级"},
    {"'{}' fulfils nothing", "“{0}”不能完成义务"},
    {"only response.published has kinds", "只有 response.published 可写 kinds"},
    {"should be longer than nothing", "时长不能为零"},
    {"either `{}` or `{}`, not both", "`{0}` 与 `{1}` 只能写一个"},
    {"the published rules allow {}h; a longer time needs `override_reason`, the document that permits it",
     "规定时限为{0}小时；要更长，须在 `override_reason` 写明所依据的文件"},
    {"`start: assigned` goes with a `due` that is a duration", "`start: assigned` 时 `due` 须为时长"},
    {"a statutory obligation should name its `basis`, the published rule that asks for it",
     "法定义务应在 `basis` 写明所依据的规定"},
    {"'commitment' names the commitments; choose another id", "commitment 专指承诺，请换一个编号"},
    {"the policy is too large", "policy 文件过大"},
    // what leads from one file to another
    {"no class has the obligation '{}'", "没有一类用到义务“{0}”"},
    {"nobody is told of the obligation '{}' before its deadline", "义务“{0}”到期之前没有人会收到提醒"},
    {"nobody fills the role '{}' at {}", "岗位“{0}”在 {1} 无人"},
    {"nobody fills the role '{}'", "岗位“{0}”无人"},
    {"the roster of the role '{}' ends, or has a gap, at {}", "岗位“{0}”的值班表只排到 {1}，或此后有空缺"},
    {"known_until is not given: nobody is warned when the calendar runs out",
     "没有写 known_until：节假日历用完时不会有提醒"},
    {"the calendar has run out; working days fall back to Monday to Friday",
     "节假日历已用完，工作日按周一至周五计"},
    {"the calendar ends in {} days; enter the holidays of the year to come",
     "节假日历还有{0}天用完，请补录下一年的节假日"},
    {"the class '{}' takes public opinion of incident_grade {}, for which the published rules ask for '{}' "
     "within {}h: "
     "it should be among its obligations, of `kind: statutory`, without `start: assigned` and without a "
     "`when` that "
     "leaves some out",
     "类别“{0}”会收入 incident_grade 为 {1} 的舆情，按规定须在{3}小时内完成“{2}”：请列入该类的 obligations，"
     "并为 `kind: statutory`，不写 `start: assigned`，也不用 `when` 排除一部分"},
    // directory, roster, calendar
    {"'{}' exists already", "“{0}”已有"},
    {"should be digits", "应为数字"},
    {"'{}' exists by itself, as a role of the case's units", "“{0}”是事项所涉单位自带的岗位，不必再写"},
    {"a role is told through at least one channel", "每个岗位至少要有一个通道"},
    {"a quote (\") is opened and not closed", "引号（\"）没有成对"},
    {"text follows the closing quote (\")", "引号（\"）之后还有文字"},
    {"not a local time: '{}'; right would be 2026-06-12 08:00 (a spreadsheet's cell format: yyyy-mm-dd "
     "hh:mm; "
     "表格软件请将单元格格式设为“自定义” yyyy-mm-dd hh:mm)",
     "“{0}”不是时间；应写作 2026-06-12 08:00（表格软件请将单元格格式设为“自定义” yyyy-mm-dd hh:mm）"},
    {"expected 4 fields (role,officer,start,end), here are {}",
     "每行应有4列（role,officer,start,end），现有{0}列"},
    {"the end should be later than the start", "结束时间应晚于开始时间"},
    {"not UTF-8 text; in the spreadsheet, save as CSV UTF-8",
     "不是 UTF-8 文本；请在表格软件中另存为“CSV UTF-8”"},
    {"the first line should be: role,officer,start,end", "第一行应为：role,officer,start,end"},
    {"more than {} shifts; take out those long past", "超过{0}班；请删去早已过去的"},
    {"not a date: '{}'; right would be 2026-10-01", "“{0}”不是日期；应写作 2026-10-01"},
    {"this day is a holiday and a working day at once", "这一天既是节假日又是工作日"},
    // redis, ingest, http, audit
    {"the path of a socket has at most {} bytes", "套接字的路径最长{0}字节"},
    {"TLS to Redis is not supported; use a socket or stunnel",
     "不支持以 TLS 连接 Redis；请用本机套接字或 stunnel"},
    {"should be redis://[user:password@]host:port/db or unix://path",
     "应写作 redis://[user:password@]host:port/db 或 unix://路径"},
    {"the password is in `url` as well; give it once", "`url` 中已有口令，只能写一处"},
    {"the user is in `url` as well; give it once", "`url` 中已有用户名，只能写一处"},
    {"'{}' should be tcp://127.0.0.1:PORT or ipc://PATH", "“{0}”应写作 tcp://127.0.0.1:端口 或 ipc://路径"},
    {"'{}' is reachable from other machines and needs ingest.curve, which is not supported yet; use "
     "tcp://127.0.0.1:PORT or ipc://PATH",
     "其他机器能连到“{0}”，须有 ingest.curve，而本版本尚不支持；请用 tcp://127.0.0.1:端口 或 ipc://路径"},
    {"should hold at least one address", "至少要有一个地址"},
    {"'{}' should be host:port, as in 127.0.0.1:9570", "“{0}”应写作 主机:端口，如 127.0.0.1:9570"},
    {"'{}' is reachable from other machines and needs http.tokens; `yuqingctl token` makes one",
     "其他机器能连到“{0}”，须有 http.tokens；令牌用 `yuqingctl token` 生成"},
    {"should end with the path, without a query or fragment: /act/ID is put behind it",
     "应以路径结尾，不带 ? 或 #：后面要接 /act/ID"},
    {"holds a character that breaks links in messages; letters, digits and -._~ are safe in a path, all else "
     "is "
     "written like %20",
     "含有会使消息中链接断开的字符；路径中只用字母、数字和 -._~，其余写成 %20 这样"},
    {"should be an http or https URL", "应为 http 或 https 地址"},
    {"links in messages lead to this machine only; give the address at which people reach the board",
     "消息中的链接只能在本机打开；请写大家打开看板用的地址"},
    {"the key is shorter than 32 bytes", "密钥短于32字节"},
    {"without audit.key_file whoever can write to Redis can write a record anew and nobody sees it; see "
     "README.md for "
     "how to make a key",
     "没有 audit.key_file，能写 Redis 的人可以重写记录而无人察觉；密钥用 `yuqingctl keygen audit` 生成"},
    {"without http.link_key_file nobody can acknowledge from a message; see README.md for how to make a key",
     "没有 http.link_key_file，不能从消息中签收；密钥用 `yuqingctl keygen link` 生成"},
    {"'{}' should be at most 32 of a-z 0-9 -", "“{0}”最多32个字符，限 a-z 0-9 -"},
    // schedule, assessment, tokens
    {"should hold at most 24 times", "最多24个时刻"},
    {"'{}' should be a time like \"08:30\"", "“{0}”应写作 \"08:30\" 这样的时刻"},
    {"'{}' should be a day and a time like \"1 10:00\"", "“{0}”应写作 \"1 10:00\"（每月几日几时）"},
    {"answer, acknowledge and commitment cannot all be 0", "answer、acknowledge、commitment 不能都为 0"},
    {"not a date: the last day on which it opens, as in 2027-06-30",
     "不是日期：应为最后有效日，如 2027-06-30"},
    {"should be at most 64 bytes", "最长64字节"},
    {"should be the 64 hex digits that `yuqingctl token` prints; never the token itself",
     "应为 `yuqingctl token` 给出的64位十六进制散列，不能写令牌本身"},
    {"another token has this name or this hash", "另一令牌已用这个名称或散列"},
    {"the token '{}' expired", "令牌“{0}”已过期"},
    {"at most 1000 tokens", "最多1000个令牌"},
    // channels, heartbeat, the way out
    {"a secret should read whsec_ and base64", "密钥应写作 whsec_ 加 base64"},
    {"the secret is shorter than 24 bytes", "密钥短于24字节"},
    {"a token is one word of visible ASCII characters", "令牌应为不含空格的可见 ASCII 字符"},
    {"this format has one secret", "这种 format 只有一个密钥"},
    {"at most two secrets, the new one and the one before it", "最多两个密钥：新的和上一个"},
    {"does not go with this format", "这种 format 不用这一项"},
    {"'{}' should read like 18/1m", "“{0}”应写作 18/1m 这样"},
    {"'{}' should be like office@example.gov.cn", "“{0}”应写作 office@example.gov.cn 这样"},
    {"from 1 to {} addresses", "应有1到{0}个地址"},
    {"'{}' is named twice", "“{0}”写了两次"},
    {"should not be shorter than retry_min", "不能短于 retry_min"},
    {"{} has no secret: its messages go out unsigned", "{0} 没有密钥，发出的消息没有签名"},
    {"leads back to the channel itself", "绕回了这个通道自己"},
    {"more than {} channels", "超过{0}个通道"},
    {"should be like smtp://127.0.0.1:25", "应写作 smtp://127.0.0.1:25 这样"},
    {"no such file: {}", "没有这个文件：{0}"},
    {"goes with `proxy` or `proxy_file`", "须与 `proxy` 或 `proxy_file` 同用"},
    {"'{}' should be a host, a domain like .example.cn, an address or a range like 10.0.0.0/8, without a "
     "port",
     "“{0}”应为主机名、.example.cn 这样的域名、地址或 10.0.0.0/8 这样的地址段，不带端口"},
    {"a proxy is like http://host:3128 or http://user:password@host:3128, with % and two hexadecimal digits "
     "for what "
     "is special in a password",
     "代理应写作 http://主机:3128 或 http://用户:口令@主机:3128，口令中的特殊字符写成 % 加两位十六进制数"},
    // the template of a message
    {"should be JSON, XML, text/plain or application/x-www-form-urlencoded: values are escaped for it",
     "应为 JSON、XML、text/plain 或 application/x-www-form-urlencoded：取值要按它转义"},
    {"visible ASCII characters only", "只能用可见 ASCII 字符"},
    {"is set by the daemon", "由守护进程自己设置"},
    {"is no name of a header", "不能作头部名称"},
    {"one line of visible ASCII characters; values are encoded", "应为一行可见 ASCII 字符；取值会自动编码"},
    {"'{}' should be a status from 200 to 599", "“{0}”应为200到599的状态码"},
    {"a JSON pointer begins with a slash, as /code does", "JSON 指针以斜线开头，如 /code"},
    {"`equals` should say which value means success", "应在 `equals` 写明哪个值表示成功"},
    {"`pointer` should say where in the answer the value stands", "应在 `pointer` 写明这个值在回答的何处"},
    {"at most {} secrets", "最多{0}个密钥"},
    {"no Mustache: {}", "Mustache 写法有误：{0}"},
    {"partials like {{{}}} are not for messages", "消息模板不支持 {{{0}}} 这样的引用"},
    {"nothing is called {{{}}}", "没有叫 {{{0}}} 的取值"},
    {"would be no JSON when a message has only the least; texts stand inside quotes",
     "消息内容最少时得到的不是 JSON；文本要放在引号内"},
    {"would be no JSON; texts stand inside quotes", "得到的不是 JSON；文本要放在引号内"},
    // the archive, which is told of in the same places
    {"the case {} was archived to {}, which cannot be read", "事项 {0} 已归档到 {1}，这个文件读不出"},
    {"the case {} was archived to {}, and archive.dir is not configured here",
     "事项 {0} 已归档到 {1}，而这里没有配置 archive.dir"},
    {"the line of the case {} in {} is not what was written", "{1} 已损坏：事项 {0} 的一行与写入时不同"},
    {"{} cannot be opened and locked: <>", "{0} 打不开：{1}"},
    {"{} cannot be read at its end: <>", "{0} 的末尾读不出：{1}"},
    {"{} cannot be written: <>", "{0} 写不进去：{1}"},
    {"{} cannot be kept: <>", "{0} 存不牢：{1}"},
    {"{} cannot be made: <>", "{0} 建不了：{1}"},
    // numbers that stand alone; after everything that begins alike
    {"at most {} bytes", "最长{0}字节"},
    {"at most {} values", "最多{0}个值"},
    {"at most {} hosts", "最多{0}个主机"},
    {"at most {}", "最多{0}个"},
    {"{} is empty", "{0} 是空的"},
    // a reload; a channel that is asked
    {"{} changed, which only a restart takes over: systemctl restart yuqingd",
     "{0} 有改动，重启才生效：systemctl restart yuqingd"},
    {"the channel '{}' does not answer at its proxy {}: <>", "通道“{0}”的代理 {1} 没有回答：{2}"},
    {"the channel '{}' does not answer at {}: <>", "通道“{0}”在 {1} 没有回答：{2}"},
    {"the channel '{}' does not answer: <>", "通道“{0}”没有回答：{1}"},
    {"the heartbeat does not answer at its proxy {}: <>", "心跳的代理 {0} 没有回答：{1}"},
    {"the heartbeat does not answer at {}: <>", "心跳在 {0} 没有回答：{1}"},
    {"the heartbeat does not answer: <>", "心跳没有回答：{0}"}};

constexpr FindingPhrase nouns[] = {
    {"a text", "一个值"},
    {"a list", "列表"},
    {"a map", "“配置项: 值”的组合"},
    {"nothing", "空的"},
    {"obligation", "义务"},
    {"ladder", "催办阶梯"},
    {"roster", "值班表"},
    {"officer", "人员"},
    {"role", "岗位"},
    {"field", "领域"},
    {"unit", "单位"},
    {"channel", "通道"},
    // why a file cannot be read
    {"no such file", "没有这个文件"},
    {"not a regular file", "不是普通文件"},
    {"permission denied", "没有权限"},
    {"read error", "读取出错"},
    // what is no YAML here
    {"an alias inside what it names", "别名用在了它所指的内容之内"},
    {"tags (!...) are not supported", "不支持标签（!...）"},
    {"the document is too large", "内容过大"},
    {"nested too deep", "嵌套过深"},
    {"a key must be a word", "配置项的名称须为一个词"},
    // and what yaml-cpp says oftenest, its own words kept to be looked up
    {"end of map not found", "缩进不齐，或一行写得不完整（end of map not found）"},
    {"end of sequence not found", "列表缩进不齐，或一行写得不完整（end of sequence not found）"},
    {"end of map flow not found", "花括号 { 没有配上 }（end of map flow not found）"},
    {"end of sequence flow not found", "方括号 [ 没有配上 ]（end of sequence flow not found）"},
    {"illegal map value", "冒号或缩进有误（illegal map value）"},
    {"illegal map key", "配置项的写法有误（illegal map key）"},
    {"illegal block entry", "减号 - 的位置有误（illegal block entry）"},
    {"illegal flow end", "多出一个 ] 或 }（illegal flow end）"},
    {"illegal EOF in scalar", "引号没有成对（illegal EOF in scalar）"},
    {"illegal tab when looking for indentation", "缩进用了制表符，请改用空格（illegal tab）"},
    {"unknown token", "有不认识的符号，含 % @ ` 等的值请加引号（unknown token）"},
    {"unknown escape character: ", "双引号内有不认识的 \\ 写法（unknown escape character）"},
    {"the referenced anchor is not defined", "用到的锚点没有定义（the referenced anchor is not defined）"},
    {"no answer in time", "没有及时回答"}};

}  // namespace

std::span<const FindingPhrase> finding_phrases() { return phrases; }

std::span<const FindingPhrase> finding_nouns() { return nouns; }

}  // namespace alert::config
