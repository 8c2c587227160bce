#include "app/window/script.h"

#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include "app/window/state_report.h"
#include "base/file.h"
#include "media/video_source.h"

namespace app {

namespace fs = std::filesystem;

constexpr double k_patience_secs = 60;  // a step that waits longer has failed
constexpr int k_drag_samples = 12;      // pointer moves between the ends of a drag

namespace {

// Step name -> how many words follow it (least, most).
const std::map<std::string, std::pair<std::size_t, std::size_t>> k_steps{
    {"wait", {1, 1}}, {"click", {1, 1}}, {"double-click", {1, 1}}, {"key", {1, 1}},    {"type", {1, 1}},
    {"move", {2, 2}}, {"press", {2, 3}}, {"release", {2, 3}},      {"drag", {3, 4}},   {"scroll", {3, 3}},
    {"goto", {1, 1}}, {"zoom", {1, 1}},  {"state", {1, 1}},        {"expect", {3, 3}}, {"screenshot", {1, 1}},
    {"open", {1, 1}}, {"print", {1, 1}}, {"quit", {0, 0}}};

// Words split at blanks; "…" keeps blanks, \" and \\ inside.
base::Result<std::vector<std::string>> split(const std::string& line) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false, any = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quoted && c == '\\' && i + 1 < line.size()) {
            word += line[++i];
        } else if (c == '"') {
            quoted = !quoted;
            any = true;
        } else if (!quoted && c == '#') {
            break;
        } else if (!quoted && (c == ' ' || c == '\t' || c == '\r')) {
            if (any) words.push_back(std::exchange(word, {}));
            any = false;
        } else {
            word += c;
            any = true;
        }
    }
    if (quoted) return base::fail(base::ErrorKind::malformed, "a \" is not closed");
    if (any) words.push_back(word);
    return words;
}

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<base::Point> point(std::string_view text) {
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    const auto x = number(text.substr(0, comma)), y = number(text.substr(comma + 1));
    if (!x || !y) return std::nullopt;
    return base::Point{*x, *y};
}

// "150", or a time "[hh:]mm:ss[.fff]" in seconds.
std::optional<double> clock_secs(std::string_view text) {
    if (text.find(':') == std::string_view::npos) return std::nullopt;
    double secs = 0;
    while (!text.empty()) {
        const std::size_t colon = std::min(text.find(':'), text.size());
        const auto part = number(text.substr(0, colon));
        if (!part) return std::nullopt;
        secs = secs * 60 + *part;
        text.remove_prefix(std::min(colon + 1, text.size()));
    }
    return secs;
}

InputEvent event_at(InputKind kind, base::Point at, int button = 0, Modifiers modifiers = {}) {
    InputEvent event;
    event.kind = kind;
    event.at = at;
    event.button = button;
    event.modifiers = modifiers;
    event.time_secs = monotonic_secs();
    return event;
}

std::vector<char32_t> from_utf8(std::string_view text) {
    std::vector<char32_t> characters;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
        char32_t c = more == 0 ? lead : lead & (0x3Fu >> more);
        for (int k = 1; k <= more && i + static_cast<std::size_t>(k) < text.size(); ++k)
            c = c << 6 | (static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0x3Fu);
        characters.push_back(c);
        i += static_cast<std::size_t>(more) + 1;
    }
    return characters;
}

void push_key(std::deque<InputEvent>& queue, const Chord& chord) {
    for (const InputKind kind : {InputKind::key_down, InputKind::key_up}) {
        InputEvent event;
        event.kind = kind;
        event.key = chord.key;
        event.modifiers = chord.modifiers;
        event.time_secs = monotonic_secs();
        queue.push_back(event);
    }
}

bool compare(const std::string& found, const std::string& op, const std::string& wanted) {
    const auto a = number(found), b = number(wanted);
    if (op == "~") return found.find(wanted) != std::string::npos;
    if (op == "!~") return found.find(wanted) == std::string::npos;
    if (a && b) {
        if (op == "==") return *a == *b;
        if (op == "!=") return *a != *b;
        if (op == "<") return *a < *b;
        if (op == "<=") return *a <= *b;
        if (op == ">") return *a > *b;
        return *a >= *b;
    }
    return op == "==" ? found == wanted : op == "!=" ? found != wanted : false;
}

}  // namespace

base::Result<Script> Script::load(const fs::path& file) {
    auto text = base::read_file(file, 16 << 20);
    if (!text) return std::unexpected(text.error());
    Script script;
    script.m_file = file;
    std::istringstream lines{*text};
    std::string line;
    for (int number_of_line = 1; std::getline(lines, line); ++number_of_line) {
        const auto bad = [&](const std::string& why) {
            return base::fail(base::ErrorKind::malformed, "Line {}: {}: {}", number_of_line, why,
                              file.string());
        };
        auto words = split(line);
        if (!words) return bad(words.error().message);
        if (words->empty()) continue;
        const auto known = k_steps.find(words->front());
        if (known == k_steps.end()) return bad("there is no step called \"" + words->front() + "\"");
        const std::size_t given = words->size() - 1;
        if (given < known->second.first || given > known->second.second)
            return bad("\"" + words->front() + "\" does not take " + std::to_string(given) + " words");
        script.m_steps.push_back({number_of_line, std::move(*words)});
    }
    return script;
}

