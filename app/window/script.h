#pragma once
// The script driver: a plain text file that works the window through the same input queue as a mouse and a
// keyboard. docs/script-driver.md lists the steps.

#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "app/window/host.h"
#include "app/window/window_frame.h"
#include "base/result.h"

namespace app {

struct ScriptWorld {
    Host& host;
    Workbench& bench;
    WindowFrame& frame;
    std::deque<InputEvent>& queue;
    std::function<void(double)> draw;  // one frame now, e.g. for a screenshot
};

class Script {
public:
    // Reads the whole file and checks every step. Errors: missing, malformed with the line number.
    [[nodiscard]] static base::Result<Script> load(const std::filesystem::path& file);
    // Does the next step, or waits for the present one. False when the script has ended. Errors: with the
    // line number.
    [[nodiscard]] base::Result<bool> step(ScriptWorld& world);
    [[nodiscard]] bool waiting() const { return m_waiting_since > 0; }

    struct Counts {
        std::int64_t keys = 0, clicks = 0, drags = 0;  // what a person would have had to do
    };

private:
    struct Step {
        int line = 0;
        std::vector<std::string> words;
    };
    using Outcome = base::Result<bool>;  // true: done; false: still waiting
    Outcome run(ScriptWorld& world, const Step& step);
    Outcome click(ScriptWorld& world, const std::string& name, int times);
    Outcome pointer(ScriptWorld& world, const Step& step);
    Outcome go_to(ScriptWorld& world, const std::string& where);
    Outcome zoom(ScriptWorld& world, const std::string& how);
    Outcome screenshot(ScriptWorld& world, const std::string& file);
    Outcome write_state(ScriptWorld& world, const std::string& file);
    Outcome expect(ScriptWorld& world, const Step& step);

    std::filesystem::path m_file;
    std::vector<Step> m_steps;
    std::size_t m_next = 0;
    double m_waiting_since = 0;
    Counts m_counts;
};

}  // namespace app
