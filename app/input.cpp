#include "app/input.h"

#include <array>
#include <utility>

namespace app {

namespace {

constexpr std::array<std::pair<Key, std::string_view>, 16> k_named = {{{key::space, "Space"},
                                                                       {key::left, "Left"},
                                                                       {key::right, "Right"},
                                                                       {key::up, "Up"},
                                                                       {key::down, "Down"},
                                                                       {key::home, "Home"},
                                                                       {key::end, "End"},
                                                                       {key::page_up, "PageUp"},
                                                                       {key::page_down, "PageDown"},
                                                                       {key::enter, "Enter"},
                                                                       {key::escape, "Esc"},
                                                                       {key::tab, "Tab"},
                                                                       {key::del, "Delete"},
                                                                       {key::backspace, "Backspace"},
                                                                       {key::insert, "Insert"},
                                                                       {key::f1, "F1"}}};

// What a US layout prints with and without Shift, sign below sign.
constexpr std::string_view k_plain = "`-=[]\\;',./1234567890";
constexpr std::string_view k_shifted = "~_+{}|:\"<>?!@#$%^&*()";

bool is_letter(Key k) { return k >= key::a && k <= key::z; }

std::string function_key(Key k) { return "F" + std::to_string(k - key::f1 + 1); }

// The key's own name; `shift` is taken (set to false) when the name already says it.
std::string key_name(Key k, bool& shift) {
    if (is_letter(k)) return {static_cast<char>(k)};
    if (k >= key::f1 && k <= key::f12) return function_key(k);
    for (const auto& [named, name] : k_named)
        if (named == k) return std::string{name};
    if (k <= 0 || k > 126) return {};
    const std::size_t place = k_plain.find(static_cast<char>(k));
    if (place == std::string_view::npos) return {};
    return {std::exchange(shift, false) ? k_shifted[place] : k_plain[place]};
}

Chord sign_key(char sign) {
    const char upper = sign >= 'a' && sign <= 'z' ? static_cast<char>(sign - 'a' + 'A') : sign;
    if (is_letter(upper)) return {upper, {}};
    if (const std::size_t place = k_plain.find(sign); place != std::string_view::npos)
        return {k_plain[place], {}};
    if (const std::size_t place = k_shifted.find(sign); place != std::string_view::npos)
        return {k_plain[place], {.shift = true}};
    return {};
}

Chord named_key(std::string_view name) {
    if (name.size() == 1) return sign_key(name[0]);
    for (const auto& [named, text] : k_named)
        if (text == name) return {named, {}};
    for (Key k = key::f1; k <= key::f12; ++k)
        if (function_key(k) == name) return {k, {}};
    return {};
}

bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix) || text.size() == prefix.size()) return false;
    text.remove_prefix(prefix.size());
    return true;
}

}  // namespace

std::string to_string(const Chord& chord) {
    bool shift = chord.modifiers.shift;
    const std::string name = key_name(chord.key, shift);
    if (name.empty()) return {};
    std::string text;
    if (chord.modifiers.ctrl) text += "Ctrl+";
    if (chord.modifiers.alt) text += "Alt+";
    if (shift) text += "Shift+";
    return text + name;
}

Chord parse_chord(std::string_view text) {
    Modifiers modifiers;
    for (bool more = true; more;) {
        more = false;
        if (take(text, "Ctrl+")) more = modifiers.ctrl = true;
        if (take(text, "Alt+")) more = modifiers.alt = true;
        if (take(text, "Shift+")) more = modifiers.shift = true;
    }
    Chord chord = named_key(text);
    if (chord.key == 0) return {};
    modifiers.shift |= chord.modifiers.shift;
    return {chord.key, modifiers};
}

}  // namespace app
