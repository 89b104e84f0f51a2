#include "smtp_dialogue.hpp"

#include "inert.hpp"
#include "redaction.hpp"

#include <algorithm>
#include <utility>

namespace alert {

namespace {

constexpr std::size_t said_bytes_max = 200;  // of one reply, kept for people
constexpr std::size_t note_bytes_max = 600;
constexpr int closing = 421;  // the relay goes away, whatever it was asked
constexpr int go_ahead = 354;

/// Every line ended by CRLF, whatever ended it, and no line that is a dot: nothing in a mail can end it.
std::string dotted(std::string_view mail) {
    std::string out;
    out.reserve(mail.size() + 64);
    while (!mail.empty()) {
        const auto end = std::min(mail.find_first_of("\r\n"), mail.size());
        if (mail.front() == '.') out += '.';
        out.append(mail.substr(0, end)).append("\r\n");
        mail.remove_prefix(end);
        if (!mail.empty()) mail.remove_prefix(mail.starts_with("\r\n") ? 2 : 1);
    }
    return out.append(".\r\n");
}

bool is_code(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return text.size() == 3 && text[0] >= '2' && text[0] <= '5' && is_digit(text[1]) && is_digit(text[2]);
}

std::string words(int code, std::string_view text) {
    auto out = std::to_string(code);
    if (!text.empty()) out.append(" ").append(text);
    return out;
}

}  // namespace

SmtpDialogue::SmtpDialogue(MailRules envelope, std::string client, std::string_view mail,
                           std::shared_ptr<const Redaction> redaction)
    : envelope_(std::move(envelope)),
      client_(std::move(client)),
      mail_(dotted(mail)),
      redaction_(std::move(redaction)) {}

std::string_view SmtpDialogue::stage() const {
    switch (stage_) {
        case Stage::greeting: return "waiting for the greeting";
        case Stage::ehlo: return "waiting for the answer to EHLO";
        case Stage::helo: return "waiting for the answer to HELO";
        case Stage::sender: return "waiting for the answer to MAIL FROM";
        case Stage::recipient: return "waiting for the answer to RCPT TO";
        case Stage::data: return "waiting for the answer to DATA";
        case Stage::mail: return "waiting for the answer to the mail";
        case Stage::quit: return "waiting for the answer to QUIT";
        case Stage::over: break;
    }
    return "at the end";
}

std::string SmtpDialogue::hear(std::string_view bytes) {
    if (is_over()) return {};
    input_ += bytes;
    if (!read_reply()) return {};
    const Heard reply = std::exchange(reply_, {});
    reply_lines_ = reply_bytes_ = 0;
    auto command = turn(reply);
    const bool matters = stage_ != Stage::quit && stage_ != Stage::over;
    if (matters && !input_.empty()) return fail("the relay answers before it is asked");
    return command;
}

void SmtpDialogue::lose(std::string_view why) {
    if (!is_over()) fail(std::string(why) + ", " + std::string(stage()));
}

/// Whether a reply is complete; an impossible one ends the dialogue.
bool SmtpDialogue::read_reply() {
    for (auto end = input_.find('\n'); end != std::string::npos; end = input_.find('\n')) {
        auto line = input_.substr(0, end);
        input_.erase(0, end + 1);
        reply_bytes_ += end + 1;
        if (line.ends_with('\r')) line.pop_back();
        const bool too_much = ++reply_lines_ > smtp_reply_lines_max || reply_bytes_ > smtp_reply_bytes_max;
        if (too_much || !read_line(line)) {
            fail(too_much ? "the relay's answer is too long" : "the answer is not SMTP");
            return false;
        }
        if (line.size() == 3 || line[3] == ' ') return true;
    }
    if (reply_bytes_ + input_.size() > smtp_reply_bytes_max) fail("the relay's answer is too long");
    return false;
}

bool SmtpDialogue::read_line(std::string_view line) {
    if (!is_code(line.substr(0, 3))) return false;
    if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return false;
    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (reply_lines_ > 1 && code != reply_.code) return false;
    reply_.code = code;
    const auto text = line.substr(std::min<std::size_t>(4, line.size()));
    if (!text.empty() && reply_.text.size() < said_bytes_max)
        reply_.text.append(reply_.text.empty() ? "" : " ").append(text);
    return true;
}

std::string SmtpDialogue::turn(const Heard& reply) {
    const bool ok = reply.kind() == 2;
    if (stage_ == Stage::quit) {
        stage_ = Stage::over;
        return {};
    }
    const bool says_no = reply.kind() >= 4;
    if (says_no && stage_ == Stage::recipient && reply.code != closing) {
        refused_.push_back(
            {reply.code, "<" + envelope_.to[recipient_] + "> " +
                             words(reply.code, said_text(redaction_.get(), reply.text, said_bytes_max))});
        ++recipient_;
        return next_recipient();
    }
    if (reply.kind() == 5 && stage_ == Stage::ehlo) return go(Stage::helo, "HELO " + client_);
    if (says_no) return refused(reply);
    if (stage_ == Stage::data ? reply.code != go_ahead : !ok)
        return fail("unexpected answer " + std::to_string(reply.code) + ", " + std::string(stage()));
    switch (stage_) {
        case Stage::greeting: return go(Stage::ehlo, "EHLO " + client_);
        case Stage::ehlo:
        case Stage::helo: return go(Stage::sender, "MAIL FROM:<" + envelope_.from + ">");
        case Stage::sender: return next_recipient();
        case Stage::recipient: ++recipient_; return next_recipient();
        case Stage::data: stage_ = Stage::mail; return mail_;
        default: break;
    }
    return end(reply.code, {});
}

std::string SmtpDialogue::go(Stage stage, std::string command) {
    stage_ = stage;
    return command.append("\r\n");
}

std::string SmtpDialogue::next_recipient() {
    if (recipient_ < envelope_.to.size())
        return go(Stage::recipient, "RCPT TO:<" + envelope_.to[recipient_] + ">");
    if (refused_.size() < envelope_.to.size()) return go(Stage::data, "DATA");
    // Whoever may be taken later makes it worth another try.
    const auto later =
        std::find_if(refused_.begin(), refused_.end(), [](const Heard& one) { return one.kind() == 4; });
    return end(later != refused_.end() ? later->code : refused_.front().code, {});
}

/// The answer to a command that the whole mail hangs on.
std::string SmtpDialogue::refused(const Heard& reply) {
    constexpr std::string_view waiting = "waiting for ";
    auto said = std::string(stage().substr(waiting.size())) + ": " +
                words(reply.code, said_text(redaction_.get(), reply.text, said_bytes_max));
    return end(reply.code, std::move(said));
}

std::string SmtpDialogue::end(int status, std::string said) {
    if (!refused_.empty()) {
        if (!said.empty()) said += "; ";
        said += std::to_string(refused_.size()) + " of " + std::to_string(envelope_.to.size()) +
                " recipients refused:";
        for (const Heard& one : refused_)
            said.append(&one == &refused_.front() ? " " : "; ").append(one.text);
    }
    answer_.status = status;
    answer_.body = cut_to_bytes(said, note_bytes_max);
    if (status != closing) return go(Stage::quit, "QUIT");
    stage_ = Stage::over;
    return {};
}

std::string SmtpDialogue::fail(std::string why) {
    if (answer_.status == 0) error_ = std::move(why);
    stage_ = Stage::over;
    return {};
}

}  // namespace alert
