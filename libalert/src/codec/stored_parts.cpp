#include "stored_parts.hpp"

namespace alert {

namespace json = boost::json;

namespace {
constexpr ClientRole client_roles[] = {ClientRole::monitor, ClientRole::viewer, ClientRole::operator_,
                                       ClientRole::supervisor, ClientRole::admin};

std::optional<ClientRole> parse_role(std::string_view text) { return find_word(text, client_roles); }
}  // namespace

void write_targets(JsonWriter& out, const std::vector<Target>& targets) {
    out.open_array();
    for (const Target& target : targets) {
        out.open_array();
        out.text(target.role);
        for (const std::string& officer : target.officers) out.text(officer);
        out.close_array();
    }
    out.close_array();
}

std::vector<Target> stored_targets(const json::value& value, Finding& finding) {
    std::vector<Target> targets;
    const json::array* items = stored_array(value, 1, json::array::max_size(), finding);
    for (std::size_t i = 0; items && i < items->size(); ++i) {
        std::vector<std::string> names = stored_texts((*items)[i], finding);
        if (names.empty()) {
            finding.set("has no role");
            break;
        }
        targets.push_back(
            {std::move(names.front()),
             {std::make_move_iterator(names.begin() + 1), std::make_move_iterator(names.end())}});
    }
    return targets;
}

void write_via(JsonWriter& out, const Via& via) {
    out.open_array();
    out.text(via.door);
    out.text(via.client);
    out.text(to_string(via.role));
    out.close_array();
}

Via stored_via(const json::value& value, Finding& finding) {
    const json::array* parts = stored_array(value, 3, 3, finding);
    if (!parts) return {};
    return {stored_text((*parts)[0], finding), stored_text((*parts)[1], finding),
            stored_word((*parts)[2], parse_role, finding)};
}

}  // namespace alert
