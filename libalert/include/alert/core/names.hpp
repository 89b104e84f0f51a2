// What people call a unit, a field, an officer: the directory's name, or as told where it knows none. Units
// and fields are found by their names, too.
#pragma once

#include "alert/core/directory.hpp"

namespace alert {

std::string unit_name(const Directory& directory, const std::string& told);
std::string field_name(const Directory& directory, const std::string& told);
std::string officer_name(const Directory& directory, const std::string& id);

}  // namespace alert
