// The one spelling of every enumerator.

#include <array>

#include "labels/json.h"

namespace labels {

namespace {

template <class E>
struct Named {
    E value;
    std::string_view name;
};

constexpr Named<ShapeKind> k_shapes[] = {{ShapeKind::box, "box"},         {ShapeKind::ellipse, "ellipse"},
                                         {ShapeKind::polygon, "polygon"}, {ShapeKind::polyline, "polyline"},
                                         {ShapeKind::points, "points"},   {ShapeKind::mask, "mask"}};
constexpr Named<AttributeKind> k_attributes[] = {{AttributeKind::select, "select"},
                                                 {AttributeKind::radio, "radio"},
                                                 {AttributeKind::checkbox, "checkbox"},
                                                 {AttributeKind::number, "number"},
                                                 {AttributeKind::text, "text"}};
constexpr Named<Timing> k_timings[] = {{Timing::fixed, "fixed"}, {Timing::changing, "changing"}};
constexpr Named<MediaKind> k_media[] = {{MediaKind::video, "video"},
                                        {MediaKind::image, "image"},
                                        {MediaKind::raster, "raster"},
                                        {MediaKind::audio, "audio"}};
constexpr Named<Source> k_sources[] = {{Source::human, "human"},
                                       {Source::model, "model"},
                                       {Source::import, "import"},
                                       {Source::interpolated, "interpolated"}};
constexpr Named<Extent> k_extents[] = {{Extent::track, "track"}, {Extent::picture, "picture"}};
constexpr Named<EventKind> k_events[] = {{EventKind::edit, "edit"},
                                         {EventKind::undo, "undo"},
                                         {EventKind::redo, "redo"},
                                         {EventKind::fact, "fact"}};
constexpr Named<Mark> k_marks[] = {{Mark::todo, "todo"}, {Mark::done, "done"}, {Mark::doubtful, "doubtful"}};
constexpr Named<MaskKind> k_mask_kinds[] = {{MaskKind::classes, "classes"},
                                            {MaskKind::instances, "instances"}};

template <class E, std::size_t n>
std::string_view find_name(const Named<E> (&table)[n], E value) {
    for (const auto& entry : table) {
        if (entry.value == value) return entry.name;
    }
    return table[0].name;
}

template <class E, std::size_t n>
std::optional<E> find_value(const Named<E> (&table)[n], std::string_view name) {
    for (const auto& entry : table) {
        if (entry.name == name) return entry.value;
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(ShapeKind kind) { return find_name(k_shapes, kind); }
std::string_view name_of(AttributeKind kind) { return find_name(k_attributes, kind); }
std::string_view name_of(Timing timing) { return find_name(k_timings, timing); }
std::string_view name_of(MediaKind kind) { return find_name(k_media, kind); }
std::string_view name_of(Source source) { return find_name(k_sources, source); }
std::string_view name_of(Extent extent) { return find_name(k_extents, extent); }
std::string_view name_of(EventKind kind) { return find_name(k_events, kind); }
std::string_view name_of(Mark mark) { return find_name(k_marks, mark); }
std::string_view name_of(MaskKind kind) { return find_name(k_mask_kinds, kind); }

std::optional<ShapeKind> shape_kind_from(std::string_view name) { return find_value(k_shapes, name); }
std::optional<AttributeKind> attribute_kind_from(std::string_view name) {
    return find_value(k_attributes, name);
}
std::optional<Timing> timing_from(std::string_view name) { return find_value(k_timings, name); }
std::optional<MediaKind> media_kind_from(std::string_view name) { return find_value(k_media, name); }
std::optional<Source> source_from(std::string_view name) { return find_value(k_sources, name); }
std::optional<Extent> extent_from(std::string_view name) { return find_value(k_extents, name); }
std::optional<EventKind> event_kind_from(std::string_view name) { return find_value(k_events, name); }
std::optional<Mark> mark_from(std::string_view name) { return find_value(k_marks, name); }
std::optional<MaskKind> mask_kind_from(std::string_view name) { return find_value(k_mask_kinds, name); }

}  // namespace labels
