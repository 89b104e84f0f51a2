// Whether the Redis user may do all that the daemon does, asked before anything is committed.
//
// A script keeps what it wrote when a later command of it is refused, so a user who lacks one command
// would leave half a commit behind. Such a user counts as a server that is not fit.
#pragma once

#include "alert/redis/command.hpp"
#include "alert/redis/reply.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alert::redis {

/// For each command that the daemon or one of its scripts uses: `ACL DRYRUN` of it on `key`. WAIT only for
/// who waits for replicas.
std::vector<Command> permission_questions(std::string_view user, std::string_view key, bool with_replicas);

/// What is wrong, by the answer to one of them; empty when nothing is, or when the server does not tell
/// (before Redis 7, or a user who may not ask).
std::string judge_permission(const Reply& reply);

}  // namespace alert::redis
