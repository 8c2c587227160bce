#pragma once
// Labels as JSON: one spelling, used by the event log, the Limn JSON format, `limn ontology` and every
// --json. Readers are strict about types and silent about unknown members (a newer Limn may add some).

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "labels/edit.h"

namespace labels {

[[nodiscard]] std::string to_json(const Ontology& ontology);  // indented, for people
[[nodiscard]] std::string to_json(const Asset& asset);
[[nodiscard]] std::string to_json(const base::Georeference& georeference);
[[nodiscard]] std::string to_json(const Track& track);          // one line
[[nodiscard]] std::string to_json(const InspectionGrid& grid);  // one line
[[nodiscard]] std::string to_json(const MaskLayerInfo& info);   // one line
[[nodiscard]] std::string to_json(const Edit& edit);            // one line

// What the project file keeps of a keyframe as text: its geometry when it is no box, e.g.
// {"points":[[1,2],[3,4]]}, and its attributes, {"id":"value"}. Errors: malformed.
[[nodiscard]] std::string geometry_to_json(const Geometry& geometry);
[[nodiscard]] std::string attributes_to_json(const AttributeValues& values);
[[nodiscard]] base::Result<Geometry> geometry_from_json(std::string_view text);
[[nodiscard]] base::Result<AttributeValues> attributes_from_json(std::string_view text);

// Errors: malformed, with the place. Classes and attributes without an id take that of the same name in
// `ids_from`, else a new one; without a colour, the default; without a shortcut, the next free digit. A class
// may be just its name; `parent` is the id or the name of a class. Refused: names twice, unknown kinds,
// colours that are none, parents in a circle.
[[nodiscard]] base::Result<Ontology> ontology_from_json(std::string_view text,
                                                        const Ontology* ids_from = nullptr);
[[nodiscard]] base::Result<Asset> asset_from_json(std::string_view text);
// {"crs":"WKT","geotransform":[six numbers],"gcps":[[column,row,x,y,z],…],"rpc":["NAME=VALUE",…]}; what there
// is not is left out.
[[nodiscard]] base::Result<base::Georeference> georeference_from_json(std::string_view text);
[[nodiscard]] base::Result<Track> track_from_json(std::string_view text);
// {"asset":"ID","area":[x,y,width,height],"tile":512,"overlap":32,"marks":"412+9?299-"}: marks as by
// marks_to_text; left out are an overlap of 0, and the marks where all is to do.
[[nodiscard]] base::Result<InspectionGrid> grid_from_json(std::string_view text);
[[nodiscard]] base::Result<MaskLayerInfo> mask_layer_from_json(std::string_view text);
// The tiles of masks are named by their hashes: without a source of blocks an edit of them is malformed.
[[nodiscard]] base::Result<Edit> edit_from_json(std::string_view text, const BlockSource& blocks = {});

// The names used in JSON, on the command line and in the window.
[[nodiscard]] std::string_view name_of(ShapeKind kind);
[[nodiscard]] std::string_view name_of(AttributeKind kind);
[[nodiscard]] std::string_view name_of(Timing timing);
[[nodiscard]] std::string_view name_of(MediaKind kind);
[[nodiscard]] std::string_view name_of(Source source);
[[nodiscard]] std::string_view name_of(Extent extent);
[[nodiscard]] std::string_view name_of(EventKind kind);
[[nodiscard]] std::string_view name_of(Mark mark);
[[nodiscard]] std::string_view name_of(MaskKind kind);
[[nodiscard]] std::optional<ShapeKind> shape_kind_from(std::string_view name);
[[nodiscard]] std::optional<AttributeKind> attribute_kind_from(std::string_view name);
[[nodiscard]] std::optional<Timing> timing_from(std::string_view name);
[[nodiscard]] std::optional<MediaKind> media_kind_from(std::string_view name);
[[nodiscard]] std::optional<Source> source_from(std::string_view name);
[[nodiscard]] std::optional<Extent> extent_from(std::string_view name);
[[nodiscard]] std::optional<EventKind> event_kind_from(std::string_view name);
[[nodiscard]] std::optional<Mark> mark_from(std::string_view name);
[[nodiscard]] std::optional<MaskKind> mask_kind_from(std::string_view name);

// A double that reads as the shortest text of a float (0.9, not 0.8999999761581421) and gives the float back.
[[nodiscard]] double short_double(float value);

}  // namespace labels
