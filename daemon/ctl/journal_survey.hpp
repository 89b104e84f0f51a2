// Journals as they are found in a folder: what can be read of them, whose they are, and which policies their
// lines name.
#pragma once

#include "command_line.hpp"

#include "alert/core/journal.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace yuqing {

/// What the files of one folder come to. Places are `file:line`.
struct JournalSurvey {
    std::string folder;
    std::size_t files = 0, entries = 0, torn = 0;
    std::vector<std::string> damaged;     // places
    std::vector<std::string> unreadable;  // files, and why
    std::optional<alert::TimePoint> first, last;
    std::map<std::string, std::string> jurisdictions;   // that lines name, and where first
    std::map<alert::PolicyHash, std::string> policies;  // the same
};

using EachLine = std::function<void(const std::string& line, const alert::JournalEntry& entry)>;

/// The folder itself, or those of the jurisdictions in it.
std::vector<std::string> journal_folders_in(const std::string& dir);
/// Every sound line goes to `each`, in order.
JournalSurvey survey_journal(const std::string& folder, const EachLine& each);

/// Whose they are: what lines say, else (earlier versions did not) the name of the folder.
std::string jurisdiction_of(const JournalSurvey& survey);

/// Which of them the daemon of a jurisdiction may be told.
struct JournalChoice {
    std::vector<const JournalSurvey*> own;
    std::vector<Said> left_out;   // why the others are not
    std::optional<Said> refused;  // nothing may be told
};
JournalChoice choose_journals(const std::vector<JournalSurvey>& found, const std::string& ours);

}  // namespace yuqing
