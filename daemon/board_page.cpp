#include "board_page.hpp"

#include <algorithm>

namespace yuqing {

namespace {

/// Only its own files, nothing inline, and no text becomes HTML by any way a script knows.
constexpr const char* policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

}  // namespace

std::optional<HttpResponse> board_file(const HttpRequest& request) {
    const auto& files = board_files();
    const auto file = std::find_if(files.begin(), files.end(),
                                   [&](const BoardFile& one) { return one.path == request.path; });
    if (file == files.end()) return std::nullopt;
    // Asked for at every visit and hardly ever sent again: nobody works with a page of two versions.
    HttpResponse response{.content_type = std::string(file->type),
                          .headers = {{"Content-Security-Policy", policy},
                                      {"Cache-Control", "no-cache"},
                                      {"ETag", std::string(file->etag)}}};
    if (request.header("if-none-match").find(file->etag) != std::string::npos)
        response.status = 304;
    else
        response.body = std::string(file->text);
    return response;
}

}  // namespace yuqing
