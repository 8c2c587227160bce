#pragma once
// Reading an ontology from a file, and putting it in the place of another without losing what is labelled.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "labels/state.h"

namespace app {

// Errors: missing, io, malformed (also classes or attributes of the same name).
[[nodiscard]] base::Result<labels::Ontology> read_ontology(const std::filesystem::path& file);

// `wanted` with the ids of `current` for the classes and attributes of the same name, so that labels stay
// with their class whether or not the file carries ids.
[[nodiscard]] labels::Ontology with_known_ids(labels::Ontology wanted, const labels::Ontology& current);

struct UsedClass {
    std::string name;
    std::vector<labels::TrackId> tracks;
    std::map<labels::MaskLayerId, std::vector<masks::Value>> masks;  // and their values of the class
};
// Classes that have labels and are not in `wanted`.
[[nodiscard]] std::vector<UsedClass> vanishing(const labels::State& state, const labels::Ontology& wanted);

}  // namespace app
