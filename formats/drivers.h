#pragma once
// Every driver of the table in formats.cpp, each defined in the file of its name.

#include "formats/format.h"

namespace formats {

extern const FormatDriver limn_json_driver;   // limn_json.cpp
extern const FormatDriver cvat_video_driver;  // cvat_video.cpp
extern const FormatDriver mot_driver;         // mot.cpp
extern const FormatDriver coco_driver;        // coco.cpp
extern const FormatDriver geojson_driver;     // geojson.cpp
extern const FormatDriver gpkg_driver;        // gpkg.cpp
extern const FormatDriver shapefile_driver;   // shapefile.cpp
extern const FormatDriver flatgeobuf_driver;  // flatgeobuf.cpp
extern const FormatDriver kml_driver;         // kml.cpp
extern const FormatDriver geotiff_driver;     // geotiff.cpp
extern const FormatDriver cog_driver;         // geotiff.cpp
extern const FormatDriver yolo_seg_driver;    // yolo_seg.cpp
extern const FormatDriver png_masks_driver;   // png_masks.cpp
extern const FormatDriver voc_masks_driver;   // voc_masks.cpp
extern const FormatDriver davis_driver;       // davis.cpp
extern const FormatDriver mots_driver;        // mots.cpp
extern const FormatDriver chips_driver;       // chips.cpp
extern const FormatDriver npz_driver;         // npz.cpp

}  // namespace formats
