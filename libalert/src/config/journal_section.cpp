#include "daemon_file.hpp"

namespace alert::config {

std::optional<JournalConfig> read_journal(const Section& root, const Surroundings& around) {
    using std::chrono::days;
    using std::chrono::hours;
    const Yaml* node = root.find("journal");
    if (!node) return std::nullopt;
    const Section section(*node, "journal",
                          {"dir", "redis_away", "unwritable", "file_mib", "total_mib", "keep"},
                          root.findings());
    JournalConfig journal;
    section.require("dir");
    if (const auto dir = read_path(section, "dir", around))
        journal.dir = std::filesystem::absolute(*dir).string();
    const auto accepts = [&section](std::string_view key, bool otherwise) {
        return section.choice<bool>(key, {{"accept", true}, {"retry", false}}).value_or(otherwise);
    };
    journal.accept_while_away = accepts("redis_away", journal.accept_while_away);
    journal.answer_unwritten = accepts("unwritable", journal.answer_unwritten);
    constexpr std::size_t file_mib_max = 1024, total_mib_max = 1024 * 1024;
    journal.file_mib = section.number("file_mib", journal.file_mib, 1, file_mib_max);
    journal.total_mib = section.number("total_mib", journal.total_mib, 2, total_mib_max);
    if (journal.total_mib < 2 * journal.file_mib)
        section.error("total_mib", "invalid",
                      "should be at least twice file_mib: the oldest file goes only when the next is there");
    journal.keep = section.duration("keep", journal.keep, hours(1), days(36'500));
    return journal;
}

}  // namespace alert::config
