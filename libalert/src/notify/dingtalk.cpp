// The custom robot of a DingTalk group: Markdown, mentions by mobile or user id in text and `at`, signed in
// the query. A line break needs an empty line; buttons are links.
#include "alert/codec/base64.hpp"
#include "alert/codec/escape.hpp"
#include "robot_answer.hpp"
#include "robot_text.hpp"
#include "sheet.hpp"

#include <boost/json/serialize.hpp>

namespace alert {

namespace json = boost::json;

namespace {

constexpr std::size_t dingtalk_body_bytes_max =
    20'000 - 200;  // the platform counts the whole body; room for its errors
constexpr std::size_t banner_bytes_max = 120;

std::string signature_query(const std::string& secret, TimePoint now) {
    if (secret.empty()) return {};
    const auto timestamp = std::to_string(now.time_since_epoch().count());
    const auto sign = base64_of(hmac_sha256(secret, timestamp + "\n" + secret));
    return "timestamp=" + timestamp + "&sign=" + percent_encoded(sign);
}

/// The numbers stand in the text as well: without them nobody is rung.
std::string mention_text(const std::vector<const Officer*>& officers) {
    std::string text;
    for (const Officer* officer : officers) {
        const auto& handle = officer->mobile.empty() ? officer->dingtalk : officer->mobile;
        if (!handle.empty()) text += (text.empty() ? "@" : " @") + handle;
    }
    return text;
}

json::object mention_block(const std::vector<const Officer*>& officers) {
    json::array mobiles, users;
    for (const Officer* officer : officers) {
        if (!officer->mobile.empty())
            mobiles.emplace_back(officer->mobile);
        else if (!officer->dingtalk.empty())
            users.emplace_back(officer->dingtalk);
    }
    return {{"atMobiles", std::move(mobiles)}, {"atUserIds", std::move(users)}, {"isAtAll", false}};
}

std::string body_of(const Sheet& sheet, const std::string& keyword) {
    const auto link = [](const SheetLink& l) { return "[" + l.label + "](" + l.url + ")"; };
    std::string text = "#### " + sheet.heading;
    if (!sheet.subject.empty()) text += "\n\n**" + sheet.subject + "**";
    for (const MessageLine& line : sheet.lines) text += "\n\n" + line.label + line.value;
    if (const auto mentions = mention_text(sheet.mentions); !mentions.empty()) text += "\n\n" + mentions;
    text += joined_links(sheet, "\n\n", "　", link);
    add_keyword(text, keyword);
    const auto banner = cut_to_bytes(sheet.heading + sheet.subject, banner_bytes_max);
    return json::serialize(json::object{{"msgtype", "markdown"},
                                        {"markdown", {{"title", banner}, {"text", text}}},
                                        {"at", mention_block(sheet.mentions)}});
}

class DingTalk : public Format {
public:
    explicit DingTalk(RobotOptions options) : options_(std::move(options)) {}

    Letter write(std::span<const Notification> messages, Shape shape, const Scene& scene) const override {
        Letter letter{.query = signature_query(options_.secret, scene.now), .headers = json_headers()};
        const auto body = [this](const Sheet& sheet) { return body_of(sheet, options_.keyword); };
        write_body(letter, messages, shape, scene, dingtalk_body_bytes_max, body);
        return letter;
    }
    Verdict judge(const Reply& reply, Shape shape, TimePoint now) const override {
        return judge_dingtalk(reply, shape, now);
    }
    bool judges_body() const override { return true; }

private:
    RobotOptions options_;
};

}  // namespace

std::unique_ptr<Format> make_dingtalk_format(RobotOptions options) {
    return std::make_unique<DingTalk>(std::move(options));
}

}  // namespace alert
