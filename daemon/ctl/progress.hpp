// How far long work is: one line on standard error that is written again and again, a few times a second, and
// only on a terminal. It goes before anything else is said, and at the end.
#pragma once

#include "alert/core/time.hpp"

#include <string>

namespace yuqing {

class Progress {
public:
    Progress();
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(const std::string& text);
    void clear();

private:
    bool on_terminal_;
    bool shown_ = false;
    alert::Duration next_;
};

}  // namespace yuqing
