#pragma once
// Classes, objects and values of a mask as a person names them.

#include <string>
#include <vector>

#include "app/commands/mask_steps.h"

namespace app {

// "unlabelled" or "0", a class by its name (all of its values, maybe none), or a value of the mask. Errors:
// missing, with what there is.
[[nodiscard]] base::Result<std::vector<masks::Value>> values_named(const MaskWork& work,
                                                                   const std::string& name);
// Of the class; given to it where it has none. In a mask of objects always a new one. Errors: refused, when
// all are taken.
[[nodiscard]] base::Result<masks::Value> value_of_class(MaskWork& work, labels::ClassId class_id);
// What painting writes: 0 where it erases. Errors: refused.
[[nodiscard]] base::Result<masks::Value> value_to_paint(MaskWork& work);
// What --only-over and --never-over allow; null: everything.
[[nodiscard]] base::Result<masks::Over> values_allowed(const MaskWork& work);

[[nodiscard]] std::string class_names(const labels::Ontology& ontology);  // "road, water"; "none"

}  // namespace app
