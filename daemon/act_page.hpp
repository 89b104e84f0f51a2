// The page behind the links of messages, made for a thumb: what the matter is, how long is left, who of those
// told acts, and the buttons 签收 and 已发布. Pure; everything from outside is text in it, and no script.
#pragma once

#include "act_record.hpp"
#include "alert/core/directory.hpp"
#include "alert/core/notification.hpp"

#include <map>
#include <string>
#include <vector>

namespace yuqing {

/// What the link that somebody came by is good for.
enum class ActRight {
    none,     // no link: the page shows
    expired,  // the message it stood in is not kept any more, so nobody knows whom it was for: it shows
    act
};

struct ActScene {
    const alert::CaseView& view;
    const alert::Policy& policy;
    const alert::Directory& directory;
    const alert::Zone& zone;
    alert::TimePoint now;
    std::uint64_t version = 0;          // of the case as it is shown
    std::vector<std::string> officers;  // whom the message named; empty: whoever acts writes a name
    ActRecord record;
    ActRight right = ActRight::none;
    std::string problem;  // what to tell about the last try
};

std::string act_page(const ActScene& scene);
/// Why the page of this link has no form; empty when it has one.
std::string no_form_because(const ActScene& scene);
/// Of a page that is not shown, by the code of the error: why, and what to do.
std::string act_refused_page(const alert::Error& why);
std::string act_style();  // the style sheet of both

/// Titles of what is open and only a publication fulfils; empty: nothing.
std::string publications_owed(const alert::CaseView& view, const alert::Policy& policy);
/// A response of this kind would fulfil something that is open.
bool publication_wanted(const alert::CaseView& view, const alert::Policy& policy, alert::ResponseKind kind);

/// What was sent by the form, checked against what the page offered.
struct ActOrder {
    bool publish = false;
    std::string by;  // a name
    alert::ResponseKind kind{};
    std::string url;
};
alert::Result<ActOrder> read_act_order(const std::map<std::string, std::string>& form,
                                       const std::vector<std::string>& officers,
                                       const alert::Directory& directory);

}  // namespace yuqing
