// The custom bot of a Feishu group: a card of the old schema, which every client shows. What comes from
// outside stands in `plain_text`, where nothing is interpreted; only the mentions are Markdown. Signed in the
// body: key and content the other way round than DingTalk's, in seconds.
#include "alert/codec/base64.hpp"
#include "robot_answer.hpp"
#include "robot_text.hpp"
#include "sheet.hpp"

#include <boost/json/serialize.hpp>

namespace alert {

namespace json = boost::json;

namespace {

constexpr std::size_t feishu_body_bytes_max = 20 * 1024 - 512;  // the whole body, with room for the signature

json::object plain(std::string_view text) { return {{"tag", "plain_text"}, {"content", text}}; }

std::string_view colour_of(const Notification& message) {
    switch (message.reason) {
        case Reason::due:
        case Reason::overdue: return "red";
        case Reason::opened: return is_emergency(message) ? "red" : "orange";
        case Reason::unacknowledged:
        case Reason::upgraded:
        case Reason::attention: return "orange";
        case Reason::fulfilled:
        case Reason::closed: return "green";
        default: return "blue";
    }
}

/// Of several the colour that is most urgent.
std::string_view colour_of(std::span<const Notification> messages) {
    constexpr std::string_view by_urgency[] = {"red", "orange", "blue", "green"};
    return *std::find_first_of(
        std::begin(by_urgency), std::end(by_urgency), messages.begin(), messages.end(),
        [](std::string_view colour, const Notification& message) { return colour == colour_of(message); });
}

std::string lines_text(const Sheet& sheet) {
    std::string text;
    for (const MessageLine& line : sheet.lines)
        text.append(text.empty() ? "" : "\n").append(line.label).append(line.value);
    return text;
}

std::string mention_text(const Sheet& sheet, std::string_view before, std::string_view after) {
    std::string text;
    for (const Officer* officer : sheet.mentions) {
        if (!officer->feishu.empty()) text.append(before).append(officer->feishu).append(after);
    }
    return text;
}

json::object button(const SheetLink& link, bool first) {
    return {{"tag", "button"},
            {"type", first ? "primary" : "default"},
            {"text", plain(link.label)},
            {"url", link.url}};
}

json::object card_of(const Sheet& sheet, std::string_view colour, const std::string& keyword) {
    json::array elements;
    const auto paragraph = [&](json::object text) {
        elements.push_back(json::object{{"tag", "div"}, {"text", std::move(text)}});
    };
    std::string said = sheet.heading + sheet.subject;
    if (!sheet.subject.empty()) paragraph(plain(sheet.subject));
    if (auto lines = lines_text(sheet); !lines.empty()) {
        said += lines;
        paragraph(plain(lines));
    }
    if (const auto mentions = mention_text(sheet, "<at id=", "></at>"); !mentions.empty())
        paragraph({{"tag", "lark_md"}, {"content", mentions}});
    if (!keyword.empty() && said.find(keyword) == std::string::npos) paragraph(plain("〔" + keyword + "〕"));
    json::array buttons;
    for (const SheetLink& link : sheet.links) buttons.push_back(button(link, buttons.empty()));
    if (!buttons.empty())
        elements.push_back(json::object{{"tag", "action"}, {"actions", std::move(buttons)}});
    return {{"config", {{"wide_screen_mode", true}}},
            {"header", {{"template", colour}, {"title", plain(sheet.heading)}}},
            {"elements", std::move(elements)}};
}

/// For a client or a group that refuses the card. Here only `<at …>` means anything.
json::object rich_text_of(const Sheet& sheet, const std::string& keyword) {
    const auto link = [](const SheetLink& l) { return l.label + "：" + l.url; };
    std::string text = sheet.heading;
    if (!sheet.subject.empty()) text += "\n" + sheet.subject;
    text += "\n" + lines_text(sheet) + joined_links(sheet, "\n", "\n", link);
    if (const auto mentions = mention_text(sheet, "<at user_id=\"", "\"></at>"); !mentions.empty())
        text += "\n" + mentions;
    add_keyword(text, keyword);
    return {{"text", std::move(text)}};
}

class Feishu : public Format {
public:
    explicit Feishu(RobotOptions options) : options_(std::move(options)) {}

    Letter write(std::span<const Notification> messages, Shape shape, const Scene& scene) const override {
        Letter letter{.query = {}, .headers = json_headers()};
        const auto body = [&](const Sheet& sheet) {
            json::object out;
            if (!options_.secret.empty()) sign(out, scene.now);
            if (shape == Shape::full) {
                out["msg_type"] = "interactive";
                out["card"] = card_of(sheet, colour_of(sheet.told), options_.keyword);
            } else {
                out["msg_type"] = "text";
                out["content"] = rich_text_of(sheet, options_.keyword);
            }
            return json::serialize(out);
        };
        write_body(letter, messages, shape, scene, feishu_body_bytes_max, body);
        return letter;
    }
    Verdict judge(const Reply& reply, Shape shape, TimePoint now) const override {
        return judge_feishu(reply, shape, now);
    }
    bool judges_body() const override { return true; }

private:
    void sign(json::object& body, TimePoint now) const {
        const auto timestamp =
            std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
        body["timestamp"] = timestamp;
        body["sign"] = base64_of(hmac_sha256(timestamp + "\n" + options_.secret, ""));
    }

    RobotOptions options_;
};

}  // namespace

std::unique_ptr<Format> make_feishu_format(RobotOptions options) {
    return std::make_unique<Feishu>(std::move(options));
}

}  // namespace alert
