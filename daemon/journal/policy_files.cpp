// The policies beside a journal: `policy-HASH.yaml`, each with the text that has this hash, or it is none.
#include "alert/config/config.hpp"
#include "durable_file.hpp"
#include "journal/files.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace yuqing {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view policy_begin = "policy-", policy_end = ".yaml";

/// Nothing when it cannot be read or is larger than any policy.
std::optional<std::string> text_in(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return {};
    std::ifstream file(path, std::ios::binary);
    std::string text(alert::policy_bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return {};
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > alert::policy_bytes_max) return {};
    return text;
}

std::optional<alert::PolicyHash> hash_in(const std::string& name) {
    if (!name.starts_with(policy_begin) || !name.ends_with(policy_end)) return {};
    return alert::PolicyHash(
        name.substr(policy_begin.size(), name.size() - policy_begin.size() - policy_end.size()));
}

}  // namespace

JournalPolicies journal_policies_in(const std::string& folder) {
    JournalPolicies found;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        auto hash = hash_in(at->path().filename().string());
        if (!hash) continue;
        auto text = text_in(at->path());
        if (text && alert::hash_of_policy(*text) == *hash)
            found.sound.push_back({std::move(*hash), std::move(*text)});
        else
            found.unsound.push_back({"damaged",
                                     text ? "is not the text that its name says, somebody changed it; bring "
                                            "it back from a copy"
                                          : "cannot be read, or is larger than any policy",
                                     at->path().string()});
    }
    return found;
}

alert::Result<void> JournalFiles::keep_policy(const JournalPolicy& policy) const {
    if (!is_open()) return {};
    const auto path = path_of(std::string(policy_begin) + policy.hash.value + std::string(policy_end));
    if (text_in(path) == policy.text) return {};
    return write_whole(path, policy.text);
}

}  // namespace yuqing
