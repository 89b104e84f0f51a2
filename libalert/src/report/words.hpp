// Identifiers in the words of the office's papers.
#pragma once

#include "alert/core/assessment.hpp"

#include <string>
#include <string_view>

namespace alert::report {

std::string word(ResponseKind kind);
std::string word(OpinionLevel level);
std::string word(IncidentGrade grade);  // empty of `none`
std::string word(CaseStatus status);
std::string word(StartRule start);
std::string word(DutyKind kind);
std::string word(GroupBy by);
/// Of an obligation: what its status and excuse come to.
std::string outcome(const Obligation& obligation);
/// `by：text`, the text alone where nobody said it.
std::string said_by(const std::string& by, const std::string& text);
/// Flags, statuses of a list, reasons why something is void; what is unknown stays as it is.
std::string word(std::string_view identifier);

}  // namespace alert::report
