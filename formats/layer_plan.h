#pragma once
// Which pixel masks an export writes, and how they are read a part at a time.

#include <filesystem>
#include <string>
#include <vector>

#include "formats/format.h"
#include "formats/mask_legend.h"

namespace formats {

struct LayerToWrite {
    const labels::MaskLayer* layer = nullptr;
    const labels::Asset* asset = nullptr;
    std::string name;  // of the file, without extension: "<asset>.<layer>", all different
    Legend legend;
};

// The option of formats that write layers: one of them by number, name or id; empty: all.
inline constexpr FormatOption k_layer_option = {"layer", "", "only this mask layer: its number, name or id"};

// The layers of the assets to write. Errors: refused when there is none.
[[nodiscard]] base::Result<std::vector<LayerToWrite>> layers_to_write(const labels::State& state,
                                                                      const std::filesystem::path& out,
                                                                      const WriteContext& context,
                                                                      const std::string& layer_key);

// OUT itself where it is a file of the format and one layer is written, else a file for each in the folder
// OUT.
[[nodiscard]] std::filesystem::path file_of_layer(const std::filesystem::path& out, const LayerToWrite& layer,
                                                  std::size_t layers, std::string_view extension);

// What a format does with values whose class is no longer in the ontology: gives them a name by number, or,
// where classes are numbered as in the ontology, leaves their pixels unlabelled.
enum class LostClasses { named, unlabelled };
// What layers hold beside pixels, and what is not written of labels.
[[nodiscard]] Report report_of_layers(const labels::State& state, const std::vector<LayerToWrite>& layers,
                                      LostClasses lost = LostClasses::named);

// As Plane::read. What was packed in memory is packed again afterwards, so that going through a mask does not
// unpack all of it.
void read_and_let_go(const masks::Plane& plane, const masks::PixelRect& area, std::span<masks::Value> into);
// Everywhere unlabelled there, without looking at samples; false where that is not known.
[[nodiscard]] bool is_empty(const masks::Plane& plane, const masks::PixelRect& area);

[[nodiscard]] std::unexpected<base::Error> export_stopped(const std::filesystem::path& file);

}  // namespace formats
