// What a person reads: the words of a message, and the words for codes.
#include "alert/core/answer.hpp"
#include "alert/core/hash.hpp"
#include "alert/core/messages.hpp"
#include "alert/core/notification.hpp"
#include "support/office.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing::test;

namespace {

Notification a_message(Reason reason) {
    Notification n{.id = NotificationId("n"), .channel = ChannelId("duty-group"), .reason = reason};
    n.matter = CaseBrief{.id = CaseId("QS-1"),
                         .title = "竹岭乡山洪",
                         .class_id = "emergency",
                         .incident_grade = IncidentGrade::extreme,
                         .opinion_level = OpinionLevel::red,
                         .lead_unit = "县民政局"};
    n.obligation = ObligationBrief{.id = "authoritative_release",
                                   .title = "发布权威信息",
                                   .kind = ObligationKind::statutory,
                                   .start = t0,
                                   .due = t0 + 5h,
                                   .basis = "石政公办〔2022〕1号",
                                   .guide = "先发已核实的事实"};
    n.targets = {{"duty_officer", {"chen"}}, {"lead_unit", {"zhang", "gone"}}};
    return n;
}

std::string text_of(const Notification& n, Duration now) {
    const auto office = an_office();
    return compose(n, office.directory, t0 + now, office.zone).text;
}

}  // namespace

TEST_CASE("Message: says what, whose, how long is left, until when, what to do and on which basis") {
    const auto office = an_office();
    const auto message = compose(a_message(Reason::reminder), office.directory, t0 + 4h, office.zone);
    CHECK_THAT(message.title, Catch::EndsWith("】竹岭乡山洪"));
    CHECK(message.text ==
          "事项：发布权威信息\n法定时限：06-01 "
          "13:00（剩余1小时）\n等级：特别重大突发事件，红色舆情\n责任单位：县民政局\n"
          "怎么做：先发已核实的事实\n依据：石政公办〔2022〕1号\n通知：陈七、张三、gone");
}

TEST_CASE("Message: whoever is told in two roles is named once") {
    auto n = a_message(Reason::reminder);
    n.targets.push_back({"duty_leader", {"chen", "gone"}});
    CHECK_THAT(text_of(n, 0h), Catch::EndsWith("通知：陈七、张三、gone"));
}

TEST_CASE("Message: at the deadline it says so, after it by how much, and the card") {
    auto n = a_message(Reason::due);
    CHECK_THAT(text_of(n, 5h), Catch::Contains("（已到期）"));
    CHECK_THAT(text_of(n, 6h + 30min), Catch::Contains("（已超期1小时30分）"));
    CHECK_THAT(text_of(n, 5h), !Catch::Contains("牌"));
    n.card = Card::yellow;
    CHECK_THAT(text_of(n, 5h), Catch::Contains("黄牌"));
    n.card = Card::red;
    CHECK_THAT(text_of(n, 5h), Catch::Contains("红牌"));
}

TEST_CASE("Message: seconds of a deadline are shown when there are any") {
    auto n = a_message(Reason::reminder);
    n.obligation->due += 7s;
    CHECK_THAT(text_of(n, 0h), Catch::Contains("06-01 13:00:07"));
}

TEST_CASE("Message: what is done is told as done, without what to do") {
    const auto text = text_of(a_message(Reason::fulfilled), 9h);
    CHECK_THAT(text, Catch::Contains("（已完成）"));
    CHECK_THAT(text, !Catch::Contains("怎么做"));
}

TEST_CASE("Message: an internal time limit is called internal, and what is unknown is not made up") {
    auto n = a_message(Reason::reminder);
    n.obligation->kind = ObligationKind::internal;
    n.obligation->guide.clear();
    n.matter->lead_unit.clear();
    n.matter->opinion_level.reset();
    n.targets.clear();
    const auto text = text_of(n, 0h);
    CHECK_THAT(text, Catch::Contains("内部时限："));
    CHECK_THAT(text, Catch::Contains("等级：特别重大突发事件\n责任单位：未交办"));
    CHECK_THAT(text, !Catch::Contains("怎么做") && !Catch::Contains("通知："));
    n.matter->incident_grade = IncidentGrade::none;
    n.matter->opinion_level = OpinionLevel::blue;
    CHECK_THAT(text_of(n, 0h), Catch::Contains("等级：蓝色舆情"));
}

