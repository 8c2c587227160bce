#include "labels/json_node.h"

#include <algorithm>
#include <cmath>

#include <rapidjson/error/en.h>

#include "labels/text.h"

namespace labels {

std::string Node::place() const {
    if (m_up == nullptr) return "";
    std::string up = m_up->place();
    if (m_name.empty()) return fmt::format("{}[{}]", up, m_index);
    return up.empty() ? std::string(m_name) : fmt::format("{}.{}", up, m_name);
}

void Node::fail(std::string_view predicate) const {
    if (failed()) return;
    const std::string where = place();
    m_fault->sentence = to_utf8(fmt::format("{} {}.", where.empty() ? "The document" : where, predicate));
}

bool Node::expect(bool right, std::string_view what) const {
    if (right || failed()) return right;
    fail(fmt::format("{}must be {}", there() ? "" : "is missing; it ", what));
    return false;
}

Node Node::member(std::string_view name) const {
    if (!there() || !m_value->IsObject()) return {nullptr, *this, name};
    const rapidjson::Value key(
        rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size())));
    const auto it = m_value->FindMember(key);
    return {it == m_value->MemberEnd() ? nullptr : &it->value, *this, name};
}

std::string Node::text() const {
    if (!expect(is_string(), "a text")) return {};
    std::string value(m_value->GetString(), m_value->GetStringLength());
    return expect(is_utf8(value), "valid UTF-8") ? value : std::string{};
}

std::int64_t Node::integer() const {
    return expect(there() && m_value->IsInt64(), "a whole number") ? m_value->GetInt64() : 0;
}

std::int64_t Node::integer_in(std::int64_t least, std::int64_t most) const {
    const std::int64_t value = integer();
    if (value >= least && value <= most) return value;
    fail(fmt::format("is {}; it must be from {} to {}", value, least, most));
    return least;
}

double Node::number() const {
    const bool right = there() && m_value->IsNumber() && std::isfinite(m_value->GetDouble());
    return expect(right, "a number") ? m_value->GetDouble() : 0;
}

bool Node::truth() const {
    return expect(there() && m_value->IsBool(), "true or false") && m_value->GetBool();
}

base::Uuid Node::uuid() const {
    if (!expect(is_string(), "an id (a UUID)")) return {};
    const auto uuid = base::parse_uuid({m_value->GetString(), m_value->GetStringLength()});
    return expect(uuid.has_value(), "an id (a UUID)") ? *uuid : base::Uuid{};
}

std::size_t Node::size() const { return there() && m_value->IsArray() ? m_value->Size() : 0; }

base::Result<void> parse_json(std::string_view text, rapidjson::Document& document) {
    constexpr unsigned k_flags = rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag;
    document.Parse<k_flags>(text.data(), text.size());
    if (!document.HasParseError()) return {};
    const std::size_t at = std::min(document.GetErrorOffset(), text.size());
    return base::fail(base::ErrorKind::malformed, "This is no JSON: {} (line {}, byte {})",
                      rapidjson::GetParseError_En(document.GetParseError()),
                      1 + std::ranges::count(text.substr(0, at), '\n'), at);
}

}  // namespace labels
