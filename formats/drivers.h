#pragma once
// Every driver of the table in formats.cpp, each defined in the file of its name.

#include "formats/format.h"

namespace formats {

extern const FormatDriver limn_json_driver;   // limn_json.cpp
extern const FormatDriver cvat_video_driver;  // cvat_video.cpp
extern const FormatDriver mot_driver;         // mot.cpp
extern const FormatDriver coco_driver;        // coco.cpp

}  // namespace formats
