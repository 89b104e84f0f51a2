// A report under way: what it makes of the pages it is given.
#include "report/work.hpp"

#include "alert/codec/snapshot_json.hpp"
#include "support/office.hpp"

#include <boost/json/parse.hpp>

#include <catch2/catch.hpp>

using namespace alert;
using namespace yuqing;
using namespace yuqing::test;

namespace {

std::shared_ptr<const Config> a_config() {
    const auto office = an_office();
    auto config = std::make_shared<Config>();
    config->policy = std::make_shared<const Policy>(office.policy);
    config->directory = std::make_shared<const Directory>(office.directory);
    config->roster = std::make_shared<const Roster>(office.roster);
    config->calendar = std::make_shared<const Calendar>(office.calendar);
    return config;
}

std::string record_of(const std::string& id, const std::string& type, const std::string& name,
                      const std::string& data) {
    return R"({"specversion":"1.0","id":")" + name + R"(","source":"s","type":")" + type +
           R"(","subject":")" + id + R"(","time":")" + format_rfc3339(t0, Zone::utc()) + R"(","data":)" +
           data + "}";
}

CaseText detected_case(const std::string& id, TimePoint recorded_at = t0) {
    const auto event = record_of(id, "opinion.detected", "d" + id, R"({"title":"路灯不亮"})");
    return {.id = CaseId(id),
            .snapshot = encode_snapshot({.id = CaseId(id), .policy = an_office().policy.hash}),
            .entries = {encode_log_entry({.kind = LogKind::fact, .at = recorded_at, .record = event})}};
}

/// Merged into `above`, as the records of both tell.
void merge(CaseText& below, CaseText& above) {
    const auto id = below.id.value;
    const auto event =
        record_of(id, "case.merged", "m" + id, R"({"into":")" + above.id.value + R"(","by":"x"})");
    below.entries.push_back(encode_log_entry({.kind = LogKind::fact, .at = t0, .record = event}));
    above.entries.push_back(encode_log_entry({.kind = LogKind::adopted, .at = t0, .record = event}));
}

ReportOrder ledger_of(TimePoint at, bool past = false) {
    return {.kind = ReportOrder::Kind::ledger, .period = {t0 - 1h, t0 + 1h}, .at = at, .past = past};
}

ReportWork::Batch page_of(const std::vector<std::string>& ids) {
    ReportWork::Batch batch;
    for (const auto& id : ids) {
        batch.page.emplace_back(id);
        batch.texts.push_back(detected_case(id));
    }
    return batch;
}

}  // namespace

TEST_CASE("Report work: a case whose start moves while the pages are read counts once") {
    ReportWork work(ledger_of(t0 + 1h), a_config());
    for (const auto& page : {page_of({"A", "B"}), page_of({"C", "A"}), page_of({"A"})}) {
        const auto needs = work.take(page);
        CHECK(needs.nothing());
        CHECK(needs.troubles.empty());
    }
    const auto ledger = boost::json::parse(work.answer().body);
    CHECK(ledger.at("count").as_int64() == 3);
}

TEST_CASE("Report work: of today nothing is cut, of a past instant what was recorded later") {
    const auto count = [](const ReportOrder& order) {
        ReportWork work(order, a_config());
        CHECK(work.take({.page = {CaseId("A")}, .texts = {detected_case("A", t0 + 1ms)}}).nothing());
        return boost::json::parse(work.answer().body).at("count").as_int64();
    };
    CHECK(count(ledger_of(t0)) == 1);
    CHECK(count(ledger_of(t0, true)) == 0);
    CHECK(count(ledger_of(t0 + 1ms, true)) == 1);
}

TEST_CASE("Report work: what merges connect is read once, whichever pages it comes with") {
    auto a = detected_case("A"), b = detected_case("B"), c = detected_case("C");
    merge(b, a);
    merge(c, a);
    ReportWork work(ledger_of(t0 + 1h), a_config());
    CHECK(work.take({.page = {CaseId("A")}}).cases == std::vector{CaseId("A")});
    CHECK(work.take({.texts = {a}}).cases == std::vector{CaseId("B"), CaseId("C")});
    CHECK(work.take({.texts = {b, c}}).nothing());
    CHECK(work.take({.page = {CaseId("B"), CaseId("C")}}).nothing());
    const auto ledger = boost::json::parse(work.answer().body);
    CHECK(ledger.at("rows").as_array().size() == 1);
    CHECK(ledger.at("apart").as_array().size() == 2);
}

TEST_CASE("Report work: nearly a thousand cases merged into one are told of in seconds") {
    std::vector<CaseText> all{detected_case("A")};
    for (int i = 0; i < 998; ++i) {
        all.push_back(detected_case("B" + std::to_string(i)));
        merge(all.back(), all.front());
    }
    ReportWork work(ledger_of(t0 + 1h), a_config());
    ReportWork::Batch batch{.page = {CaseId("A")}, .texts = std::move(all)};
    const auto begun = std::chrono::steady_clock::now();
    CHECK(work.take(std::move(batch)).nothing());
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
    CHECK(boost::json::parse(work.answer().body).at("apart").as_array().size() == 998);
}

TEST_CASE("Report work: a case that cannot be read is named once, and the others are told") {
    const Error lost{"archive_damaged", "the line of the case B is not what was written", "2025-10.jsonl"};
    const auto report = [&](ReportOrder order) {
        ReportWork work(order, a_config());
        auto page = page_of({"A"});
        page.page.emplace_back("B");
        page.texts.push_back({.id = CaseId("B"), .unread = lost});
        auto broken = detected_case("C");
        broken.entries.push_back("no entry");
        page.page.emplace_back("C");
        page.texts.push_back(std::move(broken));
        const auto needs = work.take(std::move(page));
        CHECK(needs.nothing());
        CHECK(needs.limits == std::vector<std::string>{"report_unread", "report_unread"});
        CHECK(work.take({.page = {CaseId("B")}}).nothing());
        return work.answer().body;
    };
    auto order = ledger_of(t0 + 1h);
    const auto ledger = boost::json::parse(report(order));
    CHECK(ledger.at("count").as_int64() == 2);  // of C what can be read counts
    CHECK(ledger.at("unread").at("count").as_int64() == 2);
    const auto& first = ledger.at("unread").at("cases").at(0);
    CHECK(first.at("case") == "B");
    CHECK(first.at("file") == "2025-10.jsonl");
    CHECK(first.at("code") == "archive_damaged");
    order.format = ReportOrder::Format::csv;
    CHECK(report(order).find("档案读不出，未计入：归档文件已损坏（2025-10.jsonl）") != std::string::npos);

    order.kind = ReportOrder::Kind::assessment;
    CHECK(report(order).find("B：档案读不出，未计入") != std::string::npos);
    order.format = ReportOrder::Format::json;
    const auto assessment = boost::json::parse(report(order));
    CHECK(assessment.at("total").at("received").as_int64() == 2);
    CHECK(assessment.at("unread").at("count").as_int64() == 2);
}
