#include "app/commands/ontology_edit.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/file.h"
#include "labels/json.h"

namespace app {

namespace {

constexpr std::uint64_t k_max_bytes = 64u << 20;

std::optional<std::string> first_repeated_name(const auto& named) {
    std::set<std::string_view> names;
    for (const auto& one : named) {
        if (!names.insert(one.name).second) return one.name;
    }
    return std::nullopt;
}

base::Result<void> check_names(const labels::Ontology& ontology, const std::filesystem::path& file) {
    if (const auto name = first_repeated_name(ontology.classes)) {
        return base::fail(base::ErrorKind::malformed, "The class {:?} is there twice; keep one: {}", *name,
                          file.string());
    }
    for (const labels::LabelClass& label_class : ontology.classes) {
        if (label_class.name.empty()) {
            return base::fail(base::ErrorKind::malformed, "A class has no name; give it one: {}",
                              file.string());
        }
        if (const auto name = first_repeated_name(label_class.attributes)) {
            return base::fail(base::ErrorKind::malformed,
                              "The attribute {:?} of {:?} is there twice; keep one: {}", *name,
                              label_class.name, file.string());
        }
    }
    return {};
}

// Ids of `current` by name for everything in `wanted` whose own id is not known.
template <class T>
auto adopt_ids(std::vector<T>& wanted, const std::vector<T>& current) {
    std::map<decltype(T::id), decltype(T::id)> renamed;
    const auto has_id = [](const std::vector<T>& list, auto id) {
        return std::ranges::find(list, id, &T::id) != list.end();
    };
    for (T& one : wanted) {
        const auto same = std::ranges::find(current, one.name, &T::name);
        if (same == current.end() || has_id(current, one.id) || has_id(wanted, same->id)) continue;
        renamed[one.id] = same->id;
        one.id = same->id;
    }
    return renamed;
}

}  // namespace

base::Result<labels::Ontology> read_ontology(const std::filesystem::path& file) {
    auto text = base::read_file(file, k_max_bytes);
    if (!text) return std::unexpected(text.error());
    auto ontology = labels::ontology_from_json(*text);
    if (!ontology) {
        return base::fail(ontology.error().kind, "{}: {}", ontology.error().message, file.string());
    }
    if (auto sound = check_names(*ontology, file); !sound) return std::unexpected(sound.error());
    return ontology;
}

labels::Ontology with_known_ids(labels::Ontology wanted, const labels::Ontology& current) {
    const auto renamed = adopt_ids(wanted.classes, current.classes);
    for (labels::LabelClass& label_class : wanted.classes) {
        if (label_class.parent && renamed.contains(*label_class.parent)) {
            label_class.parent = renamed.at(*label_class.parent);
        }
        if (const labels::LabelClass* same = current.find(label_class.id)) {
            adopt_ids(label_class.attributes, same->attributes);
        }
    }
    return wanted;
}

std::vector<UsedClass> vanishing(const labels::State& state, const labels::Ontology& wanted) {
    std::map<std::string, UsedClass> used;
    for (const auto& [id, track] : state.tracks) {
        if (wanted.find(track->info.class_id)) continue;
        const labels::LabelClass* gone = state.ontology.find(track->info.class_id);
        if (!gone) continue;  // it had no class before either
        UsedClass& entry = used[gone->name];
        entry.name = gone->name;
        entry.tracks.push_back(id);
    }
    for (const auto& [id, layer] : state.mask_layers) {
        for (const labels::MaskValue& value : layer->info.values) {
            const labels::LabelClass* gone = state.ontology.find(value.class_id);
            if (wanted.find(value.class_id) || !gone) continue;
            UsedClass& entry = used[gone->name];
            entry.name = gone->name;
            entry.masks[id].push_back(value.value);
        }
    }
    std::vector<UsedClass> list;
    for (auto& [name, entry] : used) list.push_back(std::move(entry));
    return list;
}

}  // namespace app
