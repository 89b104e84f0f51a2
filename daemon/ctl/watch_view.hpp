// What `watch` shows: a picture of the open cases for a screen, or what changed in them, line by line. Pure:
// it is told what the daemon said and how long ago, so a countdown goes on while the daemon is away.
#pragma once

#include "client.hpp"
#include "table.hpp"

#include "alert/core/time.hpp"

#include <boost/json.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace yuqing {

/// The open cases as the daemon told them last.
struct Watched {
    boost::json::array cases;
    bool more = false;  // not all of them
    /// Since when nobody answers, and why; empty while the daemon does.
    std::string away_since, away_why;
};

struct Picture {
    TerminalSize size;
    Language language = Language::zh;
    bool colours = false;
    std::string now;         // as it stands in the first line
    alert::Duration age{0};  // of what the daemon told
};

/// At most as many lines as the terminal has rows, each within its columns.
std::vector<std::string> picture_of(const Watched& watched, const Picture& picture);

struct Change {
    enum class Kind { appeared, changed, missing } kind;
    boost::json::object item;        // as told now; as told last when it is missing
    std::vector<std::string> words;  // what is new about it
};

/// Compares what the daemon tells with what it told before. A case that is missing may have ended, or stands
/// behind the limit: who asks knows.
class ChangeFinder {
public:
    explicit ChangeFinder(Language language) : language_(language) {}
    std::vector<Change> take(const boost::json::array& cases);

private:
    struct Known {
        boost::json::object item;
        std::set<std::string> words;
    };
    [[nodiscard]] std::vector<std::string> words_of(const boost::json::object& item) const;

    Language language_;
    std::map<std::string, Known> known_;
};

}  // namespace yuqing
