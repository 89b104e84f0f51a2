// A folder of the journal as a disk may give it back: each file is its first sequence on a line of its own,
// then its lines, up to a form feed. Lines without a checksum get the right one. Whatever lies there, it is
// read to its end, nothing of it that can be read is left out, and what is appended is read back behind it.
#include "fuzz/demand.hpp"
#include "fuzz/journal_sum.hpp"

#include "alert/codec/journal_line.hpp"
#include "journal/files.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using fuzz::demand;

constexpr std::size_t files_max = 4;

/// In memory where there is such a place: a real disk is slow, and wears.
const std::string& folder() {
    static const struct Folder {
        Folder() {
            const fs::path shared = "/dev/shm";
            const auto place = ::access(shared.c_str(), W_OK) == 0 ? shared : fs::temp_directory_path();
            path = place / ("yuqing-fuzz-" + std::to_string(::getpid()));
            fs::create_directories(path);
        }
        ~Folder() {
            std::error_code error;
            fs::remove_all(path, error);
        }
        std::string path;
    } made;
    return made.path;
}

std::string path_of(const std::string& name) { return folder() + "/" + name; }

std::string text_of(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(path_of(name), std::ios::binary).rdbuf();
    return std::move(text).str();
}

/// A last line without its end stays without one.
std::string sealed(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        const bool whole = text.find('\n') != std::string_view::npos;
        const auto line = fuzz::take_until(text, '\n');
        const bool bare = line.starts_with('{') && line.find("\"crc32c\"") == std::string_view::npos;
        lines += bare ? fuzz::with_sum(line) : std::string(line);
        if (whole) lines += '\n';
    }
    return lines;
}

/// By name, in their order.
using Files = std::map<std::string, std::string>;

std::string name_of(std::uint64_t first) {
    char name[40];
    std::snprintf(name, sizeof name, "%020llu-000.jsonl", static_cast<unsigned long long>(first));
    return name;
}

std::uint64_t highest_in(std::string_view text) {
    std::uint64_t highest = 0;
    while (text.find('\n') != std::string_view::npos) {
        const auto entry = alert::decode_journal_line(fuzz::take_until(text, '\n'));
        if (entry) highest = std::max(highest, entry->sequence);
    }
    return highest;
}

/// Each begins behind all that is in those before it.
Files files_of(std::string_view input) {
    Files files;
    std::uint64_t least = 1;
    while (!input.empty() && files.size() < files_max && least < alert::journal_sequence_max) {
        auto part = fuzz::take_until(input, '\f');
        const auto number = fuzz::take_until(part, '\n');
        std::uint64_t first = 0;
        std::from_chars(number.data(), number.data() + number.size(), first);
        first = std::clamp(first, least, alert::journal_sequence_max);
        auto text = sealed(part);
        least = std::max(first, highest_in(text)) + 1;
        files[name_of(first)] = std::move(text);
    }
    return files;
}

void lay_out(const Files& files) {
    for (const auto& name : yuqing::journal_files_in(folder())) fs::remove(path_of(name));
    for (const auto& [name, text] : files) std::ofstream(path_of(name), std::ios::binary) << text;
}

/// The sequences of the lines that are sound and have their end, as long as they rise.
std::vector<std::uint64_t> sequences_in(const Files& files) {
    std::vector<std::uint64_t> all;
    for (const auto& [name, text] : files) {
        std::string_view rest = text;
        while (rest.find('\n') != std::string_view::npos) {
            const auto entry = alert::decode_journal_line(fuzz::take_until(rest, '\n'));
            if (entry && (all.empty() || entry->sequence > all.back())) all.push_back(entry->sequence);
        }
    }
    return all;
}

std::vector<alert::JournalEntry> read_all(const yuqing::JournalFiles& journal, const Files& files) {
    std::vector<alert::JournalEntry> all;
    std::size_t bytes = 0;
    for (const auto& [name, text] : files) bytes += text.size();
    std::size_t pages = 0;
    for (alert::JournalCursor cursor; true; ++pages) {
        demand(pages <= files.size() + bytes, "there is no end to the pages");
        auto page = journal.read(cursor);
        demand(page.has_value(), "a journal that was opened is not read");
        for (const auto& line : page->damaged)
            demand(line.path.starts_with(folder()) && !line.message.empty(), "damage is nowhere");
        for (auto& entry : page->entries) {
            demand(all.empty() || entry.sequence > all.back().sequence, "the sequences do not rise");
            all.push_back(std::move(entry));
        }
        cursor = std::move(page->next);
        if (page->end) return all;
    }
}

/// What was there is still there, but for the last line of the last file where it has no end.
void check_untouched(const Files& before) {
    for (const auto& [name, text] : before) {
        const auto kept = text.substr(0, text.rfind('\n') + 1);
        demand(text_of(name).starts_with(name == before.rbegin()->first ? kept : text),
               "something was thrown away");
    }
}

alert::JournalEntry new_entry() {
    return {.recorded_at = alert::TimePoint(std::chrono::seconds(1'781'246'280)), .event = R"({"new":1})"};
}

void check_appending(const Files& files) {
    const auto before = sequences_in(files);
    std::uint64_t appended = 0;
    {
        yuqing::JournalFiles journal(folder(), {});
        demand(journal.open().has_value(), "a folder is not opened");
        const auto found = read_all(journal, files);
        demand(found.size() == before.size(), "a line that can be read was left out");
        std::vector<alert::JournalEntry> entries{new_entry(), new_entry()};
        if (const auto written = journal.append(entries); !written) {
            demand(journal.last() + 2 >= alert::journal_sequence_max, "nothing can be appended");
            return;
        }
        appended = entries.back().sequence;
    }
    yuqing::JournalFiles journal(folder(), {});
    demand(journal.open().has_value(), "a folder is not opened again");
    demand(journal.last() == appended, "what was written last is not known");
    const auto found = read_all(journal, files);
    demand(!found.empty() && found.back().sequence == appended && found.back().event == new_entry().event,
           "what was appended is not read back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto files = files_of(fuzz::text(data, size));
    lay_out(files);
    check_appending(files);
    check_untouched(files);
    return 0;
}