TEST_CASE("Message: attention names its flag in words, and a notice about no case names none") {
    auto n = a_message(Reason::attention);
    n.flag = "unassigned";
    n.obligation.reset();
    n.detail = "第二行";
    CHECK_THAT(text_of(n, 0h), Catch::Contains("第二行\n等级：") && !Catch::Contains("unassigned"));
    n = {.id = NotificationId("n"), .channel = ChannelId("duty-group"), .reason = Reason::drill};
    n.detail = "收到请回复";
    const auto office = an_office();
    const auto message = compose(n, office.directory, t0, office.zone);
    CHECK(message.text == "收到请回复");
    CHECK_THAT(message.title, Catch::EndsWith("】"));
}

TEST_CASE("Words: what is only written has the word that interfaces use") {
    using Status = Answer::Status;
    CHECK(to_string(Status::accepted) == "accepted");
    CHECK(to_string(Status::duplicate) == "duplicate");
    CHECK(to_string(Status::rejected) == "rejected");
    CHECK(to_string(Status::retry) == "retry");
    CHECK(to_string(ObligationKind::statutory) == "statutory");
    CHECK(to_string(ObligationKind::internal) == "internal");
    CHECK(to_string(StartRule::detected) == "detected");
    CHECK(to_string(StartRule::occurred) == "occurred");
    CHECK(to_string(StartRule::recorded) == "recorded");
    CHECK(to_string(StartRule::assigned) == "assigned");
    CHECK(to_string(StartRule::earliest) == "earliest");
    CHECK(to_string(Card::none).empty());
    CHECK(to_string(Card::yellow) == "yellow");
    CHECK(to_string(Card::red) == "red");
    CHECK(to_string(CaseStatus::open) == "open");
    CHECK(to_string(CaseStatus::closed) == "closed");
    CHECK(to_string(CaseStatus::dismissed) == "dismissed");
    CHECK(to_string(CaseStatus::merged) == "merged");
    CHECK(to_string(LogKind::fact) == "fact");
    CHECK(to_string(LogKind::fired) == "fired");
    CHECK(to_string(LogKind::superseded) == "superseded");
    CHECK(to_string(LogKind::skipped) == "skipped");
    CHECK(to_string(LogKind::notice) == "notice");
    CHECK(to_string(LogKind::adopted) == "adopted");
    CHECK(to_string(LogKind::rebased) == "rebased");
    CHECK(to_string(LogKind::redelivered) == "redelivered");
}

