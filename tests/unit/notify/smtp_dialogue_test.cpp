// A client and a relay, line by line.
#include "smtp_dialogue.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace alert;

namespace {

constexpr auto mail = "Subject: x\r\n\r\ntext\r\n";
constexpr auto ready = "220 relay ready\r\n", ok = "250 ok\r\n", go_on = "354 go on\r\n", bye = "221 bye\r\n";

struct Talk {
    explicit Talk(std::vector<std::string> to = {"a@example.cn"}, std::string_view text = mail)
        : dialogue({.from = "yuqing@example.cn", .to = std::move(to)}, "[127.0.0.1]", text) {}

    /// What is said last, after all these replies.
    std::string after(const std::vector<std::string>& replies) {
        std::string said;
        for (const auto& reply : replies) said = dialogue.hear(reply);
        return said;
    }
    SmtpDialogue dialogue;
};

/// The replies that lead up to the one to a command, when all goes well and one recipient is named.
std::vector<std::string> up_to(const std::string& stage) {
    const std::pair<std::string, std::string> order[] = {
        {"greeting", ready}, {"EHLO", ok}, {"MAIL FROM", ok}, {"RCPT TO", ok},
        {"DATA", go_on},     {"mail", ok}, {"QUIT", bye}};
    std::vector<std::string> replies;
    for (const auto& [name, reply] : order) {
        if (name == stage) break;
        replies.push_back(reply);
    }
    return replies;
}

const std::vector<std::string> stages = {"greeting", "EHLO", "MAIL FROM", "RCPT TO", "DATA", "mail"};

}  // namespace

TEST_CASE("SMTP: a mail is told command by command and delivered by the answer behind its dot") {
    Talk talk({"a@example.cn", "b@example.cn"});
    auto& dialogue = talk.dialogue;
    CHECK(dialogue.stage() == "waiting for the greeting");
    CHECK(dialogue.hear(ready) == "EHLO [127.0.0.1]\r\n");
    CHECK(dialogue.hear("250-relay\r\n250-SIZE 1000\r\n250 8BITMIME\r\n") ==
          "MAIL FROM:<yuqing@example.cn>\r\n");
    CHECK(dialogue.hear(ok) == "RCPT TO:<a@example.cn>\r\n");
    CHECK(dialogue.hear("251 will forward\r\n") == "RCPT TO:<b@example.cn>\r\n");
    CHECK(dialogue.hear(ok) == "DATA\r\n");
    CHECK(dialogue.hear(go_on) == "Subject: x\r\n\r\ntext\r\n.\r\n");
    CHECK(dialogue.stage() == "waiting for the answer to the mail");
    CHECK(dialogue.answer().status == 0);
    CHECK(dialogue.hear("250 2.0.0 queued as 4711\r\n") == "QUIT\r\n");
    CHECK(dialogue.answer().status == 250);
    CHECK(dialogue.answer().body.empty());
    CHECK_FALSE(dialogue.is_over());
    CHECK(dialogue.hear(bye).empty());
    CHECK(dialogue.is_over());
    CHECK(dialogue.error().empty());
}

TEST_CASE("SMTP: replies may come in pieces, without text, and with a bare line feed") {
    Talk talk;
    for (const char c : std::string("220-relay\r\n220 re")) CHECK(talk.dialogue.hear({&c, 1}).empty());
    CHECK(talk.dialogue.hear("ady\r\n") == "EHLO [127.0.0.1]\r\n");
    CHECK(talk.dialogue.hear("250\r\n") == "MAIL FROM:<yuqing@example.cn>\r\n");
    CHECK(talk.dialogue.hear("250 ok\n") == "RCPT TO:<a@example.cn>\r\n");
}

TEST_CASE("SMTP: a relay that does not know EHLO is greeted with HELO") {
    Talk talk;
    CHECK(talk.after({ready, "502 what\r\n"}) == "HELO [127.0.0.1]\r\n");
    CHECK(talk.dialogue.hear(ok) == "MAIL FROM:<yuqing@example.cn>\r\n");
    Talk refused;
    CHECK(refused.after({ready, "502 what\r\n", "550 go away\r\n"}) == "QUIT\r\n");
    CHECK(refused.dialogue.answer().status == 550);
    CHECK(refused.dialogue.answer().body == "the answer to HELO: 550 go away");
}

