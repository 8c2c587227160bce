#pragma once
// Masks as PNG: with a palette, or with the colours themselves.

#include <map>

#include "formats/mask_import.h"
#include "formats/mask_tiff.h"

namespace formats {

// Errors: refused where a value, as it would be written, is above 255.
[[nodiscard]] base::Result<void> need_bytes(const LayerToWrite& layer, const std::filesystem::path& png,
                                            const std::vector<masks::Value>& recode = {});
// An indexed PNG of 8 bits (by way of a TIFF beside it, so that the memory does not follow the picture).
// Errors: io, cancelled, refused where a value is above 255.
[[nodiscard]] base::Result<void> write_mask_png(const LayerToWrite& layer, const std::filesystem::path& png,
                                                std::vector<masks::Value> recode, GdalProgress progress);
// The same picture in colours of its palette, RGB.
[[nodiscard]] base::Result<void> write_color_png(const std::filesystem::path& indexed,
                                                 const std::filesystem::path& png, GdalProgress progress);
// The six lines of a world file; empty where there is no geotransform.
[[nodiscard]] std::string world_file(const base::Georeference& georeference);

// An open PNG of one band as it is, of three or four bands by the colours that `legend` gives its values.
// Black that is no class's colour is unlabelled. Errors: as value_raster_of; malformed on a colour that
// nothing has.
[[nodiscard]] base::Result<ValueRaster> raster_of_png(Importer& import, GDALDataset& dataset,
                                                      const Legend& legend);

// The classes of the ontology, with their colours, as values from 1 on.
[[nodiscard]] Legend legend_of_ontology(const labels::Ontology& ontology);
// labelmap.txt of CVAT's PASCAL VOC masks: "name:r,g,b:parts:actions", one a line from 0 on. Null: it is
// none.
[[nodiscard]] std::optional<Legend> legend_from_labelmap(std::string_view text);
[[nodiscard]] std::string labelmap_of(const Legend& legend);
// The labels of Cityscapes by their ids, with their colours (cityscapesScripts, helpers/labels.py).
[[nodiscard]] Legend cityscapes_legend();
// A JSON of our own beside the picture, or a text of names: NAME.json, labelmap.txt, classes.txt, labels.txt;
// of files called …_labelIds.png and …_color.png Cityscapes' own.
[[nodiscard]] std::optional<Legend> legend_beside(const std::filesystem::path& png);

}  // namespace formats
