#include "app/commands/progress.h"

#include <cstdio>

#include <unistd.h>

namespace app {

ProgressLine::ProgressLine(std::string name) : m_name{std::move(name)}, m_shown{isatty(STDERR_FILENO) == 1} {}

ProgressLine::~ProgressLine() {
    if (m_percent >= 0) std::fputs("\r\x1b[K", stderr);
}

std::function<void(double)> ProgressLine::callback() {
    if (!m_shown) return [](double) {};
    return [this](double fraction) {
        const int percent = static_cast<int>(fraction * 100);
        if (percent == m_percent) return;
        m_percent = percent;
        std::fprintf(stderr, "\r%s %d %%", m_name.c_str(), percent);
    };
}

}  // namespace app
