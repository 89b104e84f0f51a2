// What is wrong with the archive, for who watches the daemon: the last run, and the cases whose lines could
// not be read, whoever asked for them.
//
// A line that could not be read is tried again by itself, and is over when that very case was read, or came
// back: that another one can be read says nothing of it.
#pragma once

#include "alert/core/time.hpp"
#include "alert/port/archive.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace yuqing {

class ArchiveWatch {
public:
    static constexpr std::size_t unreadable_max = 100;  // others are met when these can be read
    using Told = std::function<void(const std::optional<alert::Error>&)>;

    /// Both outlive it; the shelf may be null.
    ArchiveWatch(alert::CaseArchive& archive, alert::Shelf* shelf) : archive_(archive), shelf_(shelf) {}

    /// What came of the last run, and of a reading.
    void written(std::optional<alert::Error> error) { unwritable_ = std::move(error); }
    void read(const alert::CaseId& id, const std::optional<alert::Error>& error);

    /// Tells what is wrong now; lines that could not be read are tried when the last try is `every` ago.
    void look(alert::TimePoint now, alert::Duration every, Told told);

private:
    void without_shelf(Told told);
    void try_first(Told told);

    alert::CaseArchive& archive_;
    alert::Shelf* const shelf_;
    std::optional<alert::Error> unwritable_;
    std::map<alert::CaseId, alert::Error> unreadable_;
    alert::TimePoint tried_at_;
};

}  // namespace yuqing