base::Result<bool> Script::step(ScriptWorld& world) {
    if (m_next >= m_steps.size()) return false;
    const Step& now = m_steps[m_next];
    const auto failed = [&](const std::string& why) {
        return base::fail(base::ErrorKind::refused, "Line {}: {}: {}", now.line, why, m_file.string());
    };
    const Outcome outcome = run(world, now);
    if (!outcome) return failed(outcome.error().message);
    if (!*outcome) {
        if (m_waiting_since <= 0) m_waiting_since = monotonic_secs();
        if (monotonic_secs() - m_waiting_since > k_patience_secs)
            return failed(fmt::format("\"{}\" has waited {} s in vain", now.words.front(), k_patience_secs));
        return true;
    }
    m_waiting_since = 0;
    ++m_next;
    return now.words.front() != "quit";
}

// All that the last drawn frame asked for are here or given up.
static bool thumbnails_shown(const ScriptWorld& world) {
    const Workbench& bench = world.bench;
    const bool none = bench.survey() == nullptr || !bench.media_error().empty();
    return bench.idle() && (none || bench.survey()->thumbnails().idle());
}

Script::Outcome Script::run(ScriptWorld& world, const Step& step) {
    const std::string& what = step.words.front();
    if (what == "quit") return true;
    if (what == "wait") {
        if (step.words[1] == "idle") return world.bench.idle();
        if (step.words[1] == "saved")
            return world.bench.project() != nullptr && world.bench.project()->save_status().idle();
        if (step.words[1] == "thumbnails") return thumbnails_shown(world);
        if (step.words[1] == "shots")
            return world.bench.survey() == nullptr || !world.bench.media_error().empty() ||
                   world.bench.survey()->shots_settled();
        if (step.words[1] == "paused") return !world.bench.playing();
        return base::fail(
            base::ErrorKind::malformed,
            "only \"wait idle\", \"saved\", \"paused\", \"thumbnails\" and \"shots\" are known");
    }
    if (what == "print") {
        fmt::print("{}\n", step.words[1]);
        std::fflush(stdout);
        return true;
    }
    if (what == "click") return click(world, step.words[1], 1);
    if (what == "double-click") return click(world, step.words[1], 2);
    if (what == "key") {
        const Chord chord = parse_chord(step.words[1]);
        if (chord.key == 0) return base::fail(base::ErrorKind::malformed, "\"{}\" is no key", step.words[1]);
        ++m_counts.keys;
        push_key(world.queue, chord);
        return true;
    }
    if (what == "type") {
        for (const char32_t character : from_utf8(step.words[1])) {
            InputEvent event;
            event.kind = InputKind::text;
            event.character = character;
            world.queue.push_back(event);
            ++m_counts.keys;
        }
        return true;
    }
    if (what == "goto") return go_to(world, step.words[1]);
    if (what == "zoom") return zoom(world, step.words[1]);
    if (what == "screenshot") return screenshot(world, step.words[1]);
    if (what == "state") return write_state(world, step.words[1]);
    if (what == "expect") return expect(world, step);
    if (what == "open") {
        world.bench.open({step.words[1]});
        return true;
    }
    return pointer(world, step);
}

Script::Outcome Script::click(ScriptWorld& world, const std::string& name, int times) {
    const Ui::Named* found = nullptr;
    for (const Ui::Named& widget : world.frame.widgets())
        if (widget.name == name) found = &widget;
    if (found == nullptr) {
        if (m_waiting_since > 0 && monotonic_secs() - m_waiting_since > 15)
            return base::fail(base::ErrorKind::missing, "nothing called \"{}\" is on screen", name);
        return false;  // it may be about to appear
    }
    if (!found->enabled) return base::fail(base::ErrorKind::refused, "\"{}\" is disabled now", name);
    const base::Point at{(found->area.x0 + found->area.x1) / 2.0, (found->area.y0 + found->area.y1) / 2.0};
    world.queue.push_back(event_at(InputKind::move, at));
    world.queue.push_back(
        event_at(InputKind::scroll, at));  // none, but a frame of its own: the hover is seen first
    for (int i = 0; i < times; ++i)
        for (const InputKind kind : {InputKind::press, InputKind::release})
            world.queue.push_back(event_at(kind, at));
    ++m_counts.clicks;
    return true;
}

