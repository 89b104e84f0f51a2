// Numbers of persons in text from outside: mobiles, identity cards and bank cards lose their middle before
// a message carries them into a chat group. Names and everything else stay as they are.
//
// Recognised by shape, also in digits of other scripts, in circles and in Chinese ones, in the usual groups,
// whatever parts them (138-0000-1111, 138.0000.1111, 6222 0200 …), every digit by itself (1 3 8 0 …), and
// with what is not seen between the digits.
#pragma once

#include <string>
#include <string_view>

namespace alert {

/// `请联系13800001111` → `请联系138****1111`. A mobile keeps 3 and 4 digits, an identity card 3 and 4, a bank
/// card its last 4.
std::string mask_personal_numbers(std::string_view text);

}  // namespace alert
