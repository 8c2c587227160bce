#pragma once
// What the tests of mask formats share.

#include <functional>

#include "format_test.h"
#include "geo/placement.h"

namespace formats_test {

// "scene.tif", 700 × 530 px on EPSG:32633, with the layers "Land cover" (classes: field, tree (1), and one
// value more than there are labels) and "Trees" (objects, u16 where `deep`).
[[nodiscard]] labels::State mask_project(bool deep = false, bool with_objects = true);
[[nodiscard]] labels::Asset mask_asset(int n, std::string name, labels::MediaKind kind, int width_px,
                                       int height_px, base::Georeference georeference = {});
[[nodiscard]] labels::State with_assets(const std::vector<labels::Asset>& assets, labels::Ontology ontology);
[[nodiscard]] labels::State with_layer(labels::State state, labels::MaskLayerInfo info,
                                       const std::function<masks::Value(int x, int y)>& value);
// The project without its layers and labels.
[[nodiscard]] labels::State without_labels(labels::State state, bool keep_classes = true);
// One line a layer: name, kind, values, and how many pixels of which class are where.
[[nodiscard]] std::vector<std::string> describe_masks(const labels::State& state, bool with_kind = true);
// A digest of which class (and object) every pixel has, whatever the values.
[[nodiscard]] std::string pixels_text(const labels::State& state, const labels::MaskLayer& layer,
                                      bool with_kind);

// Runs a program with a python that has numpy and GDAL's module; "no python" where there is none.
[[nodiscard]] std::string run_numpy(const std::string& program, const std::vector<std::string>& arguments);
// What a program prints; empty where it fails.
[[nodiscard]] std::string output_of(const std::string& command);

}  // namespace formats_test