// move|press|release|drag|scroll (screen|media) X,Y [X,Y] [shift|ctrl|alt|right|middle]
Script::Outcome Script::pointer(ScriptWorld& world, const Step& step) {
    const std::string& what = step.words[0];
    const std::string& space = step.words[1];
    if (space != "screen" && space != "media")
        return base::fail(base::ErrorKind::malformed, "say \"screen\" or \"media\", not \"{}\"", space);
    const render::View& view = world.frame.canvas().view();
    const auto on_screen = [&](base::Point p) { return space == "media" ? view.screen_from_media(p) : p; };
    const auto first = point(step.words[2]);
    if (!first) return base::fail(base::ErrorKind::malformed, "\"{}\" is no place; write X,Y", step.words[2]);
    const base::Point at = on_screen(*first);
    const bool two_places = what == "drag" || what == "scroll";
    const auto second = two_places ? point(step.words[3]) : std::nullopt;
    if (two_places && !second)
        return base::fail(base::ErrorKind::malformed, "\"{}\" is no place; write X,Y", step.words[3]);

    Modifiers modifiers;
    int button = 0;
    for (std::size_t i = two_places ? 4 : 3; i < step.words.size(); ++i) {
        const std::string& word = step.words[i];
        if (word == "shift")
            modifiers.shift = true;
        else if (word == "ctrl")
            modifiers.ctrl = true;
        else if (word == "alt")
            modifiers.alt = true;
        else if (word == "right")
            button = 1;
        else if (word == "middle")
            button = 2;
        else
            return base::fail(base::ErrorKind::malformed, "\"{}\" is no modifier or button", word);
    }
    auto& queue = world.queue;
    if (what == "move") queue.push_back(event_at(InputKind::move, at, 0, modifiers));
    if (what == "scroll") {
        queue.push_back(event_at(InputKind::move, at));
        InputEvent wheel = event_at(InputKind::scroll, at, 0, modifiers);
        wheel.scroll = *second;
        queue.push_back(wheel);
    }
    if (what == "press" || what == "release") {
        queue.push_back(event_at(InputKind::move, at, 0, modifiers));
        queue.push_back(event_at(InputKind::scroll, at));
        queue.push_back(
            event_at(what == "press" ? InputKind::press : InputKind::release, at, button, modifiers));
    }
    if (what == "drag") {
        const base::Point to = on_screen(*second);
        queue.push_back(event_at(InputKind::move, at, 0, modifiers));
        queue.push_back(event_at(InputKind::scroll, at));
        queue.push_back(event_at(InputKind::press, at, button, modifiers));
        for (int i = 1; i <= k_drag_samples; ++i)
            queue.push_back(event_at(
                InputKind::move, at + (to - at) * (static_cast<double>(i) / k_drag_samples), 0, modifiers));
        queue.push_back(event_at(InputKind::release, to, button, modifiers));
        ++m_counts.drags;
    }
    return true;
}

Script::Outcome Script::go_to(ScriptWorld& world, const std::string& where) {
    if (const auto secs = clock_secs(where)) {
        if (world.bench.video() == nullptr) return false;
        const auto frame = world.bench.video()->frame_at_secs(*secs);
        if (!frame) return false;
        world.bench.go_to(*frame);
        return true;
    }
    const auto frame = number(where);
    if (!frame) return base::fail(base::ErrorKind::malformed, "\"{}\" is neither a frame nor a time", where);
    world.bench.go_to(static_cast<std::int64_t>(*frame));
    return true;
}

Script::Outcome Script::zoom(ScriptWorld& world, const std::string& how) {
    AssetView& view = world.bench.asset_view();
    view.fitted = how == "fit";
    if (view.fitted) return true;
    const auto factor = how == "1:1" ? std::optional{1.0} : number(how);
    if (!factor || *factor <= 0)
        return base::fail(base::ErrorKind::malformed, "\"{}\" is no zoom; write fit, 1:1 or a number", how);
    view.scale = *factor;
    return true;
}

Script::Outcome Script::screenshot(ScriptWorld& world, const std::string& file) {
    world.draw(monotonic_secs());
    world.draw(monotonic_secs());  // what the first one laid out
    world.host.bind();
    const render::Size size = world.host.framebuffer();
    if (auto done = media::write_png(file, world.host.read_rgba(), size.width, size.height); !done)
        return std::unexpected(done.error());
    return true;
}

Script::Outcome Script::write_state(ScriptWorld& world, const std::string& file) {
    const rapidjson::Document report = state_report(world, m_counts, world.frame.clock().take());
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter writer{buffer};
    report.Accept(writer);
    auto out = base::AtomicFile::create(file);
    if (!out) return std::unexpected(out.error());
    out->write({buffer.GetString(), buffer.GetSize()});
    out->write("\n");
    if (auto done = out->commit(); !done) return std::unexpected(done.error());
    return true;
}

Script::Outcome Script::expect(ScriptWorld& world, const Step& step) {
    static constexpr std::array<std::string_view, 8> k_ops{"==", "!=", "<", "<=", ">", ">=", "~", "!~"};
    if (std::ranges::find(k_ops, step.words[2]) == k_ops.end())
        return base::fail(base::ErrorKind::malformed, "\"{}\" is no comparison", step.words[2]);
    const rapidjson::Document report = state_report(world, m_counts, world.frame.clock().times());
    const auto found = value_at(report, step.words[1]);
    if (!found) return base::fail(base::ErrorKind::missing, "there is no \"{}\" in the state", step.words[1]);
    if (compare(*found, step.words[2], step.words[3])) return true;
    return base::fail(base::ErrorKind::refused, "expected {} {} {}, found {}", step.words[1], step.words[2],
                      step.words[3], *found);
}

}  // namespace app
