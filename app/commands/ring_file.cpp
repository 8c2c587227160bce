#include "app/commands/ring_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/file.h"

namespace app {

namespace {

using base::ErrorKind;
using base::Point;

constexpr std::uint64_t k_most_bytes = 256u << 20;
constexpr std::string_view k_blanks = " \t\r\n";

void skip(std::string_view& text, std::string_view what) {
    text.remove_prefix(std::min(text.find_first_not_of(what), text.size()));
}

std::optional<double> take_number(std::string_view& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

// "x y", "x,y", "x; y": nothing else in the line.
std::optional<Point> point_of(std::string_view line) {
    skip(line, k_blanks);
    const auto x = take_number(line);
    skip(line, " \t,;");
    const auto y = x ? take_number(line) : std::nullopt;
    skip(line, k_blanks);
    return y && line.empty() ? std::optional(Point{*x, *y}) : std::nullopt;
}

base::Result<std::vector<PixelRings>> parse_lines(std::string_view text) {
    PixelRings rings;
    bool is_new = true;  // the next point begins a ring
    for (std::int64_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, std::min(text.find('#'), end));
        const bool is_remark = line.size() < end;
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.find_first_not_of(k_blanks) == std::string_view::npos) {
            is_new = is_new || !is_remark;
            continue;
        }
        const auto point = point_of(line);
        if (!point)
            return base::fail(ErrorKind::malformed, "Line {} is not a point, such as 120.5 84", number);
        if (is_new) rings.emplace_back();
        is_new = false;
        rings.back().push_back(*point);
    }
    return std::vector<PixelRings>{std::move(rings)};
}

class Wkt {
public:
    explicit Wkt(std::string_view text) : m_text{text}, m_rest{text} {}

    [[nodiscard]] static bool is_it(std::string_view text) {
        skip(text, k_blanks);
        return !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0;
    }

    base::Result<std::vector<PixelRings>> parse() {
        const std::string kind = word();
        if (kind != "POLYGON" && kind != "MULTIPOLYGON")
            return base::fail(ErrorKind::malformed, "A mask is painted from POLYGON or MULTIPOLYGON, not {}",
                              kind);
        for (std::string more = word(); !more.empty(); more = word()) {
            if (more != "Z" && more != "M" && more != "ZM") return here("a bracket is");
        }
        std::vector<PixelRings> polygons;
        const bool is_sound = kind == "POLYGON" ? polygon(polygons.emplace_back())
                                                : list([&] { return polygon(polygons.emplace_back()); });
        if (!is_sound) return here(m_expected);
        skip(m_rest, k_blanks);
        if (!m_rest.empty()) return here("the end is");
        return polygons;
    }

private:
    std::string word() {
        skip(m_rest, k_blanks);
        std::string letters;
        for (; !m_rest.empty() && std::isalpha(static_cast<unsigned char>(m_rest.front())) != 0;
             m_rest.remove_prefix(1))
            letters += static_cast<char>(std::toupper(static_cast<unsigned char>(m_rest.front())));
        return letters;
    }
    bool take(char what) {
        skip(m_rest, k_blanks);
        if (m_rest.empty() || m_rest.front() != what) return false;
        m_rest.remove_prefix(1);
        return true;
    }
    // ( item, item … )
    template <class Item>
    bool list(const Item& item) {
        m_expected = "a bracket is";
        if (!take('(')) return false;
        do {
            if (!item()) return false;
        } while (take(','));
        m_expected = "a comma or a bracket is";
        return take(')');
    }
    bool polygon(PixelRings& rings) {
        return list([&] {
            auto& ring = rings.emplace_back();
            return list([&] { return point(ring); });
        });
    }
    bool point(std::vector<Point>& ring) {
        std::array<double, 4> numbers{};
        std::size_t count = 0;
        for (skip(m_rest, k_blanks); count < numbers.size(); ++count, skip(m_rest, k_blanks)) {
            const auto number = take_number(m_rest);
            if (!number) break;
            numbers[count] = *number;
        }
        ring.push_back({numbers[0], numbers[1]});
        m_expected = "a number is";
        return count >= 2;
    }
    [[nodiscard]] std::unexpected<base::Error> here(std::string_view expected) const {
        return base::fail(ErrorKind::malformed, "At character {} of the WKT {} missing",
                          m_text.size() - m_rest.size() + 1, expected);
    }

    std::string_view m_text, m_rest;
    std::string_view m_expected;
};

}  // namespace

base::Result<std::vector<PixelRings>> parse_rings(std::string_view text) {
    auto polygons = Wkt::is_it(text) ? Wkt{text}.parse() : parse_lines(text);
    if (!polygons) return polygons;
    bool is_empty = true;
    for (const PixelRings& rings : *polygons) {
        for (const auto& ring : rings) {
            is_empty = false;
            if (ring.size() < 3)
                return base::fail(ErrorKind::malformed, "A ring has {} of the three points that it needs",
                                  ring.size());
        }
    }
    if (is_empty) return base::fail(ErrorKind::malformed, "There is no ring in this file");
    return polygons;
}

base::Result<std::vector<PixelRings>> read_rings(const std::filesystem::path& file) {
    auto text = base::read_file(file, k_most_bytes);
    if (!text) return std::unexpected(text.error());
    auto polygons = parse_rings(*text);
    if (!polygons)
        return base::fail(polygons.error().kind, "{}: {}", polygons.error().message, file.string());
    return polygons;
}

}  // namespace app
