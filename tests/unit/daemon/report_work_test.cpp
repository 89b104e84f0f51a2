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

CaseText detected_case(const std::string& id) {
    const std::string event =
        R"({"specversion":"1.0","id":"d","source":"s","type":"opinion.detected","subject":")" + id +
        R"(","time":")" + format_rfc3339(t0, Zone::utc()) + R"(","data":{"title":"路灯不亮"}})";
    return {.id = CaseId(id),
            .snapshot = encode_snapshot({.id = CaseId(id), .policy = an_office().policy.hash}),
            .entries = {encode_log_entry({.kind = LogKind::fact, .at = t0, .record = event})}};
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
    ReportWork work({.kind = ReportOrder::Kind::ledger, .period = {t0 - 1h, t0 + 1h}, .at = t0 + 1h},
                    a_config());
    for (const auto& page : {page_of({"A", "B"}), page_of({"C", "A"}), page_of({"A"})}) {
        const auto needs = work.take(page);
        CHECK(needs.nothing());
        CHECK(needs.troubles.empty());
    }
    const auto ledger = boost::json::parse(work.answer().body);
    CHECK(ledger.at("count").as_int64() == 3);
}
