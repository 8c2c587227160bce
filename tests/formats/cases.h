#pragma once
// One case a format: what every driver must come with. driver_table_test.cpp walks the drivers and fails on a
// missing one.

#include <string_view>
#include <vector>

#include "format_test.h"

namespace formats_test {

struct Malformed {
    std::string_view name, text;
    std::string_view says;  // a part of the message
};

struct FormatCase {
    std::string_view id;
    std::string_view out;          // what sample_project() is exported to
    std::string_view golden_file;  // the labels in it
    std::string_view golden;       // what that must be, to the byte
    std::string_view lone_file;    // a name under which a text is imported
    std::vector<Malformed> malformed;
    RandomOptions random;      // documents whose labels survive export and import …
    DescribeOptions survives;  // … in this much
};

// Of the formats of places on the ground: their samples are rasters and their files mostly binary, so that
// they have a table of their own in geo_vector_test.cpp.
struct GeoCase {
    std::string_view id;
    std::string_view file;  // what placed_project() is exported to, all polygons where one file holds no more
    double precision_px;    // in which labels come back
    std::vector<Malformed> malformed;
};
[[nodiscard]] const std::vector<GeoCase>& geo_cases();

// Of the formats of pixel masks: in mask_cases_test.cpp.
struct MaskCase {
    std::string_view id;
    std::string_view out;   // what mask_project() is exported to
    std::string_view file;  // what is then read again; empty: the format is only written
    std::string_view lone_file;
    bool of_objects = false;   // masks of tracks, not layers: it has a round trip of its own
    bool keeps_kind = true;    // whether a layer is one of objects, and their names
    bool keeps_places = true;  // files with a place may be of another size
    std::vector<Malformed> malformed;
};
[[nodiscard]] const std::vector<MaskCase>& mask_cases();

// Each defined in the test file of its format.
[[nodiscard]] const FormatCase& limn_case();
[[nodiscard]] const FormatCase& cvat_video_case();
[[nodiscard]] const FormatCase& mot_case();
[[nodiscard]] const FormatCase& coco_case();

[[nodiscard]] inline std::vector<const FormatCase*> all_cases() {
    return {&limn_case(), &cvat_video_case(), &mot_case(), &coco_case()};
}

}  // namespace formats_test
