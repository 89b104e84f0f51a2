// The robot of a WeCom group. Markdown mentions by user id only; somebody who has none in the directory is
// rung by mobile, which only plain text can do. The limits count the bytes of the content.
#include "robot_answer.hpp"
#include "robot_text.hpp"
#include "sheet.hpp"

#include <boost/json/serialize.hpp>

namespace alert {

namespace json = boost::json;

namespace {

constexpr std::size_t markdown_bytes_max = 4096, text_bytes_max = 2048;

bool all_have_ids(const Sheet& sheet) {
    return std::all_of(sheet.mentions.begin(), sheet.mentions.end(), [](const Officer* officer) {
        return !officer->wecom.empty() || officer->mobile.empty();
    });
}

std::string markdown_of(const Sheet& sheet) {
    const auto link = [](const SheetLink& l) { return "[" + l.label + "](" + l.url + ")"; };
    std::string text = "#### " + sheet.heading;
    if (!sheet.subject.empty()) text += "\n**" + sheet.subject + "**";
    for (const MessageLine& line : sheet.lines) text += "\n" + line.label + line.value;
    std::string mentions;
    for (const Officer* officer : sheet.mentions) {
        if (!officer->wecom.empty()) mentions += "<@" + officer->wecom + ">";
    }
    if (!mentions.empty()) text += "\n" + mentions;
    return text + joined_links(sheet, "\n", "　", link);
}

std::string plain_text_of(const Sheet& sheet) {
    const auto link = [](const SheetLink& l) { return l.label + "：" + l.url; };
    std::string text = sheet.heading;
    if (!sheet.subject.empty()) text += "\n" + sheet.subject;
    for (const MessageLine& line : sheet.lines) text += "\n" + line.label + line.value;
    return text + joined_links(sheet, "\n", "\n", link);
}

json::object text_mentions(const Sheet& sheet) {
    json::array users, mobiles;
    for (const Officer* officer : sheet.mentions) {
        if (!officer->wecom.empty())
            users.emplace_back(officer->wecom);
        else if (!officer->mobile.empty())
            mobiles.emplace_back(officer->mobile);
    }
    return {{"mentioned_list", std::move(users)}, {"mentioned_mobile_list", std::move(mobiles)}};
}

class WeCom : public Format {
public:
    Letter write(std::span<const Notification> messages, Shape shape, const Scene& scene) const override {
        Letter content;
        Sheet told;
        const auto write_as = [&](std::size_t bytes_max, const auto& content_of) {
            write_body(content, messages, shape, scene, bytes_max, [&](const Sheet& sheet) {
                told = sheet;
                return content_of(sheet);
            });
        };
        write_as(markdown_bytes_max, markdown_of);
        json::object body;
        if (all_have_ids(told)) {
            body = {{"msgtype", "markdown"}, {"markdown", {{"content", content.body}}}};
        } else {
            write_as(text_bytes_max, plain_text_of);
            json::object text = text_mentions(told);
            text["content"] = content.body;
            body = {{"msgtype", "text"}, {"text", std::move(text)}};
        }
        return {.query = {},
                .headers = json_headers(),
                .body = json::serialize(body),
                .included = content.included,
                .cut = content.cut};
    }
    Verdict judge(const Reply& reply, Shape shape, TimePoint now) const override {
        return judge_wecom(reply, shape, now);
    }
    bool judges_body() const override { return true; }
};

}  // namespace

std::unique_ptr<Format> make_wecom_format() { return std::make_unique<WeCom>(); }

}  // namespace alert
