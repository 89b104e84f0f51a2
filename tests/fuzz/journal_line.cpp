// A line of the journal. As it comes it is damaged or what was written; with its checksum made right, so
// that what stands inside is read at all, it gives an entry that is written as the same entry again.
#include "fuzz/demand.hpp"
#include "fuzz/journal_sum.hpp"

#include "alert/codec/journal_line.hpp"

namespace {

using fuzz::demand;

void check(std::string_view line) {
    const auto entry = alert::decode_journal_line(line);
    if (!entry) {
        demand(entry.error().code == "damaged" && !entry.error().message.empty(), "a finding says nothing");
        return;
    }
    demand(entry->sequence >= 1 && entry->sequence <= alert::journal_sequence_max,
           "a sequence that cannot be counted");
    const auto written = alert::encode_journal_line(*entry);
    demand(alert::is_journal_line(written), "what was written is not known again");
    const auto again = alert::decode_journal_line(written);
    demand(again.has_value(), "what was written does not read back");
    demand(again->event == entry->event && again->recorded_at == entry->recorded_at,
           "the event is another one");
    demand(alert::encode_journal_line(*again) == written, "what was written reads back as something else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto line = fuzz::text(data, size);
    check(line);
    check(fuzz::with_sum(line));
    return 0;
}
