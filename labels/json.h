#pragma once
// Labels as JSON: one spelling, used by the event log, the Limn JSON format, `limn ontology` and every --json.
// Readers are strict about types and silent about unknown members (a newer Limn may add some).

#include <string>
#include <string_view>

#include "base/result.h"
#include "labels/edit.h"

namespace labels {

[[nodiscard]] std::string to_json(const Ontology& ontology);  // indented, for people
[[nodiscard]] std::string to_json(const Asset& asset);
[[nodiscard]] std::string to_json(const Track& track);        // one line
[[nodiscard]] std::string to_json(const Edit& edit);          // one line

// Errors: malformed, with the place. Classes and attributes without an id get one; without a colour or shortcut, the default.
[[nodiscard]] base::Result<Ontology> ontology_from_json(std::string_view text);
[[nodiscard]] base::Result<Asset> asset_from_json(std::string_view text);
[[nodiscard]] base::Result<Track> track_from_json(std::string_view text);
[[nodiscard]] base::Result<Edit> edit_from_json(std::string_view text);

// The names used in JSON, on the command line and in the window.
[[nodiscard]] std::string_view name_of(ShapeKind kind);
[[nodiscard]] std::string_view name_of(AttributeKind kind);
[[nodiscard]] std::string_view name_of(MediaKind kind);
[[nodiscard]] std::string_view name_of(Source source);
[[nodiscard]] std::optional<ShapeKind> shape_kind_from(std::string_view name);
[[nodiscard]] std::optional<AttributeKind> attribute_kind_from(std::string_view name);

}  // namespace labels
