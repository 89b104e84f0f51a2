// Who asks over HTTP, and whether he may (contract section 5): with tokens whoever shows one, as its role;
// without, this machine itself.
#pragma once

#include "http_message.hpp"

#include "alert/config/config.hpp"

#include <optional>
#include <vector>

namespace yuqing {

/// What a path asks of its caller. `known`: to be somebody. `tell`: to tell an event; of which types is
/// decided for each event.
enum class Need { known, tell, read, supervise, administer };

/// `monitor` tells and reads nothing, `viewer` reads and tells nothing.
bool may(alert::ClientRole role, Need need);

using AccessTokens = std::optional<std::vector<alert::AccessToken>>;

/// Through which door and as whom the request comes. Errors: `unauthorized` with no token, or one that is
/// not known or has expired; without tokens `forbidden` for whoever is not this machine, which stands in the
/// record as supervisor.
alert::Result<alert::Via> admit(const HttpRequest& request, const AccessTokens& tokens, alert::TimePoint now);

HttpResponse refusal(const alert::Error& error);
/// Of a caller who is known, but whose role may not.
HttpResponse refusal(const HttpRequest& request, Need need);

}  // namespace yuqing
