#include "alert/config/config.hpp"

namespace alert {

std::vector<std::string> needs_restart(const Config& running, const Config& wanted) {
    std::vector<std::string> sections;
    const auto compare = [&sections](const char* section, bool same) {
        if (!same) sections.emplace_back(section);
    };
    compare("jurisdiction", running.jurisdiction == wanted.jurisdiction);
    compare("timezone", running.zone_name == wanted.zone_name);
    compare("redis", running.redis == wanted.redis);
    auto ingest = running.ingest;
    if (ingest.curve && wanted.ingest.curve)
        ingest.curve->clients = wanted.ingest.curve->clients;  // taken over at once
    compare("ingest", ingest == wanted.ingest);
    auto http = running.http;
    http.tokens = wanted.http.tokens;  // taken over at once
    compare("http", http == wanted.http && running.http.tokens.has_value() == wanted.http.tokens.has_value());
    compare("audit", running.audit == wanted.audit);
    compare("journal", running.journal == wanted.journal);
    const bool same_folder = running.archive.has_value() == wanted.archive.has_value() &&
                             (!running.archive || running.archive->dir == wanted.archive->dir);
    compare("archive", same_folder);  // its other keys are taken over at once
    return sections;
}

}  // namespace alert
