// send: events from files to the daemon, again and again until each has its answer.
#include "client.hpp"
#include "commands.hpp"
#include "event_builder.hpp"
#include "line_reader.hpp"
#include "progress.hpp"
#include "sender_socket.hpp"
#include "system_clock.hpp"
#include "text.hpp"

#include "alert/core/event.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr alert::Duration resend_first = std::chrono::seconds(2);  // doubled up to
constexpr alert::Duration resend_most = std::chrono::seconds(30);
constexpr alert::Duration look_around_every = std::chrono::seconds(1);

struct SendOptions {
    std::vector<std::string> files;
    std::string endpoint = "tcp://127.0.0.1:5570", key_file, server_key_file;
    std::size_t window = 256;
    unsigned timeout_seconds = 60;
    bool history = false;
    bool as_json = false;
    Language language = Language::zh;
};

struct SendCounts {
    std::size_t accepted = 0, duplicate = 0, rejected = 0, degraded = 0;
};

/// None without the options: then it speaks without CURVE.
std::optional<CurveKeys> keys_of(const SendOptions& options) {
    if (options.key_file.empty() && options.server_key_file.empty()) return std::nullopt;
    if (options.key_file.empty() || options.server_key_file.empty())
        throw UsageError(
            {"--key-file 和 --server-key-file 要一起给", "--key-file and --server-key-file go together"});
    return read_curve_keys(options.key_file, options.server_key_file);
}

/// What to look at when nobody answers.
Said advice_on(SenderSocket::Handshake handshake, bool keyed) {
    if (handshake == SenderSocket::Handshake::key_refused)
        return {"；守护进程不认这把密钥：请管理员把公钥登记到 clients.yaml",
                "; the daemon refused this key: the administrator enters its public half in clients.yaml"};
    if (handshake == SenderSocket::Handshake::untried) return {"", ""};
    if (keyed)
        return {"；握手未成：请核对 --server-key-file 是不是该守护进程的公钥",
                "; the handshake failed: is --server-key-file the public key of this daemon?"};
    return {"；握手未成：该地址要用 --key-file 和 --server-key-file",
            "; the handshake failed: this endpoint wants --key-file and --server-key-file"};
}

class Sending {
public:
    explicit Sending(const SendOptions& options)
        : options_(options),
          window_(options.window),
          socket_(options.endpoint, keys_of(options), options.window) {
        start_waiting();
    }

    /// False when nobody answered for too long.
    bool send_file(const std::string& name);
    bool wait_for_answers();
    [[nodiscard]] const SendCounts& counts() const { return counts_; }
    [[nodiscard]] std::size_t unanswered() const { return window_.size(); }

private:
    bool turn(LineReader* reader);
    bool take_lines(LineReader& reader);
    void take_answers();
    void show_progress();
    void end_line(const SendLine& line, const json::object& answer);
    void refuse_overlong(const SendLine& line);
    void start_waiting();
    bool look_at_clock();
    void tell_of_silence();
    [[nodiscard]] alert::Duration patience() const;

    const SendOptions& options_;
    SendWindow window_;
    SenderSocket socket_;
    SendCounts counts_;
    Progress progress_;
    alert::Duration heard_at_;   // the last answer, or when there was nothing to wait for
    alert::Duration resend_at_;  // all goes out again then, over a new connection
    alert::Duration resend_after_ = resend_first;
    bool silence_told_ = false;
};

bool Sending::send_file(const std::string& name) {
    LineReader reader(name);
    for (;;) {
        const bool took_all = take_lines(reader);
        if (took_all && reader.at_end()) return true;
        if (!turn(&reader)) return false;
    }
}

bool Sending::wait_for_answers() {
    while (!window_.empty()) {
        if (!turn(nullptr)) return false;
    }
    return true;
}

/// Sends what can be sent, waits for something to happen, takes answers and reads on.
bool Sending::turn(LineReader* reader) {
    while (const auto bytes = window_.next_to_send(boot_time())) socket_.send(*bytes);
    const bool wants_lines = reader != nullptr && window_.has_room();
    const auto ready = socket_.wait(wants_lines ? reader->descriptor() : -1, patience());
    if (ready.answers) take_answers();
    if (ready.lines) reader->read();
    return look_at_clock();
}

/// True when every line that was read is under way.
bool Sending::take_lines(LineReader& reader) {
    while (window_.has_room()) {
        auto line = reader.next();
        if (!line) return true;
        if (line->bytes.size() > line_bytes_max) {
            refuse_overlong(*line);
        } else {
            if (options_.history) line->bytes = as_history(std::move(line->bytes));
            window_.add(std::move(*line));
        }
    }
    return false;
}

void Sending::take_answers() {
    while (const auto bytes = socket_.receive()) {
        const auto ended = window_.answered(*bytes, boot_time());
        if (ended) end_line(ended->line, ended->answer);
        if (window_.heard()) start_waiting();
    }
    show_progress();
}

void Sending::show_progress() {
    const auto answered = counts_.accepted + counts_.duplicate + counts_.rejected;
    const bool zh = options_.language == Language::zh;
    progress_.show((zh ? "已答复 " : "answered ") + std::to_string(answered) +
                   (zh ? "，在途 " : ", under way ") + std::to_string(window_.size()));
}

void Sending::start_waiting() {
    heard_at_ = boot_time();
    silence_told_ = false;
    resend_after_ = resend_first;
    resend_at_ = heard_at_ + resend_after_;
}

