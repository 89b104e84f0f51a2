// What is asked of ledger or assessment: which period, as of when, grouped by what, in which format.
#pragma once

#include "alert/core/assessment.hpp"
#include "http_message.hpp"

#include <optional>

namespace yuqing {

struct ReportOrder {
    enum class Kind { ledger, assessment };
    enum class Format { json, csv, xlsx, html };

    Kind kind = Kind::ledger;
    Format format = Format::json;
    alert::ReportPeriod period;
    alert::TimePoint at;  // as of when
    bool past = false;    // it was asked for: facts recorded later do not count
    alert::GroupBy by = alert::GroupBy::unit;
};

/// `from`, `to`: a day (its beginning), a local time, or RFC 3339; `month`: instead of both. Nothing: this
/// month. Errors: `invalid`, with what would be right.
alert::Result<ReportOrder> read_report_order(ReportOrder::Kind kind, const HttpRequest& request,
                                             alert::TimePoint now, const alert::Zone& zone);

/// `20261001-20261031`: the first day and the last.
std::string period_name(const alert::ReportPeriod& period, const alert::Zone& zone);

}  // namespace yuqing