TEST_CASE("SMTP: no line of the text can end it, and every line is ended alike") {
    const auto told = [](std::string_view text) {
        Talk talk({"a@example.cn"}, text);
        return talk.after(up_to("mail"));
    };
    CHECK(told("a\r\n.\r\nb") == "a\r\n..\r\nb\r\n.\r\n");
    CHECK(told(".") == "..\r\n.\r\n");
    CHECK(told("a\n.\nQUIT\n") == "a\r\n..\r\nQUIT\r\n.\r\n");
    CHECK(told("a\r.\rb") == "a\r\n..\r\nb\r\n.\r\n");
    CHECK(told("a\r\n\n\r\rb\r\n") == "a\r\n\r\n\r\n\r\nb\r\n.\r\n");
    CHECK(told("..a\r\n") == "...a\r\n.\r\n");
    CHECK(told("") == ".\r\n");
}

TEST_CASE("SMTP: 4yz and 5yz decide wherever they come, with the relay's words, and it is left politely") {
    for (const auto& stage : stages) {
        for (const int code : {451, 554}) {
            INFO(stage << code);
            if (stage == "EHLO" && code == 554) continue;  // HELO is tried
            Talk talk;
            auto replies = up_to(stage);
            replies.push_back(std::to_string(code) + "-4.3.0 no\r\n" + std::to_string(code) + " sorry\r\n");
            CHECK(talk.after(replies) == "QUIT\r\n");
            CHECK(talk.dialogue.answer().status == code);
            const auto& said = talk.dialogue.answer().body;
            INFO(said);
            CHECK(said.find(std::to_string(code) + " 4.3.0 no sorry") != said.npos);
            CHECK(said.find(stage == "RCPT TO" ? "<a@example.cn>" : stage) != said.npos);
            CHECK(talk.dialogue.hear(bye).empty());
            CHECK(talk.dialogue.is_over());
        }
    }
}

TEST_CASE("SMTP: a relay that goes away is tried later, whatever it was asked") {
    for (const auto& stage : stages) {
        INFO(stage);
        Talk talk;
        auto replies = up_to(stage);
        replies.emplace_back("421 closing\r\n");
        CHECK(talk.after(replies).empty());
        CHECK(talk.dialogue.is_over());
        CHECK(talk.dialogue.answer().status == 421);
    }
}

TEST_CASE("SMTP: some recipients refused is a delivery with a note, all of them is none") {
    const std::vector<std::string> all = {"a@example.cn", "b@example.cn", "c@example.cn"};
    const std::string unknown = "550 unknown\r\n", later = "450 full\r\n";
    Talk some(all);
    CHECK(some.after({ready, ok, ok, unknown, ok, later}) == "DATA\r\n");
    CHECK(some.after({go_on, ok}) == "QUIT\r\n");
    CHECK(some.dialogue.answer().status == 250);
    CHECK(some.dialogue.answer().body ==
          "2 of 3 recipients refused: <a@example.cn> 550 unknown; <c@example.cn> 450 full");

    Talk none(all);
    CHECK(none.after({ready, ok, ok, unknown, unknown, unknown}) == "QUIT\r\n");
    CHECK(none.dialogue.answer().status == 550);
    // One that may be taken later makes it worth another try.
    Talk perhaps(all);
    CHECK(perhaps.after({ready, ok, ok, unknown, later, unknown}) == "QUIT\r\n");
    CHECK(perhaps.dialogue.answer().status == 450);

    Talk refused_later(all);
    CHECK(refused_later.after({ready, ok, ok, unknown, ok, ok, go_on, "554 spam\r\n"}) == "QUIT\r\n");
    CHECK(refused_later.dialogue.answer().status == 554);
    CHECK(refused_later.dialogue.answer().body ==
          "the answer to the mail: 554 spam; 1 of 3 recipients refused: <a@example.cn> 550 unknown");
}

TEST_CASE("SMTP: a connection that ends leaves it open what became of the mail, until the answer is there") {
    for (const auto& stage : stages) {
        INFO(stage);
        Talk talk;
        talk.after(up_to(stage));
        talk.dialogue.hear("2");  // half an answer is none
        talk.dialogue.lose("the relay closed the connection");
        CHECK(talk.dialogue.is_over());
        CHECK(talk.dialogue.answer().status == 0);
        const auto& error = talk.dialogue.error();
        INFO(error);
        CHECK(error.starts_with("the relay closed the connection, waiting for the "));
        CHECK(error.ends_with(stage));
    }
    Talk talk;
    talk.after(up_to("QUIT"));
    talk.dialogue.lose("the relay closed the connection");
    CHECK(talk.dialogue.is_over());
    CHECK(talk.dialogue.answer().status == 250);
    CHECK(talk.dialogue.error().empty());
}

