// Text from outside as a chat program shows it: as text. Nothing in it can mention, link, format or hide.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace alert {

/// Personal numbers masked; controls, direction marks and invisible characters gone; every character that
/// some platform's Markdown or mark-up knows, and `@`, becomes its full-width twin, which reads the same.
std::string inert_text(std::string_view text);

/// On one line, without controls, direction marks and invisible characters.
std::string visible_text(std::string_view text);

/// What a receiver answered, for people who look for its words: as it was, but masked, on one line, all seen.
std::string readable_text(std::string_view text);

/// Ids and words of this program stay as they are, underscores too; what is no id is text from outside.
std::string inert_id(std::string_view text);

/// At most so many bytes, cut between characters, with an ellipsis when something was cut.
std::string cut_to_bytes(std::string_view text, std::size_t bytes_max);

}  // namespace alert
