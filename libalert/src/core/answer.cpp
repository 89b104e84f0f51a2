#include "alert/core/answer.hpp"

namespace alert {

std::string_view to_string(Answer::Status status) {
    switch (status) {
        case Answer::Status::accepted: return "accepted";
        case Answer::Status::duplicate: return "duplicate";
        case Answer::Status::rejected: return "rejected";
        case Answer::Status::retry: return "retry";
    }
    return "";
}

}  // namespace alert
