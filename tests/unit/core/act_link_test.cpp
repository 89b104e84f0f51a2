// Links to act by: what they prove, and what is refused.
#include "alert/core/act_link.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using namespace std::chrono_literals;

namespace {

const LinkKey key{"0123456789abcdef0123456789abcdef"};
const TimePoint now(std::chrono::hours(490'000));
const ActLink given{CaseId("QS-1"), NotificationId("d82390f35dc95a97ac12a9544782fbd5"), now + 1h};

std::string refused(const LinkKey& by, const CaseId& id, std::string_view token, TimePoint at = now) {
    const auto opened = open_act_link(by, id, token, at);
    return opened ? "" : opened.error().code;
}

}  // namespace

TEST_CASE("Act link: opens to the case, the message and the time it was signed for") {
    const auto token = sign_act_link(key, given);
    const auto opened = open_act_link(key, given.case_id, token, now);
    REQUIRE(opened.has_value());
    CHECK(*opened == given);
    CHECK(token.size() < 80);
    CHECK(refused(key, given.case_id, token, now + 1h - 1ms).empty());
    CHECK(refused(key, given.case_id, token, now + 1h) == "expired");
}

TEST_CASE("Act link: no other case, key, message or time is opened by it") {
    const auto token = sign_act_link(key, given);
    CHECK(refused(key, CaseId("QS-2"), token) == "forged");
    CHECK(refused({"another key of thirty-two bytes.."}, given.case_id, token) == "forged");
    CHECK(refused({""}, given.case_id, token) == "unsigned");
    CHECK(refused(key, given.case_id, "") == "unsigned");
    for (std::size_t i = 0; i < token.size(); ++i) {
        auto touched = token;
        touched[i] = touched[i] == '1' ? '2' : '1';
        CHECK(refused(key, given.case_id, touched) == "forged");
    }
    for (const char* text :
         {".", "..", "...", "1.2.3", "x.y.z", "99999999999999999999.n.m", "-1.n.m", "1", "1x.n.m", "1.n"})
        CHECK(refused(key, given.case_id, text) == "forged");
}
