// What a screen in an office shows of an answer: the same JSON, the numbers of persons in its texts masked.
//
// Programs that ask for no such thing get texts as they were told. Names that something is found by stay as
// they are: what is shown can be opened, withdrawn, asked for again.
#pragma once

#include "http_message.hpp"

#include <boost/json/object.hpp>

namespace yuqing {

/// `Prefer: masked-numbers`, among whatever else is preferred.
bool prefers_masked(const HttpRequest& request);

boost::json::object masked_texts(boost::json::object answer);
/// Of an answer that is JSON; any other one stays.
HttpResponse masked_answer(HttpResponse answer);

}  // namespace yuqing
