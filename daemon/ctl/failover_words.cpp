#include "failover_words.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <string_view>

namespace yuqing {

namespace {

/// `@` stands for where it is, `#` for what is the matter.
struct Failure {
    std::string_view code, zh, en;
};

constexpr Failure failures[] = {
    {"no_sentinel", "没有哨兵应答，未切换：#。请核对 redis.sentinels，并检查这些机器上的 redis-sentinel 服务",
     "no sentinel answers, nothing was switched: #; look at redis.sentinels and at the service "
     "redis-sentinel of these machines"},
    {"unknown_service",
     "哨兵 @ 不认识服务“#”，未切换。redis.service 要写 sentinel.conf 中 sentinel monitor 后面的名字",
     "the sentinel @ does not know the service \"#\", nothing was switched; redis.service must "
     "be the name behind `sentinel monitor` in sentinel.conf"},
    {"sentinel_login",
     "哨兵 @ 要求口令，或口令不对，未切换（#）。请核对 redis.sentinel_user、redis.sentinel_password_file 与 "
     "sentinel.conf 的 requirepass",
     "the sentinel @ wants another password, nothing was switched (#); compare "
     "redis.sentinel_user and redis.sentinel_password_file with `requirepass` in sentinel.conf"},
    {"sentinel_right",
     "哨兵 @ 不许所用账户执行 #，未切换。请在 sentinel.conf 中给 redis.sentinel_user 这项权限",
     "the sentinel @ does not let its account run #, nothing was switched; give "
     "redis.sentinel_user that right in sentinel.conf"},
    {"sentinel_refused", "哨兵 @ 不肯切换：#。请查看它的日志，排除之后再执行",
     "the sentinel @ refuses: #; see its log, mend that and try again"},
    {"sentinel_silent", "哨兵 @ 中途不再应答，未切换：#。请检查它之后再执行",
     "the sentinel @ fell silent, nothing was switched: #; look after it and try again"},
    {"no_quorum",
     "哨兵不够，选不出新主库，未切换（@：#）。请先恢复其余哨兵（redis-cli -p 26379 sentinel ckquorum）",
     "too few sentinels to elect a master, nothing was switched (@: #); bring the others back first "
     "(redis-cli -p 26379 sentinel ckquorum)"},
    {"login",
     "Redis @ 不接受所用账户或口令，未切换（#）。请用 --user、--password-file 给出每台 Redis "
     "上都有的管理账户",
     "Redis @ does not take this account or its password, nothing was switched (#); name one "
     "that all Redis servers have by --user and --password-file"},
    {"right",
     "Redis @ 不许所用账户执行 #，未切换。请在每台 Redis 上执行 ACL SETUSER 账户 +#，并写进 redis.conf",
     "Redis @ does not let this account run #, nothing was switched; run ACL SETUSER account +# "
     "on each Redis, and write it into redis.conf"},
    {"refused", "Redis @ 拒绝了命令：#。请先排除它的故障", "Redis @ refused a command: #; mend that first"},
    {"unreachable", "主库 @ 没有应答：#。请检查那台机器上的 Redis；它若已坏，哨兵会自行切换，不用执行本命令",
     "the master @ does not answer: #; look at Redis there. If it has failed the sentinels "
     "switch by themselves"},
    {"not_settled", "主库 @ 状态不正常，未切换：#。请等它恢复正常，或等正在进行的切换完成后，再执行",
     "the master @ is not well, nothing was switched: #; wait until it is, or until the "
     "failover is over"},
    {"not_master", "哨兵说 @ 是主库，它自己说不是，未切换。请等哨兵看清（约十秒）后再执行",
     "the sentinels say that @ is the master, it says that it is not; nothing was switched. "
     "Wait until they have seen that, some ten seconds"},
    {"no_replica_known", "哨兵 @ 没有发现任何从库，未切换。请检查其余几台 redis.conf 的 replicaof",
     "the sentinel @ knows no replica, nothing was switched; look at `replicaof` in redis.conf "
     "of the others"},
    {"no_replica",
     "没有可用的从库，未切换：#。请先恢复其中一台；replica-priority 为 0 的，在它上面执行 CONFIG SET "
     "replica-priority 100",
     "no replica is fit, nothing was switched: #; bring one back first; where replica-priority "
     "is 0, run CONFIG SET replica-priority 100"},
    {"replica_silent",
     "从库 @ 没有应答，未切换：#。请恢复它；一时恢复不了就停掉它，等哨兵认定它下线（几秒）后再执行",
     "the replica @ does not answer, nothing was switched: #; bring it back, or stop it and "
     "wait some seconds until the sentinels hold it for down"},
    {"not_following", "从库 @ 没有跟上主库（连接断开，或正在全量同步），未切换。请等它同步完再执行",
     "the replica @ does not follow its master (the link is down, or it still loads everything),"
     " nothing was switched; wait until it does"},
    {"behind", "从库 @ 没有跟上（#），已恢复写入，未切换。请检查它与主库之间的网络，或等写入少时再执行",
     "the replica @ does not keep up (#); writes go on, nothing was switched. Look at the "
     "network between them, or try again when less is written"},
    {"not_switched", "哨兵 @ 没有在限时内切换服务“#”，写入已恢复或即将恢复。请查看哨兵的日志，排除之后再执行",
     "the sentinel @ did not switch the service \"#\" in time; writes go on, or soon will; see its log "
     "and mend that first"},
    {"not_demoted", "已切换，但原主库 @ 未能改为从库（#）。在暂停结束前请停掉它，以免它再收写入",
     "switched, but the old master @ is no replica yet (#); stop it before its writes go on"},
    {"lost", "已切换，但新主库 @ 缺少数据；请执行 yuqingctl replay",
     "switched, but the new master @ lacks data; run yuqingctl replay"}};

struct Reason {
    std::string_view said, zh, en;
};

/// What a system, or a sentinel as flag of a server, says in a word. Without words: what nobody need be told.
constexpr Reason reasons[] = {
    {RedisNode::silent, "限时内没有应答", RedisNode::silent},
    {"Connection refused", "连接被拒绝，没有在运行或端口不对", "connection refused"},
    {"No route to host", "网络不通", "no route to host"},
    {"Server closed the connection", "对方断开了连接", "it closed the connection"},
    {"master", "", ""},
    {"slave", "", ""},
    {"s_down", "没有应答", "does not answer"},
    {"o_down", "多数哨兵认定它已下线", "most sentinels hold it for down"},
    {"disconnected", "哨兵连不上它", "the sentinel is not connected to it"},
    {"failover_in_progress", "正在切换", "a failover is under way"},
    {"force_failover", "正在切换", "a failover is under way"},
    {"promoted", "正在切换", "a failover is under way"},
    {"reconf_sent", "正在改随新主库", "is being made to follow another master"},
    {"reconf_inprog", "正在改随新主库", "is being made to follow another master"},
    {"reconf_done", "正在改随新主库", "is being made to follow another master"},
    {PlannedFailover::never_chosen, "replica-priority 为 0，不会被选为主库",
     "its replica-priority is 0, so it is never chosen"}};

const Reason* known_reason(std::string_view said) {
    const auto* at = std::find_if(std::begin(reasons), std::end(reasons),
                                  [&](const Reason& reason) { return reason.said == said; });
    return at == std::end(reasons) ? nullptr : at;
}

/// Flags, parted by commas, or a word of the system; whatever else it is, as it is.
std::string reason_words(const std::string& said, Language language) {
    std::istringstream flags(said);
    std::string words;
    for (std::string flag; std::getline(flags, flag, ',');) {
        const auto* reason = known_reason(flag);
        if (reason == nullptr) return said;
        const auto told = language == Language::zh ? reason->zh : reason->en;
        if (told.empty() || words.find(told) != words.npos) continue;
        words.append(words.empty() ? "" : language == Language::zh ? "，" : ", ").append(told);
    }
    return words.empty() ? said : words;
}

/// Of several servers there is a line each, the place in front.
std::string matter_words(const std::string& message, Language language) {
    std::istringstream lines(message);
    std::string words;
    for (std::string line; std::getline(lines, line);) {
        const auto tab = line.find('\t');
        const auto place = tab == line.npos ? std::string() : line.substr(0, tab) + " ";
        words.append(words.empty() ? "" : language == Language::zh ? "；" : "; ").append(place);
        words += reason_words(tab == line.npos ? line : line.substr(tab + 1), language);
    }
    return words;
}

std::string filled(std::string_view text, const alert::Error& error, Language language) {
    std::string words;
    for (const char c : text) {
        if (c == '@')
            words += error.path;
        else if (c == '#')
            words += matter_words(error.message, language);
        else
            words += c;
    }
    return words;
}

}  // namespace

Said step_words(FailoverStep step, const std::string& about) {
    switch (step) {
        case FailoverStep::found: return {"现在的主库 " + about, "the master is " + about};
        case FailoverStep::paused:
            return {"已暂停写入 " + about + "，完成之前不能中断",
                    "writes are held up at " + about + "; not to be broken off now"};
        case FailoverStep::caught_up:
            return {about + " 个从库已有全部数据", about + " replicas have everything"};
        case FailoverStep::ordered:
            return {"已请哨兵 " + about + " 切换", "the sentinel " + about + " switches"};
        case FailoverStep::promoted: return {"新主库 " + about, "the new master is " + about};
        case FailoverStep::demoted: break;
    }
    return {"原主库 " + about + " 已改为从库", "the old master " + about + " is a replica now"};
}

Said failure_words(const alert::Error& error) {
    const auto* at = std::find_if(std::begin(failures), std::end(failures),
                                  [&](const Failure& failure) { return failure.code == error.code; });
    if (at == std::end(failures)) return {error.message, error.message};
    return {filled(at->zh, error, Language::zh), filled(at->en, error, Language::en)};
}

}  // namespace yuqing
