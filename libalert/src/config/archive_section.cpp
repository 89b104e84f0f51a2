#include "daemon_file.hpp"

namespace alert::config {

std::optional<ArchiveConfig> read_archive(const Section& root, const Surroundings& around) {
    using std::chrono::days;
    using std::chrono::hours;
    using std::chrono::seconds;
    const Yaml* node = root.find("archive");
    if (!node) return std::nullopt;
    const Section section(*node, "archive", {"closed_after", "dir", "every", "per_minute"}, root.findings());
    ArchiveConfig archive;
    section.require("dir");
    if (const auto dir = read_path(section, "dir", around))
        archive.dir = std::filesystem::absolute(*dir).string();
    auto& rules = archive.rules;
    rules.closed_after = section.duration("closed_after", rules.closed_after, hours(1), days(36'500));
    rules.every = section.duration("every", rules.every, seconds(1), days(1));
    constexpr std::size_t per_minute_max = 6000;
    rules.per_minute = section.number("per_minute", rules.per_minute, 1, per_minute_max);
    return archive;
}

}  // namespace alert::config
