// What the robots of DingTalk, WeCom and Feishu say with their codes. HTTP 200 says nothing: success is the
// code in the body, and an answer without one is a failure, worth another try.
//
// The tables and where each row was seen: libalert/src/notify/README.md.
#pragma once

#include "alert/notify/format.hpp"

namespace alert {

Verdict judge_dingtalk(const Reply& reply, Shape shape, TimePoint now);
Verdict judge_wecom(const Reply& reply, Shape shape, TimePoint now);
Verdict judge_feishu(const Reply& reply, Shape shape, TimePoint now);

}  // namespace alert
