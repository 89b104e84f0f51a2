// What the daemon tells of itself, when, and through which channel.
#include "alert/core/self_watch.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;
using Kind = TroubleMove::Kind;

namespace {

const TroubleId stuck{TroubleKind::channel, "duty-group"}, refused{TroubleKind::reload, ""};
const TroubleId ahead{TroubleKind::roster_ahead, "duty_officer"},
    gap{TroubleKind::roster_gap, "duty_officer"};

Trouble trouble(const TroubleId& id) { return {id, "待发3条", "3 wait", {}}; }

/// Looks at one book again and again, as a daemon does; `told` is what each look tells.
struct Watch {
    Office office = an_office();
    SelfLimits limits;
    TroubleBook book;
    std::vector<SelfNotice> told;

    /// "begins channel.duty-group"; what was told by this look.
    std::string look(Duration after, const std::vector<TroubleId>& ids) {
        std::vector<Trouble> seen;
        for (const auto& id : ids) seen.push_back(trouble(id));
        return look_at(after, seen);
    }
    std::string look_at(Duration after, const std::vector<Trouble>& seen) {
        std::string texts;
        for (const auto& move : judge_troubles(limits, seen, book, t0 + after, scene())) {
            if (move.kind == Kind::enter) book.emplace(move.id, move.known);
            if (move.kind == Kind::keep) book.at(move.id) = move.known;
            if (move.kind == Kind::forget) book.erase(move.id);
            if (!move.notice) continue;
            told.push_back(*move.notice);
            if (!texts.empty()) texts += ", ";
            texts.append(to_string(move.notice->moment)).append(" ").append(to_string(move.id));
        }
        return texts;
    }
    [[nodiscard]] SelfScene scene() const { return {office.directory, office.zone}; }
};

const TroubleId silent{TroubleKind::daemon, ""};

using Names = std::vector<std::string>;

Channels audience(const Names& channels) {
    Channels all;
    for (const auto& channel : channels) all[ChannelId(channel)] = {{"duty_officer", {"chen"}}};
    return all;
}

std::string names(const Channels& channels) {
    std::string text;
    for (const auto& [channel, targets] : channels) text += (text.empty() ? "" : " ") + channel.value;
    return text;
}

std::set<ChannelId> set_of(const Names& channels) {
    std::set<ChannelId> set;
    for (const auto& channel : channels) set.insert(ChannelId(channel));
    return set;
}

}  // namespace

TEST_CASE(
    "Self watch: a trouble is told once when it begins, once a day while it lasts, once when it is over") {
    struct Row {
        Duration at;
        bool there;
        std::string told, why;
    };
    const std::vector<Row> rows = {{0s, true, "", "the first look only writes it down, for all daemons"},
                                   {10s, true, "begins channel.duty-group", "it is still there"},
                                   {20s, true, "", "it was told"},
                                   {24h, true, "", "not yet a day after the telling"},
                                   {24h + 10s, true, "lasts channel.duty-group", "a day"},
                                   {24h + 20s, true, "", "reminded of"},
                                   {48h + 10s, true, "lasts channel.duty-group", "another day"},
                                   {48h + 20s, false, "", "may come back in a moment"},
                                   {48h + 30s, true, "", "it did: the same trouble"},
                                   {48h + 89s, false, "", "59 s without it"},
                                   {48h + 90s, false, "over channel.duty-group", "a minute without it"},
                                   {48h + 100s, false, "", "over is over"},
                                   {49h, true, "", "a new one"},
                                   {49h + 10s, true, "begins channel.duty-group", "and told as such"}};
    Watch watch;
    for (const auto& row : rows) {
        INFO(row.why);
        CHECK(watch.look(row.at, row.there ? std::vector{stuck} : std::vector<TroubleId>{}) == row.told);
    }
    std::set<std::string> once;
    for (const auto& notice : watch.told) once.insert(notice.once);
    CHECK(once.size() == watch.told.size());
}

