// What lies in Redis: the first line says as what the rest is read. What is read is written so that it
// reads the same.
#include "fuzz/demand.hpp"

#include "alert/codec/recorded_case.hpp"
#include "alert/codec/snapshot_json.hpp"
#include "redis/notification_value.hpp"
#include "redis/reject_value.hpp"

#include <string>

namespace {

using fuzz::demand;

const alert::CaseId id("QS-1");

void check_finding(const alert::Error& error) {
    demand(!error.code.empty() && !error.message.empty(), "a finding says nothing");
}

/// Written, read and written again it is the same text.
template <class Value, class Write, class Read>
void check_round(const alert::Result<Value>& value, Write write, Read read) {
    if (!value) return check_finding(value.error());
    const std::string text = write(*value);
    const alert::Result<Value> again = read(text);
    demand(again.has_value(), "what was written does not read back");
    demand(write(*again) == text, "what was written reads back as something else");
}

void check_snapshot(std::string_view text) {
    const auto read = [](std::string_view from) { return alert::decode_snapshot(id, from); };
    check_round(read(text), alert::encode_snapshot, read);
}

void check_notification(std::string_view text) {
    check_round(alert::decode_notification(text), alert::encode_notification, alert::decode_notification);
}

void check_entry(std::string_view text) {
    check_round(alert::decode_log_entry(text), alert::encode_log_entry, alert::decode_log_entry);
    alert::RecordedCaseReader reader(id, alert::PolicyHash("p"), alert::TimePoint::max());
    static_cast<void>(reader.take(text));
}

void check_message(std::string_view text) {
    const auto value = alert::redis::read_notification_value(text);
    if (!value) return check_finding(value.error());
    demand(alert::redis::attempts_column(value->attempts).size() == 5,
           "the attempts do not fit their column");
    demand(alert::redis::error_column(value->error).find('\n') == std::string::npos,
           "an error has two lines");
    check_notification(value->body);
}

void check_reject(std::string_view text) {
    const auto read = [](std::string_view from) { return alert::redis::decode_reject(from); };
    check_round(read(text), alert::redis::encode_reject, read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = fuzz::text(data, size);
    const auto kind = fuzz::take_until(rest, '\n');
    if (kind == "snapshot") return check_snapshot(rest), 0;
    if (kind == "notification") return check_notification(rest), 0;
    if (kind == "entry") return check_entry(rest), 0;
    if (kind == "message") return check_message(rest), 0;
    if (kind == "reject") return check_reject(rest), 0;
    return 0;
}
