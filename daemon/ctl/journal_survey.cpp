#include "journal_survey.hpp"

#include "file_lines.hpp"

#include "alert/codec/journal_line.hpp"
#include "journal/files.hpp"

#include <algorithm>
#include <filesystem>

namespace yuqing {

namespace {

namespace fs = std::filesystem;

void read_file(const std::string& path, JournalSurvey& survey, const EachLine& each) {
    FileLines lines(path, journal_line_bytes_max);
    std::size_t number = 1;
    const auto place = [&] { return path + ":" + std::to_string(number); };
    const auto take = [&] {
        const auto entry = alert::decode_journal_line(lines.line());
        if (!entry) return false;
        ++survey.entries;
        if (!survey.first) survey.first = entry->recorded_at;
        survey.last = entry->recorded_at;
        if (!entry->jurisdiction.empty()) survey.jurisdictions.try_emplace(entry->jurisdiction, place());
        if (!entry->policy.value.empty()) survey.policies.try_emplace(entry->policy, place());
        each(lines.line(), *entry);
        return true;
    };
    for (; lines.next(); ++number) {
        if (!take()) survey.damaged.push_back(place());
    }
    if (lines.failure()) {
        survey.unreadable.push_back(lines.failure()->message);
        survey.damaged.push_back(place());
    } else if (!lines.line().empty() && !take()) {
        ++survey.torn;  // was never answered
    }
    ++survey.files;
}

std::string name_of(const std::string& folder) {
    const auto path = fs::absolute(folder).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).filename().string();
}

Said why_left_out(const JournalSurvey& survey, const std::string& ours) {
    const auto whose = jurisdiction_of(survey);
    if (const auto at = survey.jurisdictions.find(whose); at != survey.jurisdictions.end())
        return {survey.folder + "：是 " + whose + " 的日志（见 " + at->second + "），不是 " + ours +
                    " 的；请补报给它自己的守护进程",
                survey.folder + ": is the journal of " + whose + " (see " + at->second + "), not of " + ours +
                    "; tell it to the daemon of its own"};
    return {survey.folder + "：看目录名是 " + whose + " 的日志，不是 " + ours + " 的；确是 " + ours +
                " 的，请把目录改名为 " + ours,
            survey.folder + ": by its name it is the journal of " + whose + ", not of " + ours +
                "; if it is of " + ours + ", rename the folder to that"};
}

}  // namespace

std::vector<std::string> journal_folders_in(const std::string& dir) {
    std::vector<std::string> folders{dir};
    std::error_code error;
    for (fs::directory_iterator at(dir, error), end; !error && at != end; at.increment(error)) {
        if (at->is_directory(error)) folders.push_back(at->path().string());
    }
    std::sort(folders.begin() + 1, folders.end());
    std::erase_if(folders, [](const std::string& folder) { return journal_files_in(folder).empty(); });
    return folders;
}

JournalSurvey survey_journal(const std::string& folder, const EachLine& each) {
    JournalSurvey survey{.folder = folder};
    for (const auto& name : journal_files_in(folder)) read_file(folder + "/" + name, survey, each);
    return survey;
}

std::string jurisdiction_of(const JournalSurvey& survey) {
    return survey.jurisdictions.empty() ? name_of(survey.folder) : survey.jurisdictions.begin()->first;
}

JournalChoice choose_journals(const std::vector<JournalSurvey>& found, const std::string& ours) {
    JournalChoice choice;
    for (const auto& survey : found) {
        const auto mine = survey.jurisdictions.find(ours);
        if (mine != survey.jurisdictions.end() && survey.jurisdictions.size() > 1) {
            const auto& other = survey.jurisdictions.begin() == mine ? *survey.jurisdictions.rbegin()
                                                                     : *survey.jurisdictions.begin();
            choice.refused = Said{other.second + " 是 " + other.first + " 的，" + mine->second + " 是 " +
                                      ours + " 的：请把各地的日志文件分放到各自的目录",
                                  other.second + " is of " + other.first + ", " + mine->second + " of " +
                                      ours + ": put the files of each jurisdiction into a folder of its own"};
        } else if (jurisdiction_of(survey) == ours) {
            choice.own.push_back(&survey);
        } else {
            choice.left_out.push_back(why_left_out(survey, ours));
        }
    }
    if (choice.own.empty() && !choice.refused)
        choice.refused =
            Said{"没有 " + ours + " 的日志可以补报", "there is no journal of " + ours + " to tell"};
    return choice;
}

}  // namespace yuqing