TEST_CASE("Self watch: how long each trouble must last before it is told, and how often it is told again") {
    struct Row {
        TroubleKind kind;
        Duration after, again;
    };
    const std::vector<Row> rows = {
        {TroubleKind::redis, 1min, 24h},        {TroubleKind::channel, 10s, 24h},
        {TroubleKind::dead_letters, 10s, 24h},  {TroubleKind::roster_gap, 10s, 24h},
        {TroubleKind::roster_ahead, 5min, 24h}, {TroubleKind::calendar, 5min, 7 * 24h},
        {TroubleKind::reload, 5min, 24h},       {TroubleKind::clock, 10s, 24h},
        {TroubleKind::rejects, 10s, 24h},       {TroubleKind::warnings, 5min, 7 * 24h},
        {TroubleKind::journal, 10s, 24h},       {TroubleKind::settings_differ, 5min, 24h}};
    for (const auto& row : rows) {
        const TroubleId id{row.kind, ""};
        INFO(to_string(id));
        Watch watch;
        Duration told_at{-1}, again_at{-1};
        for (Duration at{0}; at <= 10min && told_at < 0s; at += 10s)
            if (!watch.look(at, {id}).empty()) told_at = at;
        CHECK(told_at == row.after);
        CHECK(watch.look(told_at + row.again - 1ms, {id}).empty());
        CHECK(watch.look(told_at + row.again, {id}) == "lasts " + to_string(id));
    }
}

TEST_CASE("Self watch: what is over before it was told was nothing") {
    Watch watch;
    CHECK(watch.look(0s, {refused}).empty());
    CHECK(watch.look(4min + 50s, {refused}).empty());
    CHECK(watch.look(5min, {}).empty());
    CHECK(watch.look(5min + 50s, {}).empty());
    CHECK(watch.book.empty());
    CHECK(watch.told.empty());
}

TEST_CASE("Self watch: daemons that look at one book make the same messages") {
    Watch one;
    one.look(0s, {stuck});
    Watch other = one;
    one.look(10s, {stuck});
    other.look(12s, {stuck});
    REQUIRE(one.told.size() == 1);
    CHECK(one.told[0].once == other.told[0].once);
    const auto channels = audience({"duty-group"});
    CHECK(self_notifications(one.told[0], channels, t0)[0].id ==
          self_notifications(other.told[0], channels, t0 + 2s)[0].id);
    one.look(2min, {});
    other.look(3min, {});
    CHECK(one.told[1].once == other.told[1].once);
}

TEST_CASE("Self watch: a daemon that was away for long judges by what it sees now") {
    Watch watch;
    watch.look(0s, {stuck, refused});
    watch.look(6min, {stuck, refused});
    CHECK(watch.told.size() == 2);
    CHECK(watch.look(5h, {stuck}) == "over reload");  // after a restart, which took the files
}

TEST_CASE("Self watch: the gap that was ahead and is here now is no good news") {
    Watch watch;
    watch.look(0s, {ahead});
    CHECK(watch.look(6min, {ahead}) == "begins roster-ahead.duty_officer");
    CHECK(watch.look(2h, {gap}).empty());
    CHECK(watch.look(2h + 10s, {gap}) == "begins roster-gap.duty_officer");
    CHECK(watch.look(3h, {}) == "over roster-gap.duty_officer");
    CHECK(watch.book.empty());
}

TEST_CASE("Self watch: what was told past the book is not told again, only its end") {
    Watch watch;
    const Trouble outage{{TroubleKind::redis, ""}, "", "", t0 - 10min, true};
    CHECK(watch.look_at(0s, {outage}).empty());
    CHECK(watch.look_at(10s, {outage}).empty());
    CHECK(watch.look_at(70s, {}) == "over redis");
    CHECK_THAT(watch.told[0].text, Catch::Contains("06-01 07:50 开始，历时10分10秒"));
}

TEST_CASE("Self watch: an outage that another daemon wrote down untold counts as told") {
    Watch watch;
    watch.book[{TroubleKind::redis, ""}] = {.since = t0, .seen = t0};
    CHECK(watch.look_at(10s, {{{TroubleKind::redis, ""}, "", "", t0, true}}).empty());
    CHECK(watch.look_at(70s, {}) == "over redis");
}

