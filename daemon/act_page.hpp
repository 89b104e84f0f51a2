// The page behind the links of messages, made for a thumb: what the matter is, how long is left, who of those
// told acts, and the buttons 签收 and 已发布. Pure; everything from outside is text in it, and no script.
#pragma once

#include "alert/core/derive.hpp"
#include "alert/core/directory.hpp"
#include "alert/core/notification.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace yuqing {

/// Who did it, and when: from the record.
struct Deed {
    std::string by, what;
    alert::TimePoint at;
};

struct ActScene {
    const alert::CaseView& view;
    const alert::Policy& policy;
    const alert::Directory& directory;
    const alert::Zone& zone;
    alert::TimePoint now;
    std::uint64_t version = 0;          // of the case as it is shown
    std::vector<std::string> officers;  // whom the message named; empty: whoever acts writes a name
    std::optional<Deed> acknowledged;   // what counts
    std::vector<Deed> published;
    bool may_act = false;  // came by a signed link
    std::string problem;   // what to tell about the last try
};

std::string act_page(const ActScene& scene);
/// Of a link that does not work: why, and what to do.
std::string act_refused_page(const alert::Error& why);
std::string act_style();  // the style sheet of both

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