TEST_CASE("Hash: base32 digits are lower-case, as many as asked for, and tell parts apart") {
    const auto text = hash_base32({"douyin", "e1"}, 12);
    CHECK(text.size() == 12);
    CHECK(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
    CHECK(hash_base32({"douyin", "e1"}, 12) == text);
    CHECK(hash_base32({"douyine", "1"}, 12) != text);
    CHECK(hash_base32({"douyin", "e1"}, 500).size() == 51);  // all 256 bits
}

TEST_CASE("Reason: follows from a step's name in the record, and of a repeat whatever it repeats") {
    CHECK(reason_of_step("start") == Reason::opened);
    CHECK(reason_of_step("due") == Reason::due);
    for (const auto* name : {"start+15m", "due-1h", "50%", "", "later"}) {
        INFO(name);
        CHECK(reason_of_step(name) == Reason::reminder);
    }
    for (const auto* name : {"due+30m", "due#1", "start#1", "start+4h#2", "due-1h#3", "50%#1"}) {
        INFO(name);
        CHECK(reason_of_step(name) == Reason::overdue);
    }
}

TEST_CASE("Urgency: due and overdue first, with the opening of an emergency") {
    CHECK(urgency_of(Reason::due, false) == 0);
    CHECK(urgency_of(Reason::overdue, false) == 0);
    CHECK(urgency_of(Reason::opened, true) == 0);
    for (const auto reason : {Reason::opened, Reason::upgraded, Reason::unacknowledged, Reason::attention}) {
        CHECK(urgency_of(reason, false) == 1);
    }
    CHECK(urgency_of(Reason::reminder, true) == 2);
    for (const auto reason : {Reason::fulfilled, Reason::closed, Reason::handover, Reason::bulletin,
                              Reason::drill, Reason::test}) {
        CHECK(urgency_of(reason, true) == 3);
    }
}

TEST_CASE(
    "Message: is about an emergency where the incident is major or extreme, never where there is none") {
    auto n = a_message(Reason::opened);
    CHECK(is_emergency(n));
    n.matter->incident_grade = IncidentGrade::major;
    CHECK(is_emergency(n));
    n.matter->incident_grade = IncidentGrade::considerable;
    CHECK_FALSE(is_emergency(n));
    n.matter.reset();
    CHECK_FALSE(is_emergency(n));
}

TEST_CASE("Alone: an emergency's due goes alone, of what opens it one obligation on each channel") {
    const auto alone = [](const Transition& transition) {
        std::vector<std::string> texts;
        for (const auto& n : transition.notifications) {
            if (n.alone) texts.push_back(n.obligation->id + " " + n.step->at + " " + n.channel.value);
        }
        return texts;
    };
    OneCase one;
    one.office.rule("press_conference").ladder = "emergency";
    const auto& opened =
        one.tell(detected(0h, {.incident_grade = IncidentGrade::extreme, .lead_unit = "mzj"}));
    CHECK(opened.notifications.size() == 4);
    CHECK(alone(opened) == std::vector<std::string>{"authoritative_release start duty-group",
                                                    "authoritative_release start mzj-group"});
    CHECK(alone(one.look(4h)).empty());
    CHECK(alone(one.look(5h)) == std::vector<std::string>{"authoritative_release due leaders"});
    CHECK(alone(OneCase{}.tell(detected(0h, {.lead_unit = "mzj"}))).empty());
}

namespace {

std::vector<std::string> opened_alone(OneCase& one) {
    std::vector<std::string> texts;
    const auto& told = one.tell(detected(0h, {.incident_grade = IncidentGrade::extreme, .lead_unit = "mzj"}));
    for (const auto& n : told.notifications) {
        if (n.alone) texts.push_back(n.obligation->id + " " + n.channel.value);
    }
    return texts;
}

}  // namespace

TEST_CASE("Alone: the obligation due first goes alone, whichever the class names first") {
    OneCase one;
    one.office.rule("press_conference").ladder = "emergency";
    one.office.policy.classes.at(0).obligations = {"press_conference", "authoritative_release"};
    CHECK(opened_alone(one) ==
          std::vector<std::string>{"authoritative_release duty-group", "authoritative_release mzj-group"});
}

TEST_CASE("Alone: a statutory obligation goes before an internal one that is due earlier and rings fewer") {
    const auto alone_of = [](const std::vector<std::string>& asked) {
        OneCase one;
        one.office.rule("acknowledge").ladder = "acknowledge";
        one.office.policy.ladders["acknowledge"] = {"acknowledge", {step("start", {"lead_unit"})}};
        one.office.policy.classes.at(0).obligations = asked;
        return opened_alone(one);
    };
    CHECK(alone_of({"acknowledge", "authoritative_release"}) ==
          std::vector<std::string>{"authoritative_release duty-group", "authoritative_release mzj-group"});
    CHECK(alone_of({"acknowledge"}) == std::vector<std::string>{"acknowledge.1 mzj-group"});
}
