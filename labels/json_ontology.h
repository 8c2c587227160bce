#pragma once
// Taking an ontology out of JSON: as the event log wrote it, or as a person did.

#include "labels/json_node.h"
#include "labels/ontology.h"

namespace labels {

// As written by to_json: every id is there, and nothing but the form is judged (a name twice is a person's
// business).
[[nodiscard]] Ontology read_ontology(const Node& node);

}  // namespace labels