TEST_CASE("Self watch: a notice says what, since when, and what to do, Chinese first") {
    Watch watch;
    watch.look(0s, {stuck});
    watch.look(12min, {stuck});
    watch.look(25h, {stuck});
    watch.look(26h, {});
    REQUIRE(watch.told.size() == 3);
    CHECK(watch.told[0].text ==
          "通道 duty-group 发送不畅\n待发3条\n起始：06-01 08:00（已12分）\n"
          "怎么做：请检查网络、机器人和密钥：yuqingctl test-channel duty-group\n"
          "channel duty-group does not get its messages out, since 2026-06-01T08:00:00+08:00: 3 wait; "
          "look at the network, the robot and its secrets: yuqingctl test-channel duty-group");
    CHECK_THAT(watch.told[1].text, Catch::StartsWith("仍未解决：通道 duty-group 发送不畅\n"));
    CHECK(watch.told[2].text ==
          "通道 duty-group 已恢复\n06-01 08:00 开始，历时1天1小时\n"
          "channel duty-group works again; it began at 2026-06-01T08:00:00+08:00");
    const auto notice = beginning({gap, "", "", {}}, t0, t0, watch.scene());
    CHECK_THAT(notice.text, Catch::StartsWith("岗位 值班员 现在无人值班\n起始："));
}

TEST_CASE("Self watch: every kind has its words, and its id is read back") {
    for (int kind = 0; kind <= static_cast<int>(TroubleKind::undecided); ++kind) {
        for (const std::string about : {"", "a.b-c"}) {
            const TroubleId id{static_cast<TroubleKind>(kind), about};
            CHECK(parse_trouble_id(to_string(id)) == id);
            Watch watch;
            watch.limits.settings_after = watch.limits.redis_after = watch.limits.daemon_after = 0s;
            watch.look(0s, {id});
            watch.look(10s, {id});
            watch.look(10min, {});
            REQUIRE(watch.told.size() == 2);
            for (const auto& notice : watch.told) CHECK(notice.text.find("{}") == std::string::npos);
        }
    }
    CHECK_FALSE(parse_trouble_id("weather"));
}

TEST_CASE("Self watch: a message names the trouble, and is an ordinary message of reason self") {
    Watch watch;
    watch.look(0s, {stuck});
    watch.look(10s, {stuck});
    watch.look(10min, {});
    const auto begins = self_notifications(watch.told[0], audience({"a", "b"}), t0);
    REQUIRE(begins.size() == 2);
    CHECK(begins[0].channel == ChannelId("a"));
    CHECK(begins[0].id != begins[1].id);
    CHECK(begins[0].reason == Reason::self);
    CHECK(begins[0].flag.empty());
    CHECK(begins[0].about == "channel.duty-group");
    CHECK_FALSE(begins[0].over);
    CHECK(begins[0].urgency == 3);
    CHECK(self_notifications(watch.told[1], audience({"a"}), t0)[0].over);
    const auto text = compose(begins[0], watch.office.directory, t0, watch.office.zone);
    CHECK(text.title == "【系统】通道 duty-group 发送不畅");
    CHECK_THAT(text.text, Catch::StartsWith("待发3条\n起始："));
    CHECK_THAT(text.text, Catch::EndsWith("\n通知：" + std::string("陈七")));
}

TEST_CASE("Self watch: a notice goes around the channels that fail") {
    Directory directory;
    directory.roles = {{.id = "county_head", .officers = {"li"}, .channels = {ChannelId("leaders")}}};
    Fallbacks configured;
    for (const auto* name : {"audit", "duty", "leaders", "office", "sms"}) configured[ChannelId(name)] = {};
    configured[ChannelId("duty")] = ChannelId("sms");
    configured[ChannelId("sms")] = ChannelId("office");
    struct Row {
        Names audience, failing;
        std::string through, why;
    };
    const std::vector<Row> rows = {
        {{"duty"}, {}, "duty", "nothing fails"},
        {{"duty"}, {"audit"}, "duty", "another one fails"},
        {{"duty"}, {"duty"}, "sms", "its fallback"},
        {{"duty"}, {"duty", "sms"}, "office", "the fallback's fallback"},
        {{"duty", "audit"}, {"duty"}, "audit sms", "each goes its way"},
        {{"duty", "audit"}, {"audit"}, "duty", "no fallback: those that are left"},
        {{"duty"}, {"duty", "sms", "office"}, "leaders", "a channel of the roles"},
        {{"duty"}, {"duty", "sms", "office", "leaders"}, "audit", "any that is configured"},
        {{"duty"}, {"duty", "sms", "office", "leaders", "audit"}, "", "none is left"},
        {{"gone"}, {"gone"}, "leaders", "a channel that is configured no more"},
        {{}, {}, "leaders", "a duty officer without channels"}};
    for (const auto& row : rows) {
        INFO(row.why);
        const auto through =
            around_failing(audience(row.audience), set_of(row.failing), configured, directory);
        CHECK(names(through) == row.through);
        for (const auto& [channel, targets] : through) CHECK(targets.size() <= 1);
    }
}

