#include "access.hpp"

#include <catch2/catch.hpp>

namespace {

using alert::ClientRole;
using yuqing::admit;
using yuqing::may;
using yuqing::Need;

const alert::TimePoint now{std::chrono::hours(24 * 365 * 50)};

const yuqing::AccessTokens tokens{{{"值班室", ClientRole::operator_, alert::token_hash("yq_duty"), {}},
                                   {"old", ClientRole::admin, alert::token_hash("yq_old"), now}}};

alert::Result<alert::Via> ask(const std::string& authorization, const yuqing::AccessTokens& known = tokens) {
    yuqing::HttpRequest request{.method = "GET", .path = "/api/v1/cases"};
    if (!authorization.empty()) request.headers["authorization"] = authorization;
    return admit(request, known, now);
}

}  // namespace

TEST_CASE("Access: a token tells by whom and as what a request comes, wherever it comes from") {
    for (const std::string scheme : {"Bearer ", "bearer ", "BEARER   "}) {
        const auto via = ask(scheme + "yq_duty");
        REQUIRE(via.has_value());
        CHECK(via->client == "值班室");
        CHECK(via->role == ClientRole::operator_);
        CHECK(via->door == "http");
    }
}

TEST_CASE("Access: without a token, with one that is not known or has expired, nobody is let in") {
    for (const std::string shown : {"", "Bearer", "Bearer ", "Bearer yq_", "Bearer yq_duty ", "Basic yq_duty",
                                    "yq_duty", "Bearer yq_old"}) {
        CAPTURE(shown);
        const auto via = ask(shown);
        REQUIRE_FALSE(via.has_value());
        CHECK(via.error().code == "unauthorized");
        CHECK(via.error().message.find("yq_duty") == std::string::npos);
    }
    CHECK(ask("Bearer yq_old").error().message.find("expired") != std::string::npos);
    CHECK_FALSE(ask("Bearer yq_duty", std::vector<alert::AccessToken>{}).has_value());
    const auto refused = yuqing::refusal(ask("").error());
    CHECK(refused.status == 401);
    CHECK(refused.headers.front().first == "WWW-Authenticate");
}

TEST_CASE("Access: each role may what the contract gives it") {
    struct Row {
        ClientRole role;
        bool tell, read, supervise, administer;
    };
    for (const Row& row : {Row{ClientRole::monitor, true, false, false, false},
                           Row{ClientRole::viewer, false, true, false, false},
                           Row{ClientRole::operator_, true, true, false, false},
                           Row{ClientRole::supervisor, true, true, true, false},
                           Row{ClientRole::admin, true, true, true, true}}) {
        CAPTURE(std::string(to_string(row.role)));
        CHECK(may(row.role, Need::known));
        CHECK(may(row.role, Need::tell) == row.tell);
        CHECK(may(row.role, Need::read) == row.read);
        CHECK(may(row.role, Need::supervise) == row.supervise);
        CHECK(may(row.role, Need::administer) == row.administer);
    }
}
