#include "archive/watch.hpp"

namespace yuqing {

using alert::Error;

void ArchiveWatch::read(const alert::CaseId& id, const std::optional<Error>& error) {
    if (!error)
        unreadable_.erase(id);
    else if (unreadable_.contains(id) || unreadable_.size() < unreadable_max)
        unreadable_.insert_or_assign(id, *error);
}

void ArchiveWatch::look(alert::TimePoint now, alert::Duration every, Told told) {
    if (!shelf_) return without_shelf(std::move(told));
    if (unwritable_ || unreadable_.empty()) return told(unwritable_);
    if (now - tried_at_ < every) return told(unreadable_.begin()->second);
    tried_at_ = now;
    try_first(std::move(told));
}

void ArchiveWatch::without_shelf(Told told) {
    archive_.any([told = std::move(told)](const alert::Result<bool>& any) {
        if (!any || !*any) return told({});
        told(Error{"archive_missing", "cases were archived, and archive.dir is not configured here", ""});
    });
}

/// One after the other, up to the first that cannot be read yet.
void ArchiveWatch::try_first(Told told) {
    if (unreadable_.empty()) return told({});
    const alert::CaseId id = unreadable_.begin()->first;
    const Error error = unreadable_.begin()->second;
    archive_.find(id,
                  [this, id, error, told = std::move(told)](const alert::Result<alert::Whereabouts>& where) {
                      if (!where) return told(error);
                      if (where->kind != alert::Whereabouts::Kind::archived) {
                          read(id, {});
                          return try_first(told);
                      }
                      shelf_->read(id, where->version, where->place, [this, id, told](const auto& found) {
                          read(id, found ? std::nullopt : std::optional(found.error()));
                          if (found) return try_first(told);
                          told(found.error());
                      });
                  });
}

}  // namespace yuqing
