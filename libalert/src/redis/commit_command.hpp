// A Transition as the call of commit.lua.
#pragma once

#include "alert/core/decide.hpp"
#include "alert/redis/command.hpp"
#include "alert/redis/keys.hpp"

namespace alert::redis {

Command commit_command(const Keys& keys, const Transition& transition);

/// The value of an event's key: content hash and case, apart by a blank.
struct EventValue {
    std::string content_hash;
    CaseId case_id;
};
Result<EventValue> read_event_value(std::string_view text);

}  // namespace alert::redis
