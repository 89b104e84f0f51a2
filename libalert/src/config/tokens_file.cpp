// tokens.yaml: who may ask over HTTP, and as whom. It holds hashes only.
#include "daemon_file.hpp"

#include "alert/config/token_file.hpp"
#include "alert/core/hash.hpp"

#include <algorithm>

namespace alert {

std::string token_hash(std::string_view token) { return hash_hex({"yuqing token", token}, 64); }

namespace config {

namespace {

AccessToken read_token(const Section& section, const Zone& zone) {
    AccessToken token;
    token.name = read_client_name(section);
    token.role = read_role(section, ClientRole::viewer);
    token.hash = section.required_text("hash");
    const bool hex = token.hash.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!token.hash.empty() && (!hex || token.hash.size() != 64)) {
        section.error("hash", "invalid",
                      "should be the 64 hex digits that `yuqingctl token` prints; never the token itself");
    }
    token.expires = read_expiry(section, zone);
    return token;
}

}  // namespace

std::vector<AccessToken> read_tokens(const std::string& text, const Zone& zone, TimePoint now,
                                     const FileFindings& findings) {
    std::vector<AccessToken> tokens;
    const Yaml::Ptr tree = parse_yaml(text, findings);
    if (!tree) return tokens;
    const Section root(*tree, "", {"tokens"}, findings);
    root.require("tokens");
    for (const Yaml::Ptr& node : root.list("tokens")) {
        const Section section(*node, "tokens", {"name", "role", "hash", "expires"}, findings);
        auto token = read_token(section, zone);
        const auto same = [&](const AccessToken& other) {
            return other.name == token.name || other.hash == token.hash;
        };
        if (std::any_of(tokens.begin(), tokens.end(), same))
            section.error("name", "duplicate", "another token has this name or this hash");
        if (token.expires && *token.expires <= now)
            findings.warn(section.place("expires"), "expired",
                          "the token " + in_quotes(token.name) + " expired");
        tokens.push_back(std::move(token));
    }
    if (tokens.size() > tokens_max) findings.error({}, "too_many", "at most 1000 tokens");
    return tokens;
}

}  // namespace config

LoadedTokens parse_tokens(const std::string& text, const std::string& file_name, TimePoint now) {
    config::Findings all;
    LoadedTokens loaded;
    loaded.tokens = config::read_tokens(text, Zone::utc(), now, config::FileFindings(all, file_name));
    loaded.errors = all.errors();
    return loaded;
}

}  // namespace alert
