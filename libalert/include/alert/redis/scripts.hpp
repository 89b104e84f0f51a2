// The Lua scripts, built into the binary from src/redis/*.lua, and the SHA-1 by which Redis knows them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace alert::redis {

enum class Script {
    commit,
    claim_due,
    claim_outbox,
    answered_url,
    renew,
    settle,
    page,
    due_around,
    dead_page,
    outbox_size,
    record,
    anchored,
    started,
    leaving,
    archive,
    restore,
    journal_claim,
    journal_mark,
    waiting
};
inline constexpr std::size_t script_count = 19;

struct ScriptText {
    std::string_view name;  // of the file, without .lua
    std::string_view text;
};

/// In the order of Script.
const std::array<ScriptText, script_count>& script_texts();
/// 40 hex digits.
std::string_view script_sha(Script script);

}  // namespace alert::redis
