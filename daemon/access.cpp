#include "access.hpp"

#include <algorithm>

namespace yuqing {

namespace {

constexpr std::string_view scheme = "bearer ";

/// What stands behind `Bearer`; empty when there is no such header.
std::string bearer(const HttpRequest& request) {
    const auto header = request.header("authorization");
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    if (header.size() <= scheme.size() || !std::equal(scheme.begin(), scheme.end(), header.begin(),
                                                      [&](char b, char a) { return same(a, b); })) {
        return {};
    }
    return header.substr(header.find_first_not_of(' ', scheme.size()));
}

std::string_view needed(Need need) {
    switch (need) {
        case Need::known: return "any";
        case Need::tell: return "one that tells events: monitor, operator, supervisor, admin";
        case Need::read: return "viewer or above";
        case Need::supervise: return "supervisor or admin";
        case Need::administer: return "admin";
    }
    return "";
}

}  // namespace

bool may(alert::ClientRole role, Need need) {
    using Role = alert::ClientRole;
    switch (need) {
        case Need::known: return true;
        case Need::tell: return role != Role::viewer;
        case Need::read: return role >= Role::viewer;
        case Need::supervise: return role >= Role::supervisor;
        case Need::administer: return role == Role::admin;
    }
    return false;
}

alert::Result<alert::Via> admit(const HttpRequest& request, const AccessTokens& tokens,
                                alert::TimePoint now) {
    if (!tokens) {
        if (auto refused = guard_local(request)) return *std::move(refused);
        return alert::Via{.door = "http"};
    }
    const auto shown = bearer(request);
    if (shown.empty()) {
        return alert::Error{"unauthorized",
                            "a token is needed: Authorization: Bearer TOKEN, or yuqingctl --token-file FILE",
                            request.path};
    }
    // Of what is compared only the hash is secret to whoever asks, and that he cannot choose.
    const auto hash = alert::token_hash(shown);
    const auto token = std::find_if(tokens->begin(), tokens->end(),
                                    [&](const alert::AccessToken& each) { return each.hash == hash; });
    if (token == tokens->end() || (token->expires && *token->expires <= now)) {
        return alert::Error{
            "unauthorized",
            std::string(token == tokens->end() ? "the token is not known" : "the token has expired") +
                "; the administrator makes a new one with yuqingctl token",
            request.path};
    }
    return alert::Via{.door = "http", .client = token->name, .role = token->role};
}

HttpResponse refusal(const alert::Error& error) {
    if (error.code != "unauthorized") return http_error(403, error.code, error.message, error.path);
    auto response = http_error(401, error.code, error.message, error.path);
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"yuqingd\"");
    return response;
}

HttpResponse refusal(const HttpRequest& request, Need need) {
    return http_error(403, "forbidden",
                      "the token's role is " + std::string(to_string(request.via.role)) + ", this wants " +
                          std::string(needed(need)),
                      request.path);
}

}  // namespace yuqing
