#pragma once

#include <functional>
#include <string>

namespace app {

// Shows a share of long work (0…1) on one line of the terminal; silent where stderr is no terminal, so that
// scripts find nothing there but a failure.
class ProgressLine {
public:
    explicit ProgressLine(std::string name);
    ~ProgressLine();  // wipes the line
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    [[nodiscard]] std::function<void(double)> callback();

private:
    const std::string m_name;
    const bool m_shown;
    int m_percent = -1;
};

}  // namespace app
