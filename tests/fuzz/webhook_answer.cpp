// What a receiver answers: "FORMAT STATUS", a line with Retry-After, a line with the robot's own header,
// the body; or "smtp" and what a relay says; or "tunnel" and what a proxy says. Whatever it is, something
// definite follows, and nothing secret is repeated.
#include "fuzz/demand.hpp"

#include "alert/codec/utf8.hpp"
#include "alert/notify/classify.hpp"
#include "alert/notify/format.hpp"
#include "notify/proxy_tunnel.hpp"
#include "notify/redaction.hpp"
#include "notify/smtp_dialogue.hpp"

#include <charconv>
#include <map>
#include <string>

namespace {

using fuzz::demand;

const std::string secret = "geheim-0815-wort";
constexpr std::size_t error_bytes_max = 2000;

alert::FormatOptions options_of(alert::ChannelFormat format) {
    alert::FormatOptions options{.channel = "c", .format = format};
    if (format == alert::ChannelFormat::cloudevents)
        options.secrets = {"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="};
    options.template_rules.body = "{}";
    options.template_rules.success = {
        .pointer = "/code", .equals = {"0", "ok"}, .retry = {"7"}, .contains = "o"};
    return options;
}

const alert::Format* format_of(std::string_view name) {
    static const auto make = [](alert::ChannelFormat format) {
        return alert::make_format(options_of(format)).value();
    };
    static const std::map<std::string_view, std::unique_ptr<alert::Format>> formats = [] {
        std::map<std::string_view, std::unique_ptr<alert::Format>> all;
        all["cloudevents"] = make(alert::ChannelFormat::cloudevents);
        all["dingtalk"] = make(alert::ChannelFormat::dingtalk);
        all["wecom"] = make(alert::ChannelFormat::wecom);
        all["feishu"] = make(alert::ChannelFormat::feishu);
        all["alertmanager"] = make(alert::ChannelFormat::alertmanager);
        all["template"] = make(alert::ChannelFormat::templated);
        return all;
    }();
    const auto at = formats.find(name);
    return at == formats.end() ? nullptr : at->second.get();
}

std::shared_ptr<const alert::Redaction> redaction() {
    static const auto made = std::make_shared<const alert::Redaction>(
        alert::HttpChannel{.url = "http://127.0.0.1/robot/send?access_token=" + secret, .secrets = {secret}});
    return made;
}

void check_words(const std::string& words) {
    demand(words.size() <= error_bytes_max, "an error is told at length");
    demand(!alert::has_control_character(words), "an error steers a terminal");
    demand(words.find(secret) == std::string::npos, "an error tells a secret");
}

void check(const alert::DeliveryResult& result, int status) {
    using Kind = alert::DeliveryResult::Kind;
    check_words(result.error);
    if (result.kind == Kind::delivered)
        demand(status >= 200 && status < 300, "a failure counts as delivered");
    if (result.kind != Kind::delivered) demand(!result.error.empty(), "a failure without words");
    if (!result.retry_after) return;
    demand(*result.retry_after >= alert::Duration{} && *result.retry_after <= alert::retry_after_max,
           "it is asked again before its time, or never");
}

void check_relay(std::string_view said) {
    const auto talk = [&](std::size_t piece) {
        alert::SmtpDialogue dialogue({.from = "a@b.c", .to = {"d@e.f", "g@h.i"}}, "[127.0.0.1]",
                                     "Subject: x\r\n\r\nx", redaction());
        std::string spoken;
        for (auto rest = said; !rest.empty() && !dialogue.is_over();) {
            const auto part = rest.substr(0, piece);
            spoken += dialogue.hear(part);
            rest.remove_prefix(part.size());
        }
        if (!dialogue.is_over()) dialogue.lose("the relay closed the connection");
        demand(dialogue.is_over(), "a lost relay is still talked to");
        check_words(dialogue.error());
        check_words(dialogue.answer().body);
        demand(dialogue.answer().status != 0 || !dialogue.error().empty(), "a failure without words");
        return std::to_string(dialogue.answer().status);
    };
    static_cast<void>(talk(said.size() + 1));
    static_cast<void>(talk(5));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = fuzz::text(data, size);
    auto first = fuzz::take_until(rest, '\n');
    if (first == "smtp") return check_relay(rest), 0;
    if (first == "tunnel") {
        if (const auto why = alert::read_tunnel_answer(rest)) check_words(*why);
        return 0;
    }
    const auto* format = format_of(fuzz::take_until(first, ' '));
    int status = 0;
    std::from_chars(first.data(), first.data() + first.size(), status);
    if (format == nullptr || status < 100 || status > 999) return 0;
    alert::Reply reply{.status = status, .redaction = redaction()};
    reply.retry_after = fuzz::take_until(rest, '\n');
    reply.rate_reset = fuzz::take_until(rest, '\n');
    reply.body = rest;
    const auto now = alert::TimePoint(alert::Duration(1'781'246'280'000));
    for (const auto shape :
         {alert::Shape::full, alert::Shape::plain, alert::Shape::brief, alert::Shape::neutral})
        check(format->judge(reply, shape, now).result, status);
    return 0;
}
