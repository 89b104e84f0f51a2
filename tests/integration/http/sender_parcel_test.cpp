// Several messages in one request to a robot that does not like what one of them says.
#include "post_office.hpp"

#include "support/loop.hpp"
#include "support/webhook_sink.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace yuqing::test;
using Kind = alert::DeliveryResult::Kind;

struct Group {
    Group() : office({channel()}) {}

    alert::HttpChannel channel() const {
        auto robot = a_channel("duty", sink.url());
        robot.format = alert::ChannelFormat::dingtalk;
        robot.secrets.clear();
        return robot;
    }
    void answer_next(int code) {
        sink.answer_next({.body = R"({"errcode":)" + std::to_string(code) + R"(,"errmsg":"as told"})"});
    }
    alert::DeliveryResult send_three() {
        std::vector<alert::Notification> messages;
        for (const auto* id : {"n-1", "n-2", "n-3"}) {
            messages.push_back(a_notification("duty", id));
            messages.back().matter->id = alert::CaseId(std::string("QS-") + id);
            messages.back().matter->title = std::string("敏感") + id;
        }
        const auto outcome = std::make_shared<std::optional<alert::DeliveryResult>>();
        office.sender().send(messages, [outcome](alert::DeliveryResult result) { *outcome = result; });
        return office.wait(outcome);
    }
    std::string body(std::size_t request) const { return sink.requests().at(request).body; }

    WebhookSink sink;
    PostOffice office;
};

bool holds(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("Parcel: words that a moderator refuses go without them, together") {
    Group group;
    for (const int code : {430102, 0}) group.answer_next(code);
    const auto result = group.send_three();
    CHECK(result.kind == Kind::delivered);
    CHECK(result.included == 3);
    CHECK(result.requests == 2);
    CHECK(holds(group.body(0), "敏感n-2"));
    CHECK_FALSE(holds(group.body(1), "敏感"));
    CHECK(holds(group.body(1), "/cases/QS-n-3"));
}

TEST_CASE("Parcel: refused in every form, its first message goes by itself and the others wait") {
    Group group;
    for (const int code : {430102, 430102, 0}) group.answer_next(code);
    const auto told = group.send_three();
    CHECK(told.kind == Kind::delivered);
    CHECK(told.included == 1);
    CHECK(told.requests == 3);
    CHECK(holds(group.body(2), "敏感n-1"));
    CHECK_FALSE(holds(group.body(2), "QS-n-2"));

    for (const int code : {460101, 460101, 430102, 430102}) group.answer_next(code);
    const auto dead = group.send_three();
    CHECK(dead.kind == Kind::permanent);
    CHECK(dead.included == 1);
    CHECK(dead.requests == 4);
}

TEST_CASE("Parcel: a robot that takes nothing at all refuses all of it at once") {
    Group group;
    group.answer_next(400102);
    const auto result = group.send_three();
    CHECK(result.kind == Kind::permanent);
    CHECK(result.included == 3);
    CHECK(result.requests == 1);
}
