#include "findings.hpp"

#include "alert/codec/utf8.hpp"

#include <algorithm>
#include <tuple>

namespace alert::config {

std::size_t Findings::add_file(std::string name) {
    files_.push_back(std::move(name));
    return files_.size() - 1;
}

void Findings::add(std::size_t file, Place place, bool is_error, std::string code, std::string message) {
    std::size_t& count = is_error ? error_count_ : warning_count_;
    if (count++ >= findings_max) return;
    findings_.push_back({file, place, is_error, std::move(code), std::move(message)});
}

std::vector<Error> Findings::listed(bool errors, std::size_t count) const {
    std::vector<const Finding*> chosen;
    for (const Finding& finding : findings_) {
        if (finding.is_error == errors) chosen.push_back(&finding);
    }
    std::stable_sort(chosen.begin(), chosen.end(), [](const Finding* a, const Finding* b) {
        return std::tuple(a->file, a->place.line, a->place.column) <
               std::tuple(b->file, b->place.line, b->place.column);
    });
    std::vector<Error> list;
    for (const Finding* finding : chosen) {
        std::string path = files_[finding->file];
        if (finding->place.line > 0) {
            path += ":" + std::to_string(finding->place.line) + ":" + std::to_string(finding->place.column);
        }
        list.push_back({finding->code, without_controls(finding->message), without_controls(path)});
    }
    if (count > findings_max) {
        list.push_back({"too_many", "and " + std::to_string(count - findings_max) + " more", ""});
    }
    return list;
}

}  // namespace alert::config
