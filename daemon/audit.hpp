// The record's safety: the heads of grown records go to the anchors' file, and records are walked on request
// and compared with both (contract section 9, `audit verify`). On the edge thread: files are written here.
#pragma once

#include "alert/config/config.hpp"
#include "alert/port/clock.hpp"
#include "alert/port/observer.hpp"
#include "alert/redis/record_reader.hpp"
#include "anchor_file.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace yuqing {

class Audit {
public:
    using Told = alert::Callback<boost::json::object>;

    /// Connection, clock, observer and shelf outlive it; the shelf may be null.
    Audit(const alert::Config& config, alert::redis::Connection& connection, alert::Clock& clock,
          alert::Observer& observer, alert::Shelf* shelf);

    /// Writes the heads of all records that grew since the last time; true: all are on the disk.
    void anchor(std::function<void(bool)> done);

    [[nodiscard]] std::optional<LastAnchor> last_anchor() const { return file_.last(); }

    /// What was found in the record of one case: `cases entries findings[] keyed anchors unknown[] next`.
    /// Error `not_found`: neither Redis nor an anchor knows the case.
    void verify(alert::CaseId id, Told done);
    /// The same of a page of cases; `next` is the cursor of the next one, null at the end. The first page
    /// also tells of the anchors' file, the last ones of cases that only anchors know.
    void verify_page(const std::string& cursor, Told done);

private:
    struct Page;
    struct Walk;

    void anchor_more(std::size_t rounds, std::function<void(bool)> done);
    /// Null: the anchors cannot be read, and `done` was told.
    std::shared_ptr<Page> new_page(Told done);
    void walk_next(const std::shared_ptr<Page>& page);
    void walk_on(const std::shared_ptr<Page>& page, const std::shared_ptr<Walk>& walk);
    void anchored_page(const std::shared_ptr<Page>& page, const std::string& after);
    void finish(const std::shared_ptr<Page>& page) const;

    alert::RecordReader reader_;
    AnchorFile file_;
    alert::Clock& clock_;
    alert::Observer& observer_;
    const alert::ChainKey key_;
};

}  // namespace yuqing
