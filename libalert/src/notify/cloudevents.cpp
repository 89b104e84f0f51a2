// `format: cloudevents`: one CloudEvent a request, signed by Standard Webhooks. The status alone decides, as
// soon as it is read.
#include "alert/codec/case_json.hpp"
#include "alert/notify/classify.hpp"
#include "alert/notify/format.hpp"
#include "alert/notify/standard_webhooks.hpp"

#include <boost/json/serialize.hpp>

namespace alert {

namespace {

class CloudEvents : public Format {
public:
    explicit CloudEvents(std::vector<WebhookKey> keys) : keys_(std::move(keys)) {}

    Letter write(std::span<const Notification> messages, Shape, const Scene& scene) const override {
        const Notification& message = messages.front();
        Letter letter;
        letter.body = boost::json::serialize(
            notification_cloudevent(message, scene.directory, std::string(scene.jurisdiction),
                                    std::string(scene.public_url), scene.link_key, scene.now, scene.zone));
        const auto timestamp =
            std::to_string(std::chrono::floor<std::chrono::seconds>(scene.now).time_since_epoch().count());
        letter.headers = {{"Content-Type", "application/cloudevents+json; charset=utf-8"},
                          {"webhook-id", message.id.value},
                          {"webhook-timestamp", timestamp}};
        if (!keys_.empty()) {
            letter.headers.emplace_back("webhook-signature",
                                        sign_webhook(keys_, message.id.value, timestamp, letter.body));
        }
        return letter;
    }
    Verdict judge(const Reply& reply, Shape, TimePoint now) const override {
        return {classify_status(reply.status, reply.retry_after, now), {}};
    }
    bool judges_body() const override { return false; }

private:
    std::vector<WebhookKey> keys_;
};

}  // namespace

Result<std::unique_ptr<Format>> make_cloudevents_format(const std::vector<std::string>& secrets) {
    auto keys = parse_webhook_keys(secrets);
    if (!keys) return keys.error();
    return std::unique_ptr<Format>(std::make_unique<CloudEvents>(std::move(*keys)));
}

}  // namespace alert
