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
    compare("ingest", running.ingest == wanted.ingest);
    compare("http", running.http == wanted.http);
    compare("audit", running.audit == wanted.audit);
    compare("channels", running.channels == wanted.channels);
    return sections;
}

}  // namespace alert
