#include "alert/codec/event_json.hpp"

#include "json_writer.hpp"

namespace alert {
namespace {

constexpr std::size_t usual_answer_bytes = 256;

void write_case(JsonWriter& json, const Answer& answer, const Zone& zone) {
    json.member_or_null("case", answer.case_id ? answer.case_id->value : std::string_view{});
    json.name("obligations");
    json.open_array();
    for (const ObligationDue& obligation : answer.obligations) {
        json.open_object();
        json.member("id", obligation.id);
        json.member("due", format_rfc3339(obligation.due, zone));
        json.close_object();
    }
    json.close_array();
}

void write_error(JsonWriter& json, const Error& error) {
    json.name("error");
    json.open_object();
    json.member("code", error.code);
    json.member("message", error.message);
    json.member("path", error.path);
    json.close_object();
}

void write_true(JsonWriter& json, std::string_view name) {
    json.name(name);
    json.boolean(true);
}

}  // namespace

std::string encode_answer(const Answer& answer, const Zone& zone) {
    std::string out;
    out.reserve(usual_answer_bytes);
    JsonWriter json(out);
    json.open_object();
    json.member_or_null("id", answer.id);
    json.member_or_null("source", answer.source);
    json.member("status", to_string(answer.status));
    switch (answer.status) {
        case Answer::Status::accepted:
        case Answer::Status::duplicate:
            write_case(json, answer, zone);
            if (answer.differs) write_true(json, "differs");
            if (answer.degraded) write_true(json, "degraded");
            break;
        case Answer::Status::rejected: write_error(json, answer.error.value_or(Error{})); break;
        case Answer::Status::retry: json.member_number("retry_after_ms", answer.retry_after.count()); break;
    }
    json.close_object();
    return out;
}

}  // namespace alert
