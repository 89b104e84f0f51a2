// What a channel's program understands: how messages become the request of one attempt, and what its answer
// means. Pure; one implementation per `format`, chosen once per channel.
//
// Several messages given at once travel in one request where the format can do that; `included` says how many
// of them fitted, the first ones first. Text from outside reaches every program as text.
#pragma once

#include "alert/core/act_link.hpp"
#include "alert/core/channel.hpp"
#include "alert/core/directory.hpp"
#include "alert/core/notification.hpp"
#include "alert/core/result.hpp"
#include "alert/port/sender.hpp"

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alert {

/// What rendering uses besides the messages.
struct Scene {
    const Directory& directory;
    std::string_view jurisdiction, public_url;
    const Zone& zone;
    TimePoint now;     // of the attempt: signatures are made for it
    LinkKey link_key;  // without it nobody acts from a message
};

/// How much of a message is sent: what a program refused is sent once more in the next form it may take.
enum class Shape {
    full,
    plain,   // text instead of a card
    brief,   // cut short
    neutral  // without a word from outside: number of the case and links only
};

/// A request without its transport; a mail has headers and body just so.
struct Letter {
    std::string query;  // goes behind the URL's own: "timestamp=…&sign=…"
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::size_t included = 1;
    bool cut = false;  // the texts, to what the program takes
};

class Redaction;

/// An answer as far as it counts.
struct Reply {
    int status = 0;           // of HTTP or, for a mail as a whole, of SMTP
    std::string retry_after;  // headers as they came, empty when there were none
    std::string rate_reset;   // x-ogw-ratelimit-reset
    std::string body;         // read only where the format judges by it; of SMTP what a relay said
    std::shared_ptr<const Redaction> redaction;  // of what an error repeats of it; none: nothing is secret
};

struct Verdict {
    DeliveryResult result;
    std::optional<Shape> again;  // at once, in this shape, before the result counts
};

class Format {
public:
    virtual ~Format() = default;
    [[nodiscard]] virtual Letter write(std::span<const Notification> messages, Shape shape,
                                       const Scene& scene) const = 0;
    [[nodiscard]] virtual Verdict judge(const Reply& reply, Shape shape, TimePoint now) const = 0;
    /// Whether success stands in the body, so that it has to be read to its end.
    [[nodiscard]] virtual bool judges_body() const = 0;
};

struct FormatOptions {
    std::string channel;
    ChannelFormat format = ChannelFormat::cloudevents;
    /// whsec_… of Standard Webhooks; of a robot one as it is; of alertmanager a bearer token; of template
    /// what its text may name; none: unsigned
    std::vector<std::string> secrets;
    std::string keyword;
    TemplateRules template_rules;
    MailRules mail;
};
/// The first finding when a secret cannot be read.
Result<std::unique_ptr<Format>> make_format(const FormatOptions& options);

Result<std::unique_ptr<Format>> make_cloudevents_format(const std::vector<std::string>& secrets);
struct RobotOptions {
    std::string secret;   // of the signature; empty: the robot does not ask for one
    std::string keyword;  // the robot refuses whatever does not contain it; empty: none
};
std::unique_ptr<Format> make_dingtalk_format(RobotOptions options);
std::unique_ptr<Format> make_wecom_format();
std::unique_ptr<Format> make_feishu_format(RobotOptions options);
struct AlertmanagerOptions {
    std::string channel;  // told as the receiver's name
    std::string token;    // empty: none is sent
};
std::unique_ptr<Format> make_alertmanager_format(AlertmanagerOptions options);
std::unique_ptr<Format> make_template_format(TemplateRules rules, std::vector<std::string> secrets);
std::unique_ptr<Format> make_smtp_format(MailRules rules);

}  // namespace alert
