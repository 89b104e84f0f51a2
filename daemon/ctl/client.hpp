// What commands that ask a running daemon share: where it is, as whom, in which language, and the asking.
#pragma once

#include "command_line.hpp"

#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace yuqing {

/// Of cases and of messages: how many the daemon gives in one answer.
inline constexpr std::size_t page_max = 500;

struct ClientOptions {
    std::string url = "http://127.0.0.1:9570";
    std::string token_file;
    bool json = false;
    Language language = Language::zh;

    /// --url, --token-file, --json, --lang.
    void add_to(Command& command);
    [[nodiscard]] std::string_view say(std::string_view zh, std::string_view en) const {
        return language == Language::zh ? zh : en;
    }
};

void add_language(Command& command, Language& language);

/// The JSON of a GET that was answered with 200. Anything else is told on standard error and ends the
/// command: refused or unreachable.
boost::json::object ask(const ClientOptions& options, const std::string& target);

/// The body of a GET that was answered with 200, whatever it is; ends the command likewise.
std::string fetch(const ClientOptions& options, const std::string& target, alert::Duration patience);

/// The same without a word: nothing when there is no such answer.
std::optional<boost::json::object> look(const ClientOptions& options, const std::string& target,
                                        alert::Duration timeout = std::chrono::seconds(30));

/// The same, with the reason why there is none: `unreachable` when nobody answers or something else does,
/// `usage` for a URL that cannot be read, else the code of the daemon.
alert::Result<boost::json::object> try_ask(const ClientOptions& options, const std::string& target,
                                           alert::Duration timeout);

/// Whom the token was given to; empty without a token.
std::string name_of_token(const ClientOptions& options);

struct Answered {
    int status = 0;  // of HTTP
    boost::json::object body;
};
/// The answer to a POST, whatever its status; ends the command when there is none.
Answered post(const ClientOptions& options, const std::string& target, const std::string& body = {});

/// Without a body or an answer that anybody waits for long: for whoever ends anyway.
void post_unheard(const ClientOptions& options, const std::string& target);

/// Posts one event of that case, again while the daemon says `retry`, for `patience_seconds` at most. The
/// answer, whatever its status; ends the command when there is none, or when asking again cannot help because
/// the case lies in a file of the archive that cannot be read.
boost::json::object tell(const ClientOptions& options, const std::string& event, const std::string& case_id,
                         unsigned patience_seconds);

/// Whether an error is about a file of the archive; what is to be done then.
bool is_of_archive(std::string_view code);
inline const Said archive_remedy{
    "请从备份取回该文件，见运维手册第 10 节“归档不可用”（/usr/share/doc/yuqingd）",
    "bring the file back from the backup, see the manual, section 10, `archive` (/usr/share/doc/yuqingd)"};

// Members of an answer, empty when absent or of another type.
std::string text_of(const boost::json::object& object, std::string_view name);
const boost::json::array& list_of(const boost::json::object& object, std::string_view name);

/// The error of a rejected answer or an error response: `code: message (path)`, in Chinese what the code
/// means before it.
std::string error_line(const boost::json::object& answer, Language language);
/// One line about a configuration file: `FILE:LINE:COLUMN: error: what is wrong`.
std::string finding_line(const Said& kind, const alert::Error& finding, Language language);
/// Why a message did not arrive or nobody answered.
std::string cause_text(std::string_view error, Language language);

}  // namespace yuqing
