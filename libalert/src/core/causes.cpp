#include "alert/core/causes.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace alert {

namespace {

using Words = std::pair<std::string_view, std::string_view>;

// As they stand in the sources of notify and redis, then of codec and flow; of two that begin alike the
// longer one comes first.
constexpr Words phrases[] = {
    // hints behind a platform's code
    {"20 messages a minute; the robot is blocked for ten minutes", "每分钟限20条，机器人停用十分钟"},
    {"20 messages a minute", "每分钟限20条"},
    {"5 messages a second, 100 a minute", "每秒限5条，每分钟限100条"},
    {"the robot's monthly quota is used up", "机器人本月额度已用完"},
    {"the platform disabled calls from here for a while", "平台暂停了本机的调用"},
    {"check the robot's secret and this machine's clock (NTP)", "请核对机器人的密钥和本机时钟（NTP）"},
    {"check the robot's security settings: keyword, secret, IP addresses",
     "请核对机器人的安全设置：关键词、加签密钥、IP 地址"},
    {"check this machine's clock (NTP)", "请核对本机时钟（NTP）"},
    {"check the robot's secret", "请核对机器人的密钥"},
    {"check the robot's access_token", "请核对机器人的 access_token"},
    {"check the robot's URL", "请核对机器人的地址"},
    {"set the channel's keyword to one of the robot's", "请把通道的 keyword 设为机器人的关键词之一"},
    {"allow this machine's address in the robot's settings", "请在机器人的设置中允许本机的 IP 地址"},
    {"the URL is wrong or the robot was removed from the group", "地址有误，或机器人已被移出群"},
    {"the group was dissolved", "群已解散"},
    {"the robot was stopped", "机器人已停用"},
    {"the robot is not in the group", "机器人不在群里"},
    {"this code is not known", "不认识的返回码"},
    // answers
    {" without the platform's code: not its answer",
     "，但没有平台的返回码：不是平台的回答，可能来自代理或防火墙"},
    {", redirects are not followed", "，不跟随跳转"},
    {" is no success here", "，不是成功的回答"},
    {"the answer lacks the text that means success", "回答中没有表示成功的文字"},
    {"the answer has nothing at ", "回答中没有 "},
    {"the answer's header is too long", "回答的头部过长"},
    {"the answer is not HTTP", "回答不是 HTTP"},
    {"the answer is not SMTP", "回答不是 SMTP"},
    {"too many interim answers", "中间回答过多"},
    {"the receiver handed on code ", "接收端转来返回码 "},
    {"the receiver says: ", "接收端说："},
    {"the receiver closed the connection", "对方关闭了连接"},
    {"the relay closed the connection", "邮件服务器关闭了连接"},
    {"the relay answers before it is asked", "邮件服务器未问先答"},
    {"the relay's answer is too long", "邮件服务器的回答过长"},
    {"unexpected answer ", "意外的回答 "},
    // the proxy
    {"the proxy refused: ", "代理拒绝："},
    {", its user or password is missing or wrong", "，代理的用户名或口令缺失或有误"},
    {"the proxy's answer is not HTTP", "代理的回答不是 HTTP"},
    {"the proxy's answer is too long", "代理的回答过长"},
    {"the proxy said more than its answer", "代理的回答后有多余内容"},
    {"the proxy closed the connection", "代理关闭了连接"},
    {": the proxy: ", ": 代理："},
    {" through the proxy ", " 经代理 "},
    // on the way
    {"time-out after ", "超时 "},
    {", waiting for a free connection", "，在等空闲连接"},
    {", waiting for the answer to the mail", "，在等对邮件的回答"},
    {", waiting for the answer to ", "，在等回答："},
    {", waiting for the answer", "，在等回答"},
    {"the answer to the mail: ", "对邮件的回答："},
    {"the answer to ", "回答："},
    {", waiting for the greeting", "，在等问候"},
    {", waiting for the proxy", "，在等代理"},
    {", looking up the name", "，在解析域名"},
    {", in the TLS handshake", "，在 TLS 握手"},
    {", connecting", "，在连接"},
    {"the name has no address", "域名没有地址"},
    {"Name or service not known", "域名不存在（Name or service not known）"},
    {"Temporary failure in name resolution", "域名暂时无法解析（Temporary failure in name resolution）"},
    {"TLS: the name of the host cannot be verified", "TLS：无法核对主机名"},
    {"the authorities in ca_file cannot be read: ", "ca_file 中的证书读不出："},
    {"TLS: ", "TLS 握手未成："},
    {"self-signed certificate in certificate chain",
     "证书链中有自签证书（self-signed certificate in chain）"},
    {"unable to get local issuer certificate",
     "证书的签发者不受信任（unable to get local issuer certificate）"},
    {"certificate has expired", "证书已过期（certificate has expired）"},
    {"Connection refused", "连接被拒绝（Connection refused）"},
    {"Connection reset by peer", "连接被对方重置（Connection reset by peer）"},
    {"Connection timed out", "连接超时（Connection timed out）"},
    {"No route to host", "没有到对方的路由（No route to host）"},
    {"Network is unreachable", "网络不通（Network is unreachable）"},
    {"Broken pipe", "连接已断开（Broken pipe）"},
    {"Permission denied", "没有权限（Permission denied）"},
    {"No such file or directory", "没有这个文件（No such file or directory）"},
    {"too much waits for this channel", "这个通道等待发送的过多"},
    {"there is no channel ", "没有通道 "},
    {" of the answer is ", " 的值为 "},
    // Redis
    {"Redis is away: ", "Redis 连不上："},
    {"too few replicas have what was written: ", "收到写入的从库不足："},
    {"the sentinels name another master, ", "哨兵已改以另一台为主库 "},
    {"no sentinel was asked yet", "尚未问到哨兵"},
    {"no sentinel has named the master; ", "没有哨兵说出主库在哪里；"},
    {"the name is not known: ", "域名解析不出："},
    {" does not know the service ", " 不认识服务 "},
    {"the nodes of the cluster do not agree on who has the slot", "集群各节点对槽位归属说法不一"},
    {"Redis is still loading its data", "Redis 正在载入数据"},
    {"this Redis is a replica, a master is needed", "这个 Redis 是从库，需要主库"},
    {"Redis evicts keys when its memory is full", "Redis 内存用满时会删除数据"},
    {"; it must be noeviction", "；须为 noeviction"},
    {"Redis is less durable than ", "Redis 的持久化低于要求 "},
    {" requires: appendonly ", "：appendonly "},
    {"Redis refuses the daemon a command it needs: This user has no permissions to run the ",
     "Redis 用户缺少权限，不能执行 "},
    {"Redis refuses the daemon a command it needs: This user has no permissions to access the ",
     "Redis 用户缺少权限，不能访问 "},
    {"NOPERM this user has no permissions to run the ", "Redis 用户缺少权限，不能执行 "},
    {"NOPERM this user has no permissions to access one of the keys used as arguments",
     "Redis 用户缺少权限，不能访问这些键"},
    {"ERR The user executing the script can't run this command or subcommand",
     "Redis 用户缺少权限，不能执行脚本中的命令"},
    {"WRONGPASS invalid username-password pair or user is disabled.", "Redis 用户名或密码不对，或已停用"},
    {"NOAUTH Authentication required.", "Redis 要求用户名和密码"},
    {"Redis refused without a word", "Redis 拒绝了，没有说明原因"},
    {"; mend redis.user and redis.password_file, or give this Redis the line 'user yuqingd' of the shipped "
     "redis.conf and restart it",
     "；请改正 redis.user 和 redis.password_file，或把随附 redis.conf 的 user yuqingd 一行加进本机 Redis "
     "的配置并重启它"},
    {"Redis knows a script by another name than expected", "Redis 中脚本的名称与预期不符"},
    {"the connection to Redis ended before the answer", "与 Redis 的连接在回答前断开"},
    {"the connection to Redis has ended", "与 Redis 的连接已断开"},
    {"no connection within ", "未能连上，已等 "},
    {"no answer for ", "没有回答，已等 "},
    {"too many commands under way", "等待回答的命令过多"}};

constexpr Words event_phrases[] = {
    {" must be a string of 1 to 255 bytes without control characters", " 须为1至255字节的文本，不含控制字符"},
    {" must have 1 to 255 bytes and no control characters", " 须为1至255字节，不含控制字符"},
    {" must be a string", " 须为文本"},
    {" must not be empty", " 不能为空"},
    {" must be an RFC 3339 time with an offset", " 须为带时区的 RFC 3339 时间"},
    {" must be a case id, ", " 须为事项编号 "},
    {" must be another case", " 须为另一事项"},
    {" must be at most 7 days after time", " 最多晚于 time 7天"},
    {" must be a kind of response, such as ", " 须为回应方式，如 "},
    {" must be a whole number from ", " 须为整数，范围 "},
    {"an event must be a JSON object", "一条消息须为一个 JSON 对象"},
    {" must be an object", " 须为 JSON 对象"},
    {" must be ", " 须为 "},
    {" is missing: it names the case", " 缺失：要写明是哪个事项"},
    {" is missing", " 缺失"},
    {"no event has this type", "没有这种类型的消息"},
    {"a number is too large", "数值过大"},
    {"an event has at most ", "一条消息最多 "},
    {"time is more than 5 minutes ahead of this daemon's clock; check the clock of the source",
     "time 比本机时钟快5分钟以上，请核对来源的时钟"},
    {"the role monitor may not tell history", "监测来源不能补录历史"},
    {"there is no case ", "没有事项 "}};

constexpr Words codes[] = {
    // of answers
    {"not_found", "没有找到"},
    {"invalid", "内容不合要求"},
    {"malformed", "无法解析"},
    {"unknown_type", "没有这种类型"},
    {"unknown_case", "没有这个事项"},
    {"future", "时间晚于现在"},
    {"too_large", "太长"},
    {"forbidden", "没有权限"},
    {"unauthorized", "令牌无效或缺失"},
    {"method_not_allowed", "此处不支持这种请求"},
    {"busy", "正忙，请稍后再试"},
    {"starting", "正在启动，请稍后再试"},
    {"timeout", "没有及时回答，请再试一次"},
    {"retry", "未知是否记下，请再试一次"},
    {"redis_down", "连不上数据库 Redis，请稍后再试"},
    {"redis_lost", "与数据库 Redis 的连接中断，未知是否记下"},
    {"redis_refused", "数据库 Redis 拒绝了请求"},
    {"redis_failed", "数据库 Redis 出错"},
    {"unavailable", "暂时不可用，请稍后再试"},
    {"not_dead", "不是死信"},
    {"overtaken", "已被回应或后一步取代"},
    {"policy_lost", "事项所依的政策已不在库中"},
    {"too_many_merged", "合并的事项太多"},
    {"policy_unkept", "事项所依的政策还没有存入数据库 Redis"},
    {"corrupt", "记录损坏"},
    {"archive_unreadable", "归档文件读不出"},
    {"archive_damaged", "归档文件已损坏"},
    {"archive_missing", "归档目录不在或是空的"},
    {"schema", "由更新的版本写下"},
    {"refused", "被拒绝"},
    {"unreachable", "连不上"},
    // of files
    {"not_loaded", "配置文件有误"},
    {"no_journal", "没有配置本地日志"},
    {"unknown_policy", "守护进程没有这份办法"},
    {"other_jurisdiction", "不是本地的日志"},
    {"untold", "多次补报未成"},
    {"syntax", "语法有误"},
    {"unreadable", "读不出"},
    {"unknown_key", "没有这个配置项"},
    {"duplicate_key", "重复"},
    {"duplicate", "重复"},
    {"unknown_reference", "引用的对象不存在"},
    {"unknown_zone", "没有这个时区"},
    {"beyond_bound", "超出法定时限"},
    {"insecure", "不安全"},
    {"unsupported", "不支持"},
    {"weak_secret", "密钥太弱"},
    {"open_secret", "密钥文件人人可读"},
    {"too_many", "太多"},
    {"unsigned", "没有签名"},
    {"unkeyed", "记录链没有密钥"},
    {"loopback_url", "链接只能在本机打开"},
    {"expired", "已过期"},
    {"no_basis", "没有写明依据"},
    {"no_step_before_due", "到期前没有提醒"},
    {"unbounded", "没有时限上限"},
    {"unused", "没有用到"},
    {"incomplete", "不完整"},
    {"unfilled", "岗位无人"},
    {"roster_ends", "值班表将到期"},
    {"calendar_ends", "节假日历将到期"},
    {"silent", "没有回答"}};

void translate(std::string& text, std::span<const Words> table) {
    for (const auto& [english, words] : table) {
        for (auto at = text.find(english); at != std::string::npos;
             at = text.find(english, at + words.size()))
            text.replace(at, english.size(), words);
    }
}

/// `1 of 2 recipients refused:`, whose numbers change places.
void translate_refused(std::string& text) {
    constexpr std::string_view mark = " recipients refused:", between = " of ";
    constexpr std::string_view digits = "0123456789";
    const auto end = text.find(mark);
    if (end == std::string::npos) return;
    const auto all = text.find_last_not_of(digits, end - 1) + 1;
    if (all < between.size() || text.compare(all - between.size(), between.size(), between) != 0) return;
    const auto some_end = all - between.size();
    const auto some = some_end == 0 ? some_end : text.find_last_not_of(digits, some_end - 1) + 1;
    const auto words =
        text.substr(all, end - all) + " 个收件人中 " + text.substr(some, some_end - some) + " 个被拒收：";
    text.replace(some, end + mark.size() - some, words);
}

/// Where what others said begins; the end when all of it is ours.
std::size_t end_of_ours(std::string_view error) {
    for (const std::string_view mark : {"the receiver says: ", " of the answer is "}) {
        if (const auto at = error.find(mark); at != error.npos) return at + mark.size();
    }
    return error.size();
}

}  // namespace

std::string cause_zh(std::string_view error) {
    // `code 310000: sign not match; check the robot's secret`: ours is what stands behind the last one said.
    if (error.starts_with("code ") && error.find(": ") != error.npos) {
        auto ours = error.size();
        for (const auto& [english, words] : phrases) {
            const std::string tail = "; " + std::string(english);
            if (ours == error.size() && error.ends_with(tail)) ours -= english.size();
        }
        std::string hint(error.substr(ours));
        translate(hint, phrases);
        return std::string(error.substr(0, ours)) + hint;
    }
    const auto end = end_of_ours(error);
    std::string text(error.substr(0, end));
    translate_refused(text);
    translate(text, phrases);
    return text.append(error.substr(end));
}

std::string refusal_zh(const Error& error) {
    std::string text = error.message;
    translate(text, event_phrases);
    return text == error.message ? std::string(code_zh(error.code)) : text;
}

std::string_view code_zh(std::string_view code) {
    const auto* at =
        std::find_if(std::begin(codes), std::end(codes), [&](const Words& one) { return one.first == code; });
    return at == std::end(codes) ? code : at->second;
}

}  // namespace alert
