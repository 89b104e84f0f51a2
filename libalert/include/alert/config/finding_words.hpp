// What is wrong with a configuration, in the words of an office's administrator.
//
// Findings are made, logged and handed out as JSON in English. `check-config`, a failed `reload` and
// the notice about files that do not load put them into Chinese by a table of whole sentences: what an
// administrator wrote (ids, values, paths) only fills a gap of one, so nothing of theirs is taken for ours.
// What is wrong with the files of the archive is told by the same table: the same person reads it.
#pragma once

#include <string>
#include <string_view>

namespace alert {

/// The message of a finding in Chinese; one that has no words here as it is.
std::string finding_zh(std::string_view message);

}  // namespace alert
