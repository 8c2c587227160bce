#include <algorithm>

#include "formats/format.h"
#include "formats/text.h"

namespace formats {

namespace {

constexpr std::size_t k_names_shown = 12;

bool id_is_taken(const labels::Ontology& ontology, labels::ClassId id) {
    return ontology.find(id) != nullptr;
}

std::string quoted_list(const std::vector<std::string>& names) {
    std::string text;
    const std::size_t shown = std::min(names.size(), k_names_shown);
    for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "\"" : ", \"") + names[i] + "\"";
    if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

}  // namespace

ClassResolver::ClassResolver(ReadContext& context)
    : m_context{context},
      m_may_add{context.unknown_classes == UnknownClasses::add ||
                context.document.state().ontology.classes.empty()} {}

void ClassResolver::note_unknown(std::string_view name) {
    if (std::find(m_unknown.begin(), m_unknown.end(), name) == m_unknown.end()) m_unknown.emplace_back(name);
}

base::Result<labels::ClassId> ClassResolver::resolve(std::string_view name) {
    if (const labels::LabelClass* found = m_context.document.state().ontology.find(name)) return found->id;
    return resolve(labels::make_class(m_context.document.state().ontology, valid_utf8(name)));
}

base::Result<labels::ClassId> ClassResolver::resolve(const labels::LabelClass& like) {
    const labels::Ontology& now = m_context.document.state().ontology;
    if (const labels::LabelClass* found = now.find(std::string_view(like.name))) return found->id;
    if (!m_may_add) {
        note_unknown(like.name);
        return base::fail(base::ErrorKind::refused, "The project has no class named \"{}\".", like.name);
    }
    labels::Ontology changed = now;
    labels::LabelClass made = like;
    if (made.id.is_nil() || id_is_taken(now, made.id)) made.id = labels::ClassId::make();
    const labels::ClassId id = made.id;
    changed.classes.push_back(std::move(made));
    m_context.transaction.put_ontology(changed);
    return id;
}

base::Result<labels::AttributeId> ClassResolver::attribute(labels::ClassId class_id,
                                                           const labels::Attribute& like) {
    const labels::LabelClass* owner = m_context.document.state().ontology.find(class_id);
    if (owner == nullptr)
        return base::fail(base::ErrorKind::refused, "The class of the attribute \"{}\" is not known.",
                          like.name);
    for (const labels::Attribute& known : owner->attributes)
        if (known.name == like.name) return known.id;
    if (!m_may_add) {
        note_unknown(owner->name + "." + like.name);
        return base::fail(base::ErrorKind::refused, "The class \"{}\" has no attribute named \"{}\".",
                          owner->name, like.name);
    }
    labels::Ontology changed = m_context.document.state().ontology;
    labels::Attribute made = like;
    if (made.id.is_nil()) made.id = labels::AttributeId::make();
    const labels::AttributeId id = made.id;
    const auto at = std::find_if(changed.classes.begin(), changed.classes.end(),
                                 [&](const auto& each) { return each.id == class_id; });
    at->attributes.push_back(std::move(made));
    m_context.transaction.put_ontology(changed);
    return id;
}

base::Result<void> ClassResolver::refuse_unknown(const std::filesystem::path& file) const {
    if (m_unknown.empty()) return {};
    return base::fail(
        base::ErrorKind::refused,
        "The project's ontology does not know {}; add the missing classes or attributes to it, or import "
        "with --add-classes: {}",
        quoted_list(m_unknown), file.string());
}

}  // namespace formats
