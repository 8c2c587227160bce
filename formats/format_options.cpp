#include <algorithm>

#include "formats/format.h"
#include "formats/text.h"

namespace formats {

namespace {

std::string list_of(const FormatDriver& driver) {
    std::string names;
    for (const FormatOption& each : driver.options)
        names += (names.empty() ? "" : ", ") + std::string(each.name);
    return names.empty() ? "none" : names;
}

base::Result<void> check(const FormatOption& option, const std::string& value) {
    if (!option.choices.empty()) {
        if (std::ranges::find(option.choices, value) != option.choices.end()) return {};
        return base::fail(base::ErrorKind::refused, "The option {} is one of {}, not \"{}\".", option.name,
                          fmt::join(option.choices, ", "), value);
    }
    if (option.most < option.least) return {};
    const auto number = parse_int(value);
    if (number && *number >= option.least && *number <= option.most) return {};
    return base::fail(base::ErrorKind::refused, "The option {} is a whole number from {} to {}, not \"{}\".",
                      option.name, option.least, option.most, value);
}

}  // namespace

base::Result<ChosenOptions> ChosenOptions::of(const FormatDriver& driver, const Options& given) {
    ChosenOptions chosen;
    for (const FormatOption& each : driver.options)
        chosen.m_values.emplace(each.name, std::string(each.standard));
    for (const auto& [name, value] : given) {
        const auto option = std::ranges::find(driver.options, name, &FormatOption::name);
        if (option == driver.options.end())
            return base::fail(base::ErrorKind::refused,
                              "The format {} has no option \"{}\"; its options are: {}.", driver.id, name,
                              list_of(driver));
        if (auto fine = check(*option, value); !fine) return std::unexpected(fine.error());
        chosen.m_values[name] = value;
    }
    return chosen;
}

std::int64_t ChosenOptions::whole(std::string_view name) const { return parse_int(text(name)).value_or(0); }

}  // namespace formats
