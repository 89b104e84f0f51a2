// `yuqingctl listen`: a webhook receiver that prints what it gets, one line a message.
//
// For trying a configuration out and for tests. With secrets it takes only what they signed. What came from
// outside is made safe for a terminal. A message that comes again (the same webhook-id) is marked so.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace yuqing {

struct ListenOptions {
    std::string listen = "127.0.0.1:9580";  // port 0: any that is free, told on `notes`
    std::vector<std::string> secrets;       // whsec_…; none: nothing is verified
    bool json = false;                      // the bodies instead of lines for people
    std::optional<std::uint64_t> count;     // end after so many different messages
};

/// Runs until SIGINT, SIGTERM or `count`. `out` gets the messages, `notes` what else is worth knowing.
/// Throws when it cannot listen or a secret cannot be read.
void run_listen(const ListenOptions& options, std::ostream& out, std::ostream& notes);

/// `06:40:00 【到期】 竹岭乡山洪 权威发布 已到期 → duty_officer 张三`; what is no notification is shown as it is, cut.
std::string message_line(std::string_view body);

/// The body as one line of JSON; `"repeated":true` is added to one that came before.
std::string message_json(std::string_view body, bool repeated);

}  // namespace yuqing
