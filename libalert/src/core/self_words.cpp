#include "self_words.hpp"

#include <algorithm>
#include <iterator>

namespace alert {

namespace {

constexpr TroubleWords all_words[] = {
    {TroubleKind::redis, "redis", "数据库 Redis 不可用", "Redis is not usable",
     "期间的上报记入本地日志（未配置时请对方重发），到期的照内存副本催办，请立即恢复，期间不要重启 "
     "yuqingd：systemctl status yuqingd-redis",
     "events go to the local journal (without one they are to come again), what falls due is told from "
     "copies in memory; restore it, and do not restart yuqingd meanwhile: systemctl status yuqingd-redis",
     "数据库 Redis 已恢复，期间未发出的随即补发", "Redis is back; what was not told meanwhile is being told"},
    {TroubleKind::channel, "channel", "通道 {} 发送不畅", "channel {} does not get its messages out",
     "请检查网络、机器人和密钥：yuqingctl test-channel {}",
     "look at the network, the robot and its secrets: yuqingctl test-channel {}", "通道 {} 已恢复",
     "channel {} works again"},
    {TroubleKind::dead_letters, "dead-letters", "通道 {} 有消息未能送出",
     "messages to channel {} were given up",
     "请查明原因：yuqingctl notifications；备用通道也未送到的，请重发：yuqingctl redeliver",
     "mend the cause: yuqingctl notifications; what no fallback channel told, send again: yuqingctl "
     "redeliver",
     "通道 {} 近1小时没有新的死信", "channel {} had no new dead letters for an hour"},
    {TroubleKind::roster_gap, "roster-gap", "岗位 {} 现在无人值班", "nobody fills the role {} now",
     "请立即补值班表并执行 yuqingctl reload", "fill the roster, then yuqingctl reload", "岗位 {} 已有人值班",
     "the role {} is filled again"},
    {TroubleKind::roster_ahead, "roster-ahead", "岗位 {} 的值班表将有空缺",
     "the roster of the role {} has a gap ahead", "请补值班表并执行 yuqingctl reload",
     "fill the roster, then yuqingctl reload", "岗位 {} 的值班表已补齐",
     "the roster of the role {} has no gap ahead any more"},
    {TroubleKind::calendar, "calendar", "节假日历需要更新", "the calendar of holidays needs an update",
     "请录入新的节假日与调休并执行 yuqingctl reload", "enter the holidays to come, then yuqingctl reload",
     "节假日历已更新", "the calendar is up to date"},
    {TroubleKind::reload, "reload", "新的配置未生效，仍按原配置运行",
     "the new files were refused; the daemon runs on by those before", "请改正后再执行 yuqingctl reload",
     "mend them, then yuqingctl reload", "配置已恢复正常", "the files are in force again"},
    {TroubleKind::clock, "clock", "时钟有误：发生跳变，或本机与 Redis 的不一致",
     "a clock is wrong: it jumped, or this machine's and Redis's differ",
     "请检查对时服务；时钟已正确的，请重启 yuqingd",
     "look at the time service; once the clock is right, restart yuqingd", "时钟已恢复一致",
     "the clocks agree again"},
    {TroubleKind::rejects, "rejects", "大量舆情消息被退回", "many events are rejected",
     "请联系来源系统改正：yuqingctl rejects", "ask those who send them: yuqingctl rejects",
     "被退回的消息已减少", "few events are rejected now"},
    {TroubleKind::warnings, "warnings", "配置有需要处理的警告", "the configuration has warnings",
     "请查看并处理：yuqingctl check-config", "see them all: yuqingctl check-config", "配置警告已消除",
     "the configuration has no warnings any more"},
    {TroubleKind::archive, "archive", "归档不可用", "the archive does not work",
     "请检查归档目录的权限和磁盘空间；未归档的仍在 Redis，没有丢失",
     "look at the rights and the room of archive.dir; what was not archived stays in Redis, nothing is lost",
     "归档已恢复", "the archive works again"},
    {TroubleKind::daemon, "daemon", "守护进程不应答", "the daemon does not answer",
     "期间不收事件，到期提醒发不出，请立即恢复：systemctl status yuqingd；时限急的请电话催办",
     "no event is taken and nothing that falls due is told; restore it: systemctl status yuqingd; telephone "
     "where time is short",
     "守护进程已恢复，期间到期的随即补发", "the daemon is back; what fell due meanwhile is being told"},
    {TroubleKind::unknown_key, "unknown-key", "有未登记或已过期的密钥试图接入",
     "a client with an unknown or expired key wants to come in",
     "是自己的系统就把公钥登记到 clients.yaml，不是就查这台机器：journalctl -u yuqingd | grep curve=refused",
     "a system of yours: enter its public key in clients.yaml; else look at that machine: "
     "journalctl -u yuqingd | grep curve=refused",
     "近10分钟没有未登记的密钥试图接入", "no unknown key has come for ten minutes"},
    {TroubleKind::flood, "flood", "有机器反复连接 ZeroMQ 入口而不握手",
     "a machine keeps connecting to the ZeroMQ door without shaking hands",
     "监测系统照常接入；请查这台机器，防火墙只放行监测系统：journalctl -u yuqingd | grep ingest=flood",
     "monitors come in all the same; look at that machine, let the firewall admit the monitors alone: "
     "journalctl -u yuqingd | grep ingest=flood",
     "近10分钟没有再这样连接", "there was none of it for ten minutes"},
    {TroubleKind::journal, "journal", "本地日志写不进去", "the local journal cannot be written",
     "请检查 journal.dir 的磁盘空间和权限；期间上报得到 retry，请监测系统继续重发",
     "look at the room and the rights of journal.dir; meanwhile events are answered retry", "本地日志已恢复",
     "the local journal works again"},
    {TroubleKind::loss, "loss", "数据库 Redis 丢失过数据，已用本地日志补报",
     "Redis lost data, which it was told again from the local journal",
     "请查明原因（清空、换盘、主从切换）；丢失前未发完的消息可能重发，已发过的未办时限会再提醒一次",
     "find the cause (emptied, another volume, a failover); what was waiting to be sent may come again, and "
     "open "
     "deadlines ring once more",
     "补报已完成", "all of it was told again"},
    {TroubleKind::journal_gap, "journal-gap", "本地日志有缺失，个别上报可能没有记入",
     "the local journal is not whole: some events may not be recorded",
     "请监测系统把近期的消息再发一遍（已有的不会重复）；不要手工删除 journal.dir 中的文件，大小由 "
     "journal.total_mib 限定",
     "have the monitors send again what they sent lately (nothing counts twice); do not remove files of "
     "journal.dir by hand, journal.total_mib bounds them",
     "近10分钟本地日志没有新的缺失", "the local journal had no new gap for ten minutes"},
    {TroubleKind::settings_differ, "settings-differ", "几个守护进程的配置不一致",
     "the daemons on this Redis do not go by the same files",
     "同一事项从哪台进来，时限就按哪台算；请把各台机器的文件改成一致，逐台执行 yuqingctl reload",
     "a matter is due by the files of the daemon it came to; make them alike, then yuqingctl reload on each",
     "各守护进程的配置已一致", "the daemons go by the same files again"},
    {TroubleKind::undecided, "undecided", "有事项已到期却无法处理，不会催办",
     "matters are due and cannot be decided: nobody is reminded of them",
     "请先人工催办，再照手册第10节修复：journalctl -u yuqingd | grep 'case 编号'",
     "remind by hand first, then mend it as section 10 of the manual says: journalctl -u yuqingd | grep "
     "'case ID'",
     "到期的事项都已处理，期间未发出的随即补发",
     "every matter that is due is decided; what was not told meanwhile is being told"}};

std::string filled(std::string_view text, std::string_view about) {
    std::string out(text);
    for (auto at = out.find("{}"); at != std::string::npos; at = out.find("{}", at + about.size()))
        out.replace(at, 2, about);
    return out;
}

bool is_of_role(TroubleKind kind) {
    return kind == TroubleKind::roster_gap || kind == TroubleKind::roster_ahead;
}

void add_line(std::string& text, std::string_view label, std::string_view value) {
    if (!value.empty()) text.append("\n").append(label).append(value);
}

}  // namespace

const TroubleWords& words_of(TroubleKind kind) { return all_words[static_cast<std::size_t>(kind)]; }

const TroubleWords* find_words(std::string_view name) {
    const auto* at = std::find_if(std::begin(all_words), std::end(all_words),
                                  [&](const auto& words) { return words.name == name; });
    return at == std::end(all_words) ? nullptr : at;
}

std::string self_text(const TroubleId& id, SelfMoment moment, const Trouble* what, TimePoint since,
                      TimePoint until, const SelfScene& scene) {
    const TroubleWords& words = words_of(id.kind);
    const auto about_zh = is_of_role(id.kind) ? role_name(id.about) : id.about;
    const auto lasted = format_duration_zh(std::max(until - since, Duration{0}));
    const auto begun = clock_text(since, scene.zone), begun_en = format_rfc3339(since, scene.zone);
    if (moment == SelfMoment::over) {
        auto text = filled(words.over_zh, about_zh);
        add_line(text, "", begun + " 开始，历时" + lasted);
        add_line(text, "", filled(words.over_en, id.about) + "; it began at " + begun_en);
        return text;
    }
    auto text = (moment == SelfMoment::lasts ? "仍未解决：" : "") + filled(words.zh, about_zh);
    add_line(text, "", what->zh);
    add_line(text, "起始：", begun + "（已" + lasted + "）");
    add_line(text, "怎么做：", filled(words.do_zh, id.about));
    auto english = filled(words.en, id.about) + ", since " + begun_en;
    if (!what->en.empty()) english += ": " + what->en;
    add_line(text, "", english + "; " + filled(words.do_en, id.about));
    return text;
}

}  // namespace alert
