#include "robot_answer.hpp"

#include "alert/notify/classify.hpp"
#include "redaction.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <span>

namespace alert {

namespace json = boost::json;

namespace {

/// What follows from a code.
enum class Action {
    deliver,
    retry,       // the platform is busy
    hold,        // too fast: nothing goes to that URL for `wait`
    give_up,     // somebody must mend the robot or us; another try changes nothing
    shorten,     // too long: once more, cut
    neutralise,  // a moderator refused the words: once more, without them
    plain        // the card was refused: once more, as text
};

struct Row {
    std::int64_t code;
    std::string_view says;  // part of the message, lower case; empty: whatever it says
    Action action;
    std::chrono::seconds wait{0};
    std::string_view hint = {};  // what would be right
};

// The first row that fits counts.
constexpr std::chrono::seconds dingtalk_block{600}, wecom_minute{60}, feishu_pause{15}, quota_pause{3600};
constexpr Row dingtalk_rows[] = {
    {0, "", Action::deliver},
    {-1, "", Action::retry},
    {130101, "", Action::hold, dingtalk_block, "20 messages a minute; the robot is blocked for ten minutes"},
    {410100, "", Action::hold, dingtalk_block, "20 messages a minute; the robot is blocked for ten minutes"},
    {90030, "", Action::hold, quota_pause, "the robot's monthly quota is used up"},
    {90018, "", Action::retry, {}, "the platform disabled calls from here for a while"},
    {310000, "timestamp", Action::retry, {}, "check this machine's clock (NTP)"},
    {310000, "过期", Action::retry, {}, "check this machine's clock (NTP)"},
    {310000, "sign", Action::give_up, {}, "check the robot's secret"},
    {310000, "签名", Action::give_up, {}, "check the robot's secret"},
    {310000, "keyword", Action::give_up, {}, "set the channel's keyword to one of the robot's"},
    {310000, "关键词", Action::give_up, {}, "set the channel's keyword to one of the robot's"},
    {310000, "", Action::give_up, {}, "check the robot's security settings: keyword, secret, IP addresses"},
    {300001, "", Action::give_up, {}, "check the robot's access_token"},
    {300005, "", Action::give_up, {}, "check the robot's access_token"},
    {430101, "", Action::neutralise},
    {430102, "", Action::neutralise},
    {430103, "", Action::neutralise},
    {430104, "", Action::neutralise},
    {460101, "", Action::shorten},
    {101002, "", Action::shorten},
    {400013, "", Action::give_up, {}, "the group was dissolved"},
    {400101, "", Action::give_up, {}, "check the robot's access_token"},
    {400102, "", Action::give_up, {}, "the robot was stopped"},
    {400106, "", Action::give_up, {}, "the robot is not in the group"},
    {400105, "", Action::give_up},  // from here on the request itself is wrong
    {40035, "", Action::give_up},
    {43004, "", Action::give_up},
};
constexpr Row wecom_rows[] = {
    {0, "", Action::deliver},
    {-1, "", Action::retry},
    {45009, "", Action::hold, wecom_minute, "20 messages a minute"},
    {45033, "", Action::retry},
    {40058, "", Action::shorten},
    {93000, "", Action::give_up, {}, "the URL is wrong or the robot was removed from the group"},
    {93004, "", Action::give_up, {}, "the robot was stopped"},
    {93008, "", Action::give_up, {}, "the robot is not in the group"},
    {40008, "", Action::give_up},  // from here on the request itself is wrong
    {40033, "", Action::give_up},
    {40035, "", Action::give_up},
    {40039, "", Action::give_up},
    {44004, "", Action::give_up},
};
constexpr Row feishu_rows[] = {
    {0, "", Action::deliver},
    {11232, "", Action::hold, feishu_pause, "5 messages a second, 100 a minute"},
    {9499, "too many", Action::hold, feishu_pause, "5 messages a second, 100 a minute"},
    {9499, "frequency", Action::hold, feishu_pause, "5 messages a second, 100 a minute"},
    {99991400, "", Action::hold, feishu_pause, "5 messages a second, 100 a minute"},
    {19001, "", Action::give_up, {}, "check the robot's URL"},
    {19021, "", Action::give_up, {}, "check the robot's secret and this machine's clock (NTP)"},
    {19022, "", Action::give_up, {}, "allow this machine's address in the robot's settings"},
    {19024, "", Action::give_up, {}, "set the channel's keyword to one of the robot's"},
    {19036, "", Action::shorten},
    {9499, "", Action::give_up},  // from here on the request itself is wrong
    {19002, "", Action::give_up},
};
/// Of the card, told as `ErrCode: 11310` in the message of another code.
constexpr std::int64_t feishu_card_errors[] = {200621, 100290, 200861, 11310};

struct RobotCode {
    std::int64_t code;
    std::string message;
    std::string shown;  // the message for people: one line, without anything that could steer a terminal
};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::optional<std::int64_t> integer(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_int64() ? std::optional(value->get_int64()) : std::nullopt;
}

std::optional<json::object> body_object(const Reply& reply) {
    json::error_code error;
    auto value = json::parse(reply.body, error);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

std::string member_text(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

RobotCode robot_code(std::int64_t code, std::string message, const Reply& reply) {
    constexpr std::size_t message_bytes_max = 160;
    auto shown = said_text(reply.redaction.get(), message, message_bytes_max);
    return {code, std::move(message), std::move(shown)};
}

std::string error_text(const RobotCode& told, std::string_view hint) {
    auto text = "code " + std::to_string(told.code);
    if (!told.shown.empty()) text += ": " + told.shown;
    if (!hint.empty()) text.append("; ").append(hint);
    return text;
}

Verdict act(const Row& row, const RobotCode& told, Shape shape, std::optional<Duration> asked) {
    using Kind = DeliveryResult::Kind;
    const auto failed = [&](Kind kind) {
        return DeliveryResult{.kind = kind, .error = error_text(told, row.hint)};
    };
    const auto once_more = [&](Shape other) {
        return Verdict{failed(Kind::permanent), shape < other ? std::optional(other) : std::nullopt};
    };
    switch (row.action) {
        case Action::deliver: return {{.kind = Kind::delivered}, {}};
        case Action::retry: return {failed(Kind::retry), {}};
        case Action::give_up: return {failed(Kind::permanent), {}};
        case Action::shorten: return once_more(Shape::brief);
        case Action::neutralise: return once_more(Shape::neutral);
        case Action::plain: return once_more(Shape::plain);
        case Action::hold: break;
    }
    Verdict held{failed(Kind::retry), {}};
    held.result.retry_after = asked.value_or(row.wait);
    held.result.holds_url = true;
    return held;
}

bool is_2xx(int status) { return status >= 200 && status <= 299; }

/// Nothing of the platform's own: its gateway, a proxy's page, a firewall's.
Verdict without_code(const Reply& reply, TimePoint now) {
    auto result = classify_status(reply.status, reply.retry_after, now);
    if (result.kind == DeliveryResult::Kind::delivered) {
        result.kind = DeliveryResult::Kind::retry;
        result.error =
            "HTTP " + std::to_string(reply.status) + " without the platform's code: not its answer";
    }
    return {std::move(result), {}};
}

/// Somebody in between speaks JSON too: where the status says what it means, the code is not the platform's.
Verdict unknown_code(const Reply& reply, const RobotCode& told, TimePoint now) {
    using Kind = DeliveryResult::Kind;
    auto result = classify_status(reply.status, reply.retry_after, now);
    const bool busy = result.kind == Kind::retry;
    if (!busy) result = {.kind = Kind::unknown};
    result.error = error_text(told, busy ? "HTTP " + std::to_string(reply.status) : "this code is not known");
    return {std::move(result), {}};
}

/// Nothing when the code is not in the table.
const Row* row_of(std::span<const Row> rows, const RobotCode& told) {
    const auto said = lower(told.message);
    for (const Row& row : rows) {
        const bool fits = row.says.empty() || said.find(row.says) != std::string::npos;
        if (row.code == told.code && fits) return &row;
    }
    return nullptr;
}

/// A code of 0 is success only where the status agrees: a redirect or an error in between has it too.
Verdict judge(const Row* row, const Reply& reply, const RobotCode& told, Shape shape, TimePoint now,
              std::optional<Duration> asked = {}) {
    if (!row) return unknown_code(reply, told, now);
    if (row->action == Action::deliver && !is_2xx(reply.status)) return without_code(reply, now);
    return act(*row, told, shape, asked);
}

bool is_card_error(const RobotCode& told) {
    const auto listed = [](std::int64_t code) {
        return std::find(std::begin(feishu_card_errors), std::end(feishu_card_errors), code) !=
               std::end(feishu_card_errors);
    };
    if (listed(told.code)) return true;
    constexpr std::string_view mark = "errcode:";
    const auto said = lower(told.message);
    for (auto at = said.find(mark); at != said.npos; at = said.find(mark, at)) {
        at = std::min(said.find_first_not_of(' ', at + mark.size()), said.size());
        std::int64_t code = 0;
        std::from_chars(said.data() + at, said.data() + said.size(), code);
        if (listed(code)) return true;
    }
    return false;
}

}  // namespace

Verdict judge_dingtalk(const Reply& reply, Shape shape, TimePoint now) {
    const auto body = body_object(reply);
    if (!body) return without_code(reply, now);
    if (const auto code = integer(*body, "errcode")) {
        const auto told = robot_code(*code, member_text(*body, "errmsg"), reply);
        return judge(row_of(dingtalk_rows, told), reply, told, shape, now);
    }
    // The gateway's own: {"status":1111,"wait":5,"punish":"deny"}.
    auto verdict = without_code(reply, now);
    constexpr std::int64_t wait_max = 3600;
    if (const auto wait = integer(*body, "wait"); wait && *wait > 0) {
        verdict.result.kind = DeliveryResult::Kind::retry;
        verdict.result.retry_after = std::chrono::seconds(std::min(*wait, wait_max));
        verdict.result.holds_url = true;
    }
    return verdict;
}

Verdict judge_wecom(const Reply& reply, Shape shape, TimePoint now) {
    const auto body = body_object(reply);
    const auto code = body ? integer(*body, "errcode") : std::nullopt;
    if (!code) return without_code(reply, now);
    const auto told = robot_code(*code, member_text(*body, "errmsg"), reply);
    return judge(row_of(wecom_rows, told), reply, told, shape, now);
}

Verdict judge_feishu(const Reply& reply, Shape shape, TimePoint now) {
    const auto body = body_object(reply);
    auto code = body ? integer(*body, "code") : std::nullopt;
    if (body && !code) code = integer(*body, "StatusCode");
    if (!code) return without_code(reply, now);
    const auto told = robot_code(*code, member_text(*body, "msg"), reply);
    const Row* row = row_of(feishu_rows, told);
    // What a known code leaves to be done is not overruled by numbers in its message, a trace for one.
    constexpr Row card{0, "", Action::plain};
    if ((!row || row->action == Action::give_up) && is_card_error(told)) row = &card;
    return judge(row, reply, told, shape, now, parse_retry_after(reply.rate_reset, now));
}

}  // namespace alert
