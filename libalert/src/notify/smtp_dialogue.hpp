// What a client and a mail relay say to each other about one mail (RFC 5321), without the socket. Pure.
//
// Told what the relay said, it gives what is to be said next. The mail is delivered when the relay has
// answered the dot behind it with 2yz, and not before. Never ahead of the relay, and a relay that is ahead of
// us is none. A reply has at most 100 lines and 16 KiB.
#pragma once

#include "alert/core/channel.hpp"
#include "alert/notify/format.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alert {

inline constexpr std::size_t smtp_reply_bytes_max = 16 * 1024;
inline constexpr std::size_t smtp_reply_lines_max = 100;

class SmtpDialogue {
public:
    /// `client` is how we call ourselves: a name or `[127.0.0.1]`. `mail`: headers, an empty line, the text.
    /// `redaction`: of what an error repeats of the relay's words.
    SmtpDialogue(MailRules envelope, std::string client, std::string_view mail,
                 std::shared_ptr<const Redaction> redaction = nullptr);

    /// The relay said this, or a piece of it; what to say now, nothing while the rest is to come.
    std::string hear(std::string_view bytes);
    /// The connection is gone; `why` is for people.
    void lose(std::string_view why);

    [[nodiscard]] bool is_over() const { return stage_ == Stage::over; }
    /// What became of the mail, with what the relay said of it; status 0: unknown, `error()` tells why.
    [[nodiscard]] const Reply& answer() const { return answer_; }
    [[nodiscard]] const std::string& error() const { return error_; }
    /// "waiting for the answer to DATA"
    [[nodiscard]] std::string_view stage() const;

private:
    enum class Stage { greeting, ehlo, helo, sender, recipient, data, mail, quit, over };
    struct Heard {
        int code = 0;
        std::string text;  // its lines in one, cut
        [[nodiscard]] int kind() const { return code / 100; }
    };

    bool read_reply();
    bool read_line(std::string_view line);
    std::string turn(const Heard& reply);
    std::string go(Stage stage, std::string command);
    std::string next_recipient();
    std::string refused(const Heard& reply);
    std::string end(int status, std::string said);
    std::string fail(std::string why);

    MailRules envelope_;
    std::string client_, mail_;
    std::shared_ptr<const Redaction> redaction_;
    Stage stage_ = Stage::greeting;
    std::string input_;  // not yet a line
    Heard reply_;        // as far as it has come
    std::size_t reply_lines_ = 0, reply_bytes_ = 0;
    std::size_t recipient_ = 0;   // whose answer is awaited
    std::vector<Heard> refused_;  // recipients, with the address before what was said
    Reply answer_;
    std::string error_;
};

}  // namespace alert
