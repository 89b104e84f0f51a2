#include "alert/codec/event_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace alert;

namespace {

const Zone shanghai = Zone::find("Asia/Shanghai").value();
const TimePoint due = parse_rfc3339("2026-06-12T18:38:00+08:00").value();

Answer answer(Answer::Status status) {
    Answer answer;
    answer.status = status;
    answer.source = "office";
    answer.id = "e1";
    return answer;
}

}  // namespace

TEST_CASE("Answer: an accepted event names its case and what is open") {
    Answer accepted = answer(Answer::Status::accepted);
    accepted.case_id = CaseId("QS-1");
    accepted.obligations = {{"response", due}, {"acknowledge", due + Duration(5)}};
    CHECK(encode_answer(accepted, shanghai) ==
          R"({"id":"e1","source":"office","status":"accepted","case":"QS-1","obligations":)"
          R"([{"id":"response","due":"2026-06-12T18:38:00+08:00"},)"
          R"({"id":"acknowledge","due":"2026-06-12T18:38:00.005+08:00"}]})");
    accepted.obligations.clear();
    accepted.degraded = true;
    CHECK(encode_answer(accepted, shanghai) ==
          R"({"id":"e1","source":"office","status":"accepted","case":"QS-1","obligations":[],)"
          R"("degraded":true})");
}

TEST_CASE("Answer: a duplicate says when it differs") {
    Answer duplicate = answer(Answer::Status::duplicate);
    duplicate.case_id = CaseId("QS-1");
    const std::string same = encode_answer(duplicate, shanghai);
    CHECK(same == R"({"id":"e1","source":"office","status":"duplicate","case":"QS-1","obligations":[]})");
    duplicate.differs = true;
    CHECK_THAT(encode_answer(duplicate, shanghai), Catch::EndsWith(R"("obligations":[],"differs":true})"));
}

TEST_CASE("Answer: a rejected event is told what, where and what would be right") {
    Answer rejected = answer(Answer::Status::rejected);
    rejected.error = Error{"invalid", "data.title is \"missing\"", "/data/title"};
    CHECK(encode_answer(rejected, shanghai) ==
          R"({"id":"e1","source":"office","status":"rejected","error":{"code":"invalid",)"
          R"("message":"data.title is \"missing\"","path":"/data/title"}})");
}

TEST_CASE("Answer: what was unread is null") {
    Answer rejected = answer(Answer::Status::rejected);
    rejected.source.clear();
    rejected.id.clear();
    rejected.error = Error{"malformed", "no JSON", "0"};
    CHECK_THAT(encode_answer(rejected, shanghai), Catch::StartsWith(R"({"id":null,"source":null,)"));
}

TEST_CASE("Answer: retry says when") {
    Answer retry = answer(Answer::Status::retry);
    retry.retry_after = std::chrono::seconds(2);
    CHECK(encode_answer(retry, shanghai) ==
          R"({"id":"e1","source":"office","status":"retry","retry_after_ms":2000})");
}

TEST_CASE("Answer: it is JSON whatever bytes it has to carry") {
    Answer rejected = answer(Answer::Status::rejected);
    for (int byte = 0; byte < 256; ++byte) rejected.id += static_cast<char>(byte);
    rejected.id += "\xE7\x81\xAF\xED\xA0\x80\xF0\x9F\x98";
    rejected.error = Error{};
    const auto value = boost::json::parse(encode_answer(rejected, shanghai));
    const std::string id(value.at("id").as_string());
    CHECK(id.substr(0, 128) == rejected.id.substr(0, 128));
    CHECK_THAT(id, Catch::Contains("灯"));
    CHECK_THAT(id, Catch::EndsWith("\uFFFD"));
}
