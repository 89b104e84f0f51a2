#include "causes.hpp"

#include <utility>

namespace yuqing {

namespace {

// As they stand in libalert/src/notify; of two that begin alike the longer one comes first.
constexpr std::pair<std::string_view, std::string_view> chinese[] = {
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
    // the proxy
    {"the proxy refused: ", "代理拒绝："},
    {", its user or password is missing or wrong", "，代理的用户名或口令缺失或有误"},
    {"the proxy's answer is not HTTP", "代理的回答不是 HTTP"},
    {"the proxy's answer is too long", "代理的回答过长"},
    {"the proxy said more than its answer", "代理的回答后有多余内容"},
    {"the proxy closed the connection", "代理关闭了连接"},
    {" through the proxy ", " 经代理 "},
    // on the way
    {"time-out after ", "超时 "},
    {", waiting for a free connection", "，在等空闲连接"},
    {", waiting for the answer", "，在等回答"},
    {", waiting for the greeting", "，在等问候"},
    {", waiting for the proxy", "，在等代理"},
    {", looking up the name", "，在解析域名"},
    {", in the TLS handshake", "，在 TLS 握手"},
    {", connecting", "，在连接"},
    {"the name has no address", "域名没有地址"},
    {"Name or service not known", "域名不存在（Name or service not known）"},
    {"Temporary failure in name resolution", "域名暂时无法解析（Temporary failure in name resolution）"},
    {"TLS: the name of the host cannot be verified", "TLS：无法核对主机名"},
    {"TLS: ", "TLS 握手未成："},
    {"Connection refused", "连接被拒绝（Connection refused）"},
    {"too much waits for this channel", "这个通道等待发送的过多"},
    {"there is no channel ", "没有通道 "}};

void translate(std::string& text) {
    for (const auto& [english, words] : chinese) {
        for (auto at = text.find(english); at != std::string::npos;
             at = text.find(english, at + words.size()))
            text.replace(at, english.size(), words);
    }
}

}  // namespace

std::string cause_text(std::string_view error, Language language) {
    if (language == Language::en) return std::string(error);
    // `code 310000: sign not match; check the robot's secret`: ours is what stands behind the last one said.
    const auto said = error.starts_with("code ") ? error.find(": ") : std::string_view::npos;
    auto ours = said == std::string_view::npos ? std::size_t{0} : error.size();
    for (const auto& [english, words] : chinese) {
        const std::string tail = "; " + std::string(english);
        if (ours == error.size() && error.ends_with(tail)) ours -= english.size();
    }
    std::string text(error.substr(ours));
    translate(text);
    return std::string(error.substr(0, ours)) + text;
}

}  // namespace yuqing
