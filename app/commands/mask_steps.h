#pragma once
// The steps of `limn mask`: what each of them does to a mask, whose copy they work on in turn.

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "labels/state.h"
#include "masks/bits.h"

namespace app {

// A copy of a layer with all that steps may look at. Nothing of it reaches the document before the last one.
struct MaskWork {
    const labels::State& state;
    const labels::Asset& asset;
    const std::filesystem::path& project;
    std::stop_token stop;

    labels::Ontology ontology;  // a class of the call among it
    labels::MaskLayerInfo info;
    masks::Plane plane;

    std::optional<labels::ClassId> class_id;  // what is painted, and what operations are about
    bool erase = false;
    masks::Value object = 0;                         // of a mask of objects: which is painted; 0: a new one
    std::vector<std::string> only_over, never_over;  // classes, values, "unlabelled"
    std::string where;                               // an expression that painting is bound to
    std::optional<masks::PixelRect> area;            // that filling stays inside
    double tolerance = 0;                            // of the wand
    std::vector<int> bands;                          // that it compares, from 1; empty: all
};

// One option of the command line.
struct MaskStepKind {
    std::string option;     // "--disc"
    std::string type_name;  // "X,Y,R"; empty: a flag
    std::string help;
    enum class Does : std::uint8_t { paints, fills, changes } does = Does::changes;  // the first two: a class
    std::string title;                                   // for the history, without the class
    std::function<std::string(std::string_view)> check;  // what is wrong with the value; empty: nothing
    std::function<base::Result<void>(MaskWork&, const std::string& value)> run;
};
[[nodiscard]] std::span<const MaskStepKind> mask_step_kinds();

struct MaskStep {
    const MaskStepKind* kind = nullptr;
    std::string value;
};
// "Paint road, grow": what the history calls them together.
[[nodiscard]] std::string name_of(std::span<const MaskStep> steps, const MaskWork& work);

// "1,2.5,-3": so many finite numbers, none beyond ±2^31.
[[nodiscard]] std::optional<std::vector<double>> parse_numbers(std::string_view text, std::size_t count);
[[nodiscard]] std::vector<std::string> split_at_commas(std::string_view text);

}  // namespace app
