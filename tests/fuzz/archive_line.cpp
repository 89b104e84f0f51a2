// A line of the archive. As it comes it is damaged or what was written; with its checksum made right, so
// that what stands inside is read at all, it gives a case that is written as the same line again.
#include "fuzz/demand.hpp"

#include "alert/codec/archive_line.hpp"
#include "alert/core/hash.hpp"

#include <string>

namespace {

using fuzz::demand;

constexpr std::string_view sum_mark = ",\"sum\":\"";

void check(std::string_view line) {
    const auto archived = alert::decode_archive_line(line);
    if (!archived) return demand(!archived.error().message.empty(), "a finding says nothing");
    demand(alert::is_archive_line_of(line, archived->id, archived->version), "the line is of another case");
    const auto again = alert::encode_archive_line(*archived);
    if (again)
        demand(alert::decode_archive_line(*again).value() == *archived,
               "the line reads back as another case");
    const auto facts = alert::facts_of_record(archived->entries);
    if (facts) alert::events_of(archived->id, *facts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto line = fuzz::text(data, size);
    check(line);
    const std::string_view sealed = line.substr(0, std::min(line.rfind(sum_mark), line.size()));
    check(std::string(sealed) + std::string(sum_mark) + alert::hash_hex({sealed}, 64) + "\"}\n");
    return 0;
}
