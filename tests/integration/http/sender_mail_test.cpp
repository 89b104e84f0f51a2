// Mails over real sockets: taken, refused, and relays that fall silent or go away.
#include "post_office.hpp"
#include "scripted_relay.hpp"

#include "support/loop.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace {

using namespace yuqing::test;
using namespace std::chrono_literals;
using Kind = alert::DeliveryResult::Kind;
using Lines = std::vector<std::string>;

const Lines taking = {
    "220 relay", "250-relay\r\n250 SIZE 1000000", "250 ok", "250 ok", "354 go on", "250 queued", "221 bye"};

Lines first_of_taking(std::size_t count) {
    return {taking.begin(), taking.begin() + static_cast<std::ptrdiff_t>(count)};
}

alert::HttpChannel mailing(const std::string& url, alert::Duration timeout = 5s) {
    return {.id = alert::ChannelId("mail"),
            .url = url,
            .format = alert::ChannelFormat::smtp,
            .mail = {.from = "yuqing@example.cn", .to = {"duty@example.cn"}},
            .timeout = timeout};
}

alert::DeliveryResult send_to(const std::string& url, alert::Duration timeout = 5s) {
    PostOffice office({mailing(url, timeout)});
    return office.send_and_wait(a_notification("mail"));
}

}  // namespace

TEST_CASE("Mail sender: a relay is told one mail and is left with QUIT") {
    const ScriptedRelay relay(taking);
    const auto result = send_to(relay.url());
    CHECK(result.kind == Kind::delivered);
    CHECK(result.error.empty());
    CHECK(result.requests == 1);
    const auto told = relay.told();
    REQUIRE(told.size() == 6);
    CHECK(told[0] == "EHLO [127.0.0.1]\r\n");
    CHECK(told[1] == "MAIL FROM:<yuqing@example.cn>\r\n");
    CHECK(told[2] == "RCPT TO:<duty@example.cn>\r\n");
    CHECK(told[3] == "DATA\r\n");
    CHECK(told[4].starts_with("From: yuqing@example.cn\r\nTo: duty@example.cn\r\nDate: "));
    CHECK(told[4].find("\r\nMessage-ID: <n-1.qingshan@example.cn>\r\n") != std::string::npos);
    CHECK(told[4].find("\r\nContent-Transfer-Encoding: base64\r\n\r\n") != std::string::npos);
    CHECK(told[5] == "QUIT\r\n");
}

TEST_CASE("Mail sender: each mail has a connection of its own, and many go at once") {
    const ScriptedRelay relay(taking);
    PostOffice office({mailing(relay.url())});
    office.deliver("mail", 200);
    const auto told = relay.told();
    CHECK(std::count(told.begin(), told.end(), "DATA\r\n") == 200);
}

TEST_CASE("Mail sender: the relay's refusal is told in its words") {
    auto lines = first_of_taking(5);
    lines.emplace_back("451 4.3.0 disk full");
    lines.emplace_back("221 bye");
    const ScriptedRelay busy(lines);
    auto result = send_to(busy.url());
    CHECK(result.kind == Kind::retry);
    CHECK(result.error == "the answer to the mail: 451 4.3.0 disk full");

    const ScriptedRelay shut({"554 no mail here", "221 bye"});
    result = send_to(shut.url());
    CHECK(result.kind == Kind::permanent);
    CHECK(result.error == "the greeting: 554 no mail here");
}

TEST_CASE("Mail sender: a relay that falls silent costs the time-out, and what it was asked is told") {
    const struct {
        std::size_t lines;
        std::string stage;
    } rows[] = {{0, "the greeting"},          {1, "the answer to EHLO"}, {2, "the answer to MAIL FROM"},
                {3, "the answer to RCPT TO"}, {4, "the answer to DATA"}, {5, "the answer to the mail"}};
    for (const auto& [lines, stage] : rows) {
        INFO(stage);
        const ScriptedRelay hanging(first_of_taking(lines), AtLast::hang);
        const auto late = send_to(hanging.url(), 300ms);
        CHECK(late.kind == Kind::retry);
        CHECK(late.error == "127.0.0.1:" + std::to_string(hanging.port()) +
                                ": time-out after 300 ms, waiting for " + stage);
        CHECK(late.took >= 290ms);
        CHECK(late.took < 3s);

        const ScriptedRelay closing(first_of_taking(lines));
        const auto gone = send_to(closing.url());
        CHECK(gone.kind == Kind::retry);
        CHECK(gone.error.find(", waiting for " + stage) != std::string::npos);
        CHECK(gone.took < 4s);
    }
}

TEST_CASE("Mail sender: what was taken is delivered, however the relay answers QUIT") {
    const ScriptedRelay hanging(first_of_taking(6), AtLast::hang);
    CHECK(send_to(hanging.url(), 300ms).kind == Kind::delivered);
    const ScriptedRelay closing(first_of_taking(6));
    CHECK(send_to(closing.url()).kind == Kind::delivered);
}

TEST_CASE("Mail sender: whatever is no relay has not received it") {
    const ScriptedRelay web({"HTTP/1.1 400 Bad Request\r\n"});
    const auto result = send_to(web.url());
    CHECK(result.kind == Kind::retry);
    CHECK(result.error == "127.0.0.1:" + std::to_string(web.port()) + ": the answer is not SMTP");
    const ScriptedRelay endless({"220-" + std::string(100'000, 'x')}, AtLast::hang);
    CHECK(send_to(endless.url()).error.ends_with("the relay's answer is too long"));
}

TEST_CASE("Mail sender: names are looked up and tried like those of receivers") {
    const ScriptedRelay relay(taking);  // on 127.0.0.1 alone, while localhost may be ::1 first
    CHECK(send_to(relay.url("localhost")).kind == Kind::delivered);
    CHECK(send_to("smtp://no-such-name.invalid").error.starts_with("no-such-name.invalid: "));
    CHECK(send_to("http://127.0.0.1:1").kind == Kind::permanent);
}

TEST_CASE("Mail sender: stopping answers what is under way") {
    const ScriptedRelay relay(first_of_taking(5), AtLast::hang);
    PostOffice office({mailing(relay.url())});
    const auto outcome = office.send(a_notification("mail"));
    REQUIRE(relay.wait_for(5));
    office.sender().stop();
    const auto result = office.wait(outcome);
    CHECK(result.kind == Kind::retry);
    CHECK(result.error == "stopping");
}
