// The duty board's files (board/), as they lie in the binary, and how they are served: they hold no data, so
// whoever reaches the socket may load them; what they ask for is guarded.
#pragma once

#include "http_message.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace yuqing {

struct BoardFile {
    std::string_view path;  // of the URL; `/` is the page itself
    std::string_view type;
    std::string_view etag;  // over the text
    std::string_view text;
};

const std::vector<BoardFile>& board_files();

/// The file that is asked for, 304 when the browser has it, or nothing when the board has no such file.
std::optional<HttpResponse> board_file(const HttpRequest& request);

}  // namespace yuqing