TEST_CASE("Self watch: a channel fails while its messages wait or die, seen now or not yet over") {
    const TroubleBook book{{{TroubleKind::dead_letters, "sms"}, {}}, {{TroubleKind::redis, ""}, {}}};
    CHECK(failing_channels({trouble(stuck), trouble(refused)}, book) == set_of({"duty-group", "sms"}));
    CHECK(failing_channels({}, {}).empty());
}

TEST_CASE("Self watch: a role without anybody, now or soon, is seen in directory and roster") {
    Directory directory;
    directory.roles = {{.id = "duty_officer", .roster = "duty_officer"},
                       {.id = "duty_leader", .roster = "duty_leader"},
                       {.id = "county_head", .officers = {"li"}},
                       {.id = "deputy_head"}};
    const Roster roster{
        {{"duty_officer", "zhang", t0 - 24h, t0 + 24h}, {"duty_leader", "zhou", t0 - 24h, t0 + 72h}}};
    const auto zone = Zone::find("Asia/Shanghai").value();
    const auto seen = [&](Duration after) {
        std::string text;
        for (const auto& each : roster_troubles(directory, roster, zone, t0 + after, 72h))
            text += to_string(each.id) + " ";
        return text;
    };
    CHECK(seen(0s) == "roster-ahead.duty_officer roster-gap.deputy_head ");
    CHECK(seen(1ms) == "roster-ahead.duty_officer roster-ahead.duty_leader roster-gap.deputy_head ");
    CHECK(seen(24h) == "roster-gap.duty_officer roster-ahead.duty_leader roster-gap.deputy_head ");
    CHECK_THAT(roster_troubles(directory, roster, zone, t0, 72h)[0].zh,
               Catch::Equals("06-02 08:00 起无人值班"));
}

TEST_CASE("Self watch: a calendar is told of from 60 days before its end") {
    using std::chrono::days;
    const auto zone = Zone::find("Asia/Shanghai").value();
    Calendar calendar;
    CHECK_THAT(calendar_trouble(calendar, zone, t0)->zh, Catch::Contains("known_until"));
    const auto today = std::chrono::floor<days>(zone.to_local(t0));
    calendar.known_until = today + days(60);
    CHECK_FALSE(calendar_trouble(calendar, zone, t0));
    calendar.known_until = today + days(59);
    REQUIRE(calendar_trouble(calendar, zone, t0));
    CHECK_THAT(calendar_trouble(calendar, zone, t0)->zh, Catch::Contains("有效至 2026-07-30，还剩59天"));
    calendar.known_until = today - days(2);
    CHECK_THAT(calendar_trouble(calendar, zone, t0)->zh, Catch::Contains("已过期"));
}

TEST_CASE("Self watch: a silent daemon is told after half a minute, hourly, and when it is back") {
    Watch watch;
    CHECK(watch.look(0s, {silent}).empty());
    CHECK(watch.look(20s, {silent}).empty());
    CHECK(watch.look(30s, {silent}) == "begins daemon");
    CHECK(watch.look(59min, {silent}).empty());
    CHECK(watch.look(61min, {silent}) == "lasts daemon");
    CHECK(watch.look(61min + 30s, {}).empty());
    CHECK(watch.look(62min, {}) == "over daemon");
    CHECK(watch.told.front().text.find("systemctl status yuqingd") != std::string::npos);
}

TEST_CASE("Self watch: a restart that takes some seconds is nothing to tell") {
    Watch watch;
    CHECK(watch.look(0s, {silent}).empty());
    CHECK(watch.look(20s, {}).empty());
    CHECK(watch.look(200s, {}).empty());
}
