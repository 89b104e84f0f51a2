// Whatever the bytes, decode_event gives an event or a finding; and what it accepts holds together.
#include "fuzz/demand.hpp"

#include "alert/codec/event_json.hpp"

#include <boost/json/parse.hpp>

namespace {

using fuzz::demand;

void check_finding(const alert::Error& error, std::size_t size) {
    demand(!error.code.empty() && !error.message.empty(), "a finding says nothing");
    demand((size > alert::event_bytes_max) == (error.code == "too_large"), "size is misjudged");
    if (error.code == "malformed") demand(std::stoul(error.path) <= size, "the offset lies outside");
}

void check_event(const alert::DecodedEvent& decoded) {
    const alert::Event& event = *decoded.event;
    demand(decoded.id == event.key.id && decoded.source == event.key.source, "the key was lost");
    demand(!event.key.id.empty() && !event.key.source.empty(), "a key is empty");
    demand(decoded.type == alert::type_name(event.data), "the type is another");
    demand(!event.subject || alert::is_case_id(event.subject->value), "the subject is no case id");
    demand(event.record.find('\n') == std::string::npos, "the record has two lines");

    const auto again = alert::decode_record(event.record);
    demand(again.has_value(), "the record does not read back");
    demand(again->key == event.key && again->time == event.time, "the record is another event");
    demand(again->unreadable == event.unreadable, "the record is flagged otherwise");
}

void check_answer(const alert::DecodedEvent& decoded) {
    static const alert::Zone zone = alert::Zone::utc();
    alert::Answer answer;
    answer.status = alert::Answer::Status::rejected;
    answer.id = decoded.id;
    answer.source = decoded.source;
    answer.error = decoded.event ? alert::Error{} : decoded.event.error();
    boost::json::error_code ec;
    boost::json::parse(alert::encode_answer(answer, zone), ec);
    demand(!ec, "the answer is no JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const alert::DecodedEvent decoded = alert::decode_event(fuzz::text(data, size));
    if (decoded.event) {
        check_event(decoded);
    } else {
        check_finding(decoded.event.error(), size);
    }
    check_answer(decoded);
    return 0;
}