void Sending::end_line(const SendLine& line, const json::object& answer) {
    const auto status = text_of(answer, "status");
    if (status == "accepted") ++counts_.accepted;
    if (status == "duplicate") ++counts_.duplicate;
    if (status == "rejected") ++counts_.rejected;
    if (answer.contains("degraded")) ++counts_.degraded;
    if (options_.as_json || status == "rejected") progress_.clear();
    if (options_.as_json) {
        json::object out{{"file", line.file}, {"line", line.number}};
        for (const auto& [name, value] : answer) out[name] = value;
        std::cout << safe_json(json::serialize(out)) << '\n';
    } else if (status == "rejected") {
        std::cout << safe_text(line.file) << ':' << line.number << ": "
                  << error_line(answer, options_.language) << '\n';
    }
}

void Sending::refuse_overlong(const SendLine& line) {
    const auto message = "an event has at most " + std::to_string(alert::event_bytes_max) + " bytes";
    end_line(line, {{"id", nullptr},
                    {"source", nullptr},
                    {"status", "rejected"},
                    {"error", {{"code", "too_large"}, {"message", message}, {"path", ""}}}});
}

/// A silent connection is replaced; a daemon silent for longer than allowed ends the sending.
bool Sending::look_at_clock() {
    if (window_.empty()) start_waiting();
    const auto now = boot_time();
    const auto allowed = std::chrono::seconds(options_.timeout_seconds);
    if (options_.timeout_seconds > 0 && now - heard_at_ >= allowed) return false;
    if (now >= resend_at_) {
        tell_of_silence();
        socket_.reconnect();
        window_.connection_lost();
        resend_after_ = std::min(resend_after_ * 2, resend_most);
        resend_at_ = now + resend_after_;
    }
    return true;
}

/// Once for each silence: whoever waits learns for what, and for how long.
void Sending::tell_of_silence() {
    if (silence_told_) return;
    silence_told_ = true;
    progress_.clear();
    const bool zh = options_.language == Language::zh;
    const auto seconds = std::to_string(options_.timeout_seconds);
    std::cerr << "yuqingctl: " << safe_text(options_.endpoint)
              << (zh ? "：没有答复，继续等待" : ": no answer, still waiting");
    if (options_.timeout_seconds > 0) {
        std::cerr << (zh ? "，至多 " + seconds + " 秒" : ", for " + seconds + " s at most");
    }
    std::cerr << advice_on(socket_.handshake(), !options_.key_file.empty()).in(options_.language)
              << std::endl;
}

alert::Duration Sending::patience() const {
    const auto retry = window_.next_retry();
    if (!retry) return look_around_every;
    return std::clamp(*retry - boot_time(), alert::Duration(1), look_around_every);
}

void print_summary(const SendOptions& options, const SendCounts& counts, std::size_t unanswered) {
    if (options.as_json) {
        const json::object out{
            {"kind", "summary"},           {"accepted", counts.accepted}, {"duplicate", counts.duplicate},
            {"rejected", counts.rejected}, {"degraded", counts.degraded}, {"unanswered", unanswered}};
        std::cout << json::serialize(out) << '\n';
        return;
    }
    const bool zh = options.language == Language::zh;
    const auto part = [&](std::string_view chinese, std::string_view english, std::size_t count) {
        std::cout << (zh ? chinese : english) << ' ' << count;
    };
    part("已接收", "accepted", counts.accepted);
    if (counts.degraded > 0) part(zh ? "（其中暂存" : " (", "of them in the journal", counts.degraded);
    if (counts.degraded > 0) std::cout << (zh ? "）" : ")");
    part("，重复", ", duplicate", counts.duplicate);
    part("，未接收", ", rejected", counts.rejected);
    if (unanswered > 0) part("，未答复", ", unanswered", unanswered);
    std::cout << '\n';
}

void send(const SendOptions& options) {
    Sending sending(options);
    bool reached = true;
    for (const auto& file : options.files) {
        reached = sending.send_file(file);
        if (!reached) break;
    }
    reached = reached && sending.wait_for_answers();
    print_summary(options, sending.counts(), sending.unanswered());
    if (!reached) {
        std::cerr
            << "yuqingctl: " << safe_text(options.endpoint)
            << (options.language == Language::zh
                    ? "：没有答复\n在运行吗？systemctl status yuqingd；地址不对请用 --endpoint\n"
                    : ": nobody answers\nis it running? systemctl status yuqingd; for another address use "
                      "--endpoint\n");
        finish(Exit::unreachable);
    }
    if (sending.counts().rejected > 0) finish(Exit::refused);
}

}  // namespace

void add_send(CommandLine& line) {
    auto options = std::make_shared<SendOptions>();
    auto command = line.command("send", "送事件消息，直到有答复 (send events until they are answered)");
    command.option("FILE", options->files, "每行一条 JSON，- 为标准输入 (JSON lines, - is standard input)")
        .required()
        .check(readable_file());
    command.option("--endpoint", options->endpoint, "守护进程的 ZeroMQ 地址 (where the daemon is)")
        .env("YUQING_ENDPOINT")
        .show_default();
    command.option("--key-file", options->key_file, "CURVE：自己的密钥 (the secret key this client shows)")
        .env("YUQING_KEY_FILE")
        .offer({Offered::Kind::files});
    command
        .option("--server-key-file", options->server_key_file,
                "CURVE：守护进程的公钥 (the daemon's public key)")
        .env("YUQING_SERVER_KEY_FILE")
        .offer({Offered::Kind::files});
    command.option("--window", options->window, "同时在途的条数 (events under way at once)")
        .check(in_range(1, 65536))
        .show_default();
    command.option("--timeout", options->timeout_seconds, "多少秒没有答复便放弃，0 为永不 (give up after)")
        .show_default();
    command.flag("--history", options->history,
                 "补录历史：只记入，不通知任何人 (record the past without ringing anybody)");
    command.flag("--json", options->as_json, "供程序读取的 JSON (JSON, for programs)");
    add_language(command, options->language);
    command.run([options] { send(*options); });
}

}  // namespace yuqing
