// Mustache texts of `format: template`: what may stand in them, and how it is filled in. Pure.
//
// Every value is escaped for the place it stands in, however it is written ({{x}}, {{{x}}}, {{&x}}), so
// that no text from outside can leave its place. Partials are refused: they would read a value as a template.
#pragma once

#include "alert/core/channel.hpp"
#include "alert/core/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alert {

inline constexpr std::size_t template_bytes_max = 16 * 1024;
inline constexpr std::size_t template_secrets_max = 9;

enum class Escape { none, json, form, xml, header };
Escape escape_of(BodyKind kind);

/// The words of a message, each a variable; an empty one counts as absent in {{#word}} and {{^word}}.
const std::vector<std::string_view>& template_words();
/// Of {{#officers}}…{{/officers}}; `more` stands while another one follows.
const std::vector<std::string_view>& template_officer_words();

struct TemplateValues {
    std::map<std::string, std::string> words;
    std::vector<std::map<std::string, std::string>> officers;
    std::vector<std::string> secrets;  // {{secret}}, or {{secret_1}}, {{secret_2}}, …
};

/// Nothing but text comes out of a template that check_template() passed.
std::string fill_template(const std::string& text, Escape escape, const TemplateValues& values);

/// What is wrong with a template: its syntax, a name that nothing has, a JSON body that would be none.
std::optional<Error> check_template(const std::string& text, Escape escape, std::size_t secrets);

}  // namespace alert