TEST_CASE("SMTP: whatever is no reply ends it without a result") {
    const struct {
        std::string says, error;
    } rows[] = {{"HTTP/1.1 400 Bad Request\r\n", "the answer is not SMTP"},
                {"\r\n", "the answer is not SMTP"},
                {"25\r\n", "the answer is not SMTP"},
                {"2500 ok\r\n", "the answer is not SMTP"},
                {"250_ok\r\n", "the answer is not SMTP"},
                {"150 ok\r\n", "the answer is not SMTP"},
                {"650 ok\r\n", "the answer is not SMTP"},
                {"２50 ok\r\n", "the answer is not SMTP"},
                {"250-a\r\n251 b\r\n", "the answer is not SMTP"},
                {std::string(20'000, '2'), "the relay's answer is too long"},
                {"250 " + std::string(20'000, 'x') + "\r\n", "the relay's answer is too long"},
                {"250 ok\r\n250 ok\r\n", "the relay answers before it is asked"}};
    for (const auto& stage : stages) {
        for (const auto& [says, error] : rows) {
            INFO(stage << " " << says.substr(0, 30));
            if (stage == "mail" && error.find("before") != error.npos) continue;  // it is delivered by then
            Talk talk;
            talk.after(up_to(stage));
            if (stage == "DATA" && error.find("before") != error.npos) {
                talk.dialogue.hear("354 ok\r\n250 ok\r\n");
            } else {
                talk.dialogue.hear(says);
            }
            CHECK(talk.dialogue.is_over());
            CHECK(talk.dialogue.answer().status == 0);
            CHECK(talk.dialogue.error() == error);
            CHECK(talk.dialogue.hear(ok).empty());
        }
    }
}

TEST_CASE("SMTP: an answer without end is cut off at its hundredth line") {
    Talk talk;
    for (std::size_t i = 0; i < smtp_reply_lines_max; ++i) {
        CHECK_FALSE(talk.dialogue.is_over());
        talk.dialogue.hear("220-x\r\n");
    }
    talk.dialogue.hear("220 x\r\n");
    CHECK(talk.dialogue.is_over());
    CHECK(talk.dialogue.error() == "the relay's answer is too long");
    Talk patient;  // the bound is one reply's
    patient.dialogue.hear("220-" + std::string(9'000, 'x') + "\r\n220 x\r\n");
    CHECK(patient.dialogue.hear("250-" + std::string(9'000, 'x') + "\r\n250 x\r\n") ==
          "MAIL FROM:<yuqing@example.cn>\r\n");
}

TEST_CASE("SMTP: a reply of the wrong kind is no consent") {
    for (const auto& stage : stages) {
        INFO(stage);
        const std::string wrong = stage == "DATA" ? "250" : "354";
        Talk talk;
        auto replies = up_to(stage);
        replies.push_back(wrong + " hm\r\n");
        CHECK(talk.after(replies).empty());
        CHECK(talk.dialogue.answer().status == 0);
        CHECK(talk.dialogue.error().starts_with("unexpected answer " + wrong + ", waiting for"));
    }
}

TEST_CASE("SMTP: the relay's words are cut and cannot steer a terminal") {
    Talk talk;
    talk.after({"554 \x1B[2J<b>\xFF " + std::string(5'000, 'x') + "\r\n"});
    const auto& said = talk.dialogue.answer().body;
    CHECK(said.size() <= 600);
    CHECK(said.find('\x1B') == said.npos);
    CHECK(said.find(" [2J<b>\uFFFD xxx") != said.npos);
    std::vector<std::string> many(50, "a@example.cn");
    Talk crowd(many);
    crowd.after({ready, ok, ok});
    for (std::size_t i = 0; i < many.size(); ++i)
        crowd.dialogue.hear("550 " + std::string(400, 'y') + "\r\n");
    CHECK(crowd.dialogue.answer().body.size() <= 600);
    CHECK(crowd.dialogue.answer().body.starts_with("50 of 50 recipients refused: "));
}
