// The files of the archive: JSON lines, one file a month, only ever appended. Blocks; never on a loop's
// thread.
//
// Several daemons may write to one folder: a lock on the file makes an append one piece. Every append says
// where its lines are; what nobody points to, such as the torn line that a crash left, is passed over.
#pragma once

#include "alert/port/archive.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace yuqing {

class ArchiveFiles {
public:
    /// `on_torn`: a last line without its end was found, and closed.
    explicit ArchiveFiles(std::string folder, std::function<void()> on_torn = {})
        : folder_(std::move(folder)), on_torn_(std::move(on_torn)) {}

    /// Makes the folder, or with `begun` looks whether it holds files of an archive. Errors: `unwritable`,
    /// `archive_missing`.
    [[nodiscard]] alert::Result<std::monostate> open(bool begun) const;
    /// On the disk when it comes back, the names of new files too. Error `unwritable`.
    alert::Result<std::vector<alert::ArchivePlace>> append(const std::vector<alert::ShelfLine>& lines) const;
    /// What lies at the place; if that is another line by now, the last of that version in the file. Errors:
    /// `unreadable`, `damaged`.
    [[nodiscard]] alert::Result<alert::ArchivedCase> read(const alert::CaseId& id, std::uint64_t version,
                                                          const alert::ArchivePlace& place) const;

private:
    [[nodiscard]] std::string path_of(const std::string& file) const { return folder_ + "/" + file; }

    const std::string folder_;
    const std::function<void()> on_torn_;
};

}  // namespace yuqing
