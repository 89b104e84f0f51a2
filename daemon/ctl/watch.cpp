// watch: the open cases, live. On a terminal a table that is drawn again every second; elsewhere a line for
// each change. A daemon that goes away is waited for, and that is said.
#include "commands.hpp"
#include "event_builder.hpp"
#include "http_client.hpp"
#include "labels.hpp"
#include "screen.hpp"
#include "system_clock.hpp"
#include "text.hpp"
#include "watch_view.hpp"

#include "alert/codec/escape.hpp"

#include <iostream>
#include <memory>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr alert::Duration poll_every = std::chrono::seconds(1);
constexpr alert::Duration poll_patience = std::chrono::seconds(3);
constexpr int poll_share = 10;  // asking takes a tenth of the time at most, however long the list

struct WatchOptions {
    ClientOptions client;
    std::string unit;
    std::size_t limit = page_max;
};

std::string first_page(const WatchOptions& options) {
    auto query = "/api/v1/cases?status=open&limit=" + std::to_string(std::min(options.limit, page_max));
    if (!options.unit.empty()) query += "&unit=" + alert::percent_encoded(options.unit);
    return query;
}

/// All open cases up to the limit; nothing of them when a page is missing.
alert::Result<Watched> poll(const WatchOptions& options) {
    Watched watched;
    std::string cursor;
    do {
        const auto page =
            try_ask(options.client,
                    first_page(options) + (cursor.empty() ? "" : "&cursor=" + alert::percent_encoded(cursor)),
                    poll_patience);
        if (!page) return page.error();
        for (const auto& item : list_of(*page, "cases")) watched.cases.push_back(item);
        cursor = text_of(*page, "next");
    } while (!cursor.empty() && watched.cases.size() < options.limit);
    watched.more = !cursor.empty();
    return watched;
}

/// 2026-06-12T13:38:00.123+08:00 as 2026-06-12 13:38:00.
std::string clock_now() {
    auto text = instant_text(wall_time()).substr(0, 19);
    text[10] = ' ';
    return text;
}

/// Polls; what comes of it replaces what was known, and a silence is noted beside it.
class Watch {
public:
    explicit Watch(const WatchOptions& options) : options_(options) {
        ask(options.client, first_page(options));  // a wrong address or no daemon at all ends it here
        look_again();
    }
    void look_again() {
        const auto began = boot_time();
        auto found = poll(options_);
        took_ = boot_time() - began;
        const auto here = clock_now();
        if (found) {
            watched_ = std::move(*found);
            seen_at_ = boot_time();
            seen_clock_ = here;
            return;
        }
        if (watched_.away_since.empty()) watched_.away_since = seen_clock_.empty() ? here : seen_clock_;
        watched_.away_why = found.error().message;
    }
    [[nodiscard]] const Watched& watched() const { return watched_; }
    [[nodiscard]] alert::Duration age() const { return boot_time() - seen_at_; }
    [[nodiscard]] alert::Duration patience() const { return std::max(poll_every, took_ * poll_share); }

private:
    const WatchOptions& options_;
    Watched watched_;
    alert::Duration seen_at_ = boot_time(), took_{0};
    std::string seen_clock_;
};

void watch_on_screen(const WatchOptions& options) {
    Watch watch(options);
    Screen screen;
    auto next = boot_time();
    for (;;) {
        if (boot_time() >= next) {
            watch.look_again();
            next = boot_time() + watch.patience();
        }
        const Picture picture{.size = terminal_size(),
                              .language = options.client.language,
                              .colours = colours_wanted(),
                              .now = clock_now(),
                              .age = watch.age()};
        if (picture.size.columns == 0 || !screen.show(picture_of(watch.watched(), picture))) return;
        pause_for(poll_every);
    }
}

// ---- without a terminal

/// What became of a case that is no longer listed: its status, or nothing while it is open behind the limit.
std::string ending_of(const WatchOptions& options, const Change& change) {
    const auto item = look(
        options.client, "/api/v1/cases/" + alert::percent_encoded(text_of(change.item, "id")), poll_patience);
    const auto status = item ? text_of(*item, "status") : std::string();
    return status == "open" ? std::string() : status;
}

/// What happened to a case; of one that is no longer open its status.
std::string change_text(std::string_view kind, Language language) {
    const bool zh = language == Language::zh;
    if (zh && kind == "appeared") return "新增";
    if (zh && kind == "changed") return "变化";
    return label(kind, language);
}

void print_change(const WatchOptions& options, std::string_view kind, const json::object& item,
                  const std::vector<std::string>& words) {
    const auto& client = options.client;
    const auto now = instant_text(wall_time());
    if (client.json) {
        json::object line{{"time", now}, {"change", kind}};
        if (!item.empty()) line["case"] = item;
        std::cout << safe_json(json::serialize(line)) << std::endl;
        return;
    }
    std::cout << now << ' ' << change_text(kind, client.language) << ' ' << safe_text(text_of(item, "id"));
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "  " : "; ") + word;
    std::cout << safe_text(text) << std::endl;
}

void print_changes(const WatchOptions& options, ChangeFinder& finder, const Watched& watched) {
    for (const auto& change : finder.take(watched.cases)) {
        if (change.kind == Change::Kind::missing) {
            const auto status = ending_of(options, change);
            if (!status.empty()) print_change(options, status, change.item, {text_of(change.item, "title")});
        } else {
            const bool fresh = change.kind == Change::Kind::appeared;
            print_change(options, fresh ? "appeared" : "changed", change.item, change.words);
        }
    }
}

void tell_of_silence(const WatchOptions& options, const Watched& watched) {
    const bool away = !watched.away_since.empty();
    if (options.client.json) return print_change(options, away ? "away" : "back", {}, {});
    std::cerr << "yuqingctl: "
              << (away ? options.client.say("与守护进程失去联系，继续等待：",
                                            "the daemon is away, still waiting: ")
                       : options.client.say("守护进程已恢复", "the daemon is back"))
              << safe_text(watched.away_why) << std::endl;
}

void watch_lines(const WatchOptions& options) {
    Watch watch(options);
    ChangeFinder finder(options.client.language);
    bool away = false;
    while (std::cout.good()) {
        const bool now_away = !watch.watched().away_since.empty();
        if (now_away != away) tell_of_silence(options, watch.watched());
        away = now_away;
        if (!away) print_changes(options, finder, watch.watched());
        pause_for(watch.patience());
        watch.look_again();
    }
}

}  // namespace

void add_watch(CommandLine& line) {
    auto options = std::make_shared<WatchOptions>();
    auto command = line.command("watch", "实时查看未办结事项 (the open cases, live)");
    options->client.add_to(command);
    command.option("--unit", options->unit, "责任单位 (lead unit, id or name)");
    command.option("--limit", options->limit, "最多列出 (at most)").check(in_range(1, 5000)).show_default();
    command.run([options] {
        end_at_signals();
        const bool screen = terminal_columns() > 0 && !options->client.json;
        screen ? watch_on_screen(*options) : watch_lines(*options);
    });
}

}  // namespace yuqing
