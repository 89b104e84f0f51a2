// A terminal's whole screen, for a picture that is drawn again and again. What stood there before comes back
// at the end, however that comes: Ctrl-C, SIGTERM, Ctrl-Z and the end of the program. One at a time.
#pragma once

#include "alert/core/time.hpp"

#include <string>
#include <vector>

namespace yuqing {

class Screen {
public:
    Screen();
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    /// Draws over what is there, in one piece, so that nothing flickers. False when nobody looks any more.
    bool show(const std::vector<std::string>& lines);
};

/// Ctrl-C and SIGTERM end the program as done; a size that changed ends a pause.
void end_at_signals();

/// A pause; a signal may end it early.
void pause_for(alert::Duration time);

}  // namespace yuqing
