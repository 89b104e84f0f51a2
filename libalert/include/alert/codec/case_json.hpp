// A case as the API shows it (contract section 7), shared by the daemon and `yuqingctl simulate`.
#pragma once

#include "alert/core/act_link.hpp"
#include "alert/core/explain.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace alert {

/// All members of the contract; `timeline` is empty until the caller puts timeline_json() there.
boost::json::object case_json(const CaseView& view, const Directory& directory, TimePoint now,
                              const Zone& zone);
/// `timeline[]`: the latest `limit` entries, oldest first. A fact's `note` is what it says in
/// words, `said` what else: grade, kind, unit, obligation and the like, as told.
boost::json::array timeline_json(const std::vector<LogEntry>& log, const Directory& directory,
                                 const Zone& zone, std::size_t limit = 200);
/// The case without its timeline; each obligation has `steps[]`, beside them `notices[]`, `undone[]` and
/// `redelivered[]`, entries as in the timeline.
boost::json::object explain_json(const Explanation& explanation, const Directory& directory, TimePoint now,
                                 const Zone& zone);
/// `[{role, officers[{id, name}]}]`; an officer the directory does not know has no name.
boost::json::array targets_json(const std::vector<Target>& targets, const Directory& directory);
/// The record of a case's move to another policy: who, why, from and to; the timeline shows its members.
std::string rebase_record(const std::string& by, const std::string& reason, const Policy& from,
                          const Policy& to);
/// The same of a dead letter sent again: who and why.
std::string redeliver_record(const std::string& by, const std::string& reason);
/// `{code, message, path}`
boost::json::object error_json(const Error& error);

/// The pages of its case that a message leads to; a slash at the end of the public URL does not matter.
/// `page` opens on the daemon's own machine only, so people get `view`: with a key the page they act on,
/// which shows as well.
struct MessageLinks {
    std::string page, acknowledge, view;
};
MessageLinks message_links(std::string_view public_url, const LinkKey& key, const Notification& notification,
                           TimePoint now);

/// The body of `format: cloudevents` (contract section 6). What there is none of (case, obligation,
/// step, links) is left out; what is empty (flag, card, a title) is null.
boost::json::object notification_cloudevent(const Notification& notification, const Directory& directory,
                                            const std::string& jurisdiction, const std::string& public_url,
                                            const LinkKey& key, TimePoint now, const Zone& zone);

}  // namespace alert
