#pragma once
// Reading JSON strictly: a value together with where it stands, and the first thing that was wrong.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <rapidjson/document.h>

#include "base/id.h"
#include "base/result.h"

namespace labels {

// One value of a document. After the first fault everything reads as its default, so that readers need not
// look after each step; the fault comes out of read_json. A Node refers to the one it was taken from, which
// must outlive it.
class Node {
public:
    using Value = rapidjson::Value;
    struct Fault {
        std::optional<std::string> sentence;
    };

    Node(const Value* value, Fault& fault) : m_value{value}, m_fault{&fault} {}

    [[nodiscard]] bool there() const { return m_value != nullptr; }
    [[nodiscard]] bool failed() const { return m_fault->sentence.has_value(); }
    [[nodiscard]] bool is_string() const { return there() && m_value->IsString(); }
    [[nodiscard]] bool is_object() const { return there() && m_value->IsObject(); }
    [[nodiscard]] bool has(std::string_view name) const { return member(name).there(); }
    // "classes[2].color is no colour …": `predicate` follows the place.
    void fail(std::string_view predicate) const;

    // Missing members are not there(); asking them for a value is a fault.
    [[nodiscard]] Node member(std::string_view name) const;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::int64_t integer() const;
    [[nodiscard]] std::int64_t integer_in(std::int64_t least, std::int64_t most) const;
    [[nodiscard]] double number() const;
    [[nodiscard]] bool truth() const;
    [[nodiscard]] base::Uuid uuid() const;
    [[nodiscard]] std::size_t size() const;  // of an array

    // visit(Node) for every element of an array; visit(std::string_view key, Node) for every member of an
    // object.
    template <class Visit>
    void each_element(const Visit& visit) const;
    template <class Visit>
    void each_member(const Visit& visit) const;

private:
    Node(const Value* value, const Node& up, std::string_view name)
        : m_value{value}, m_fault{up.m_fault}, m_up{&up}, m_name{name} {}
    Node(const Value* value, const Node& up, std::size_t index)
        : m_value{value}, m_fault{up.m_fault}, m_up{&up}, m_index{index} {}
    bool expect(bool right, std::string_view what) const;
    [[nodiscard]] std::string place() const;

    const Value* m_value;
    Fault* m_fault;
    const Node* m_up = nullptr;
    std::string_view m_name;  // empty: an element
    std::size_t m_index = 0;
};

template <class Visit>
void Node::each_element(const Visit& visit) const {
    if (!expect(there() && m_value->IsArray(), "a list")) return;
    for (rapidjson::SizeType i = 0; i < m_value->Size() && !failed(); ++i) {
        visit(Node(&(*m_value)[i], *this, static_cast<std::size_t>(i)));
    }
}

template <class Visit>
void Node::each_member(const Visit& visit) const {
    if (!expect(there() && m_value->IsObject(), "an object")) return;
    for (auto it = m_value->MemberBegin(); it != m_value->MemberEnd() && !failed(); ++it) {
        const std::string_view name(it->name.GetString(), it->name.GetStringLength());
        visit(name, Node(&it->value, *this, name));
    }
}

// Parses without recursion (deep nesting cannot exhaust the stack) and lets `read` take the root apart.
// Errors: malformed, for JSON that is none, and for the first fault.
[[nodiscard]] base::Result<void> parse_json(std::string_view text, rapidjson::Document& document);

template <class Read>
auto read_json(std::string_view text, const Read& read)
    -> base::Result<decltype(read(std::declval<const Node&>()))> {
    rapidjson::Document document;
    if (auto parsed = parse_json(text, document); !parsed) return std::unexpected(parsed.error());
    Node::Fault fault;
    const Node root(&document, fault);
    auto value = read(root);
    if (fault.sentence) return base::fail(base::ErrorKind::malformed, "{}", *fault.sentence);
    return value;
}

}  // namespace labels
