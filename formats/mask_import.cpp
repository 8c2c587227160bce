// 1. Which value is unlabelled: the file's nodata, else 0 unless a name says that 0 is a class.
// 2. The layer is filled tile by tile with the file's own values, but for a 0 that is a class, which gets a
// free one.
// 3. Values that were met or named become classes.

#include "formats/mask_import.h"

#include <algorithm>
#include <bitset>

#include "formats/mask_place.h"
#include "formats/text.h"

namespace formats {

namespace {

using base::ErrorKind;
using masks::PixelRect;

constexpr std::int64_t k_most = 65535;

bool may_have_masks(const labels::Asset& asset) {
    return asset.kind == labels::MediaKind::raster || asset.kind == labels::MediaKind::image;
}

std::string unique_layer_name(const labels::State& state, labels::AssetId asset, const std::string& wanted) {
    const auto taken = [&](const std::string& name) {
        const auto layers = state.mask_layers_of(asset);
        return std::ranges::any_of(layers,
                                   [&](const labels::MaskLayer* each) { return each->info.name == name; });
    };
    std::string name = wanted;
    for (int n = 2; taken(name); ++n) name = fmt::format("{} {}", wanted, n);
    return name;
}

class LayerReader {
public:
    LayerReader(Importer& import, const labels::Asset& asset, const ValueRaster& raster)
        : m_import{import}, m_asset{asset}, m_raster{raster} {}

    base::Result<void> read(const std::string& layer_name) {
        auto place = MaskPlace::create(m_raster, m_asset, m_import.file());
        if (!place) return std::unexpected(place.error());
        m_place = &*place;
        if (auto done = choose_zero(); !done) return done;
        labels::MaskLayerInfo info;
        info.id = labels::MaskLayerId::make();
        info.asset = m_asset.id;
        const labels::State& state = m_import.state();
        info.name = unique_layer_name(state, m_asset.id, layer_name);
        info.kind = m_raster.legend.kind;
        for (const labels::MaskLayer* each : state.mask_layers_of(m_asset.id))
            info.position = std::max(info.position, each->info.position + 1);
        info.width_px = m_asset.width_px;
        info.height_px = m_asset.height_px;
        info.depth =
            std::max<std::int64_t>(m_raster.largest, m_zero) > 255 ? masks::Depth::u16 : masks::Depth::u8;
        labels::Transaction& transaction = m_import.context().transaction;
        transaction.put_mask_layer(info);
        base::Result<void> filled;
        transaction.change_mask(info.id, [&](masks::Plane& plane) { filled = fill(plane); });
        if (!filled) return filled;
        if (!m_place->touches())
            return base::fail(ErrorKind::refused, "The mask lies beside \"{}\" and covers none of it: {}",
                              m_asset.name, m_import.file().string());
        take_values(info);
        transaction.put_mask_layer(info);
        ++m_import.report().layers;
        if (m_place->resampled())
            m_import.report().add_warning(
                "The mask has another grid than the medium: each pixel took the value that lies under its "
                "centre.");
        if (m_place->partial())
            m_import.report().add_warning("The mask covers a part of the medium; the rest is unlabelled.");
        return {};
    }

private:
    // Whether 0 in the file is a class, and then the value it gets.
    base::Result<void> choose_zero() {
        const LegendEntry* named = m_raster.legend.find(0);
        const bool says_nothing = named != nullptr && means_unlabelled(named->class_name);
        const bool is_class =
            m_raster.nodata ? *m_raster.nodata != 0 && !says_nothing : named != nullptr && !says_nothing;
        if (!is_class) return {};
        if (m_raster.nodata && *m_raster.nodata > 0 && *m_raster.nodata <= m_raster.largest) {
            m_zero = *m_raster.nodata;
            return {};
        }
        std::bitset<k_most + 1> used;
        for (const LegendEntry& each : m_raster.legend.entries) used.set(each.value);
        std::vector<std::int32_t> row(static_cast<std::size_t>(m_raster.width_px));
        for (std::int64_t y = 0; y < m_raster.height_px; ++y) {
            if (m_import.stopped()) return m_import.cancelled();
            if (auto done = m_raster.read({0, y, m_raster.width_px, y + 1}, row); !done) return done;
            for (const std::int32_t value : row)
                if (value > 0 && value <= k_most) used.set(static_cast<std::size_t>(value));
        }
        m_zero = 1;
        while (m_zero <= k_most && used.test(static_cast<std::size_t>(m_zero))) ++m_zero;
        if (m_zero > k_most) return m_import.malformed("All values are taken, so that 0 cannot be a class");
        return {};
    }

    base::Result<void> fill(masks::Plane& plane) {
        std::vector<std::int32_t> read(masks::k_tile_samples);
        std::vector<std::byte> bytes(masks::k_tile_samples * static_cast<std::size_t>(plane.depth()));
        for (std::int32_t y = 0; y < plane.rows(); ++y) {
            if (m_import.context().progress)
                m_import.context().progress(static_cast<double>(y) / plane.rows());
            for (std::int32_t x = 0; x < plane.columns(); ++x) {
                if (m_import.stopped()) return m_import.cancelled();
                const PixelRect area = plane.pixels_of({x, y});
                const auto samples =
                    std::span(read).first(static_cast<std::size_t>(area.width() * area.height()));
                auto any = m_place->read(area, samples);
                if (!any) return std::unexpected(any.error());
                if (!*any) continue;
                for (std::int32_t& each : samples) {
                    const auto value = layer_value(each);
                    if (!value)
                        return m_import.malformed(
                            "A pixel has the value {}; a mask holds whole numbers from 0 to {}", each,
                            k_most);
                    each = *value;
                    m_met.set(static_cast<std::size_t>(each));
                }
                put(plane, {x, y}, area, samples, bytes);
            }
        }
        return {};
    }

    std::optional<std::int32_t> layer_value(std::int32_t of_file) const {
        if (of_file == k_outside || (m_raster.nodata && of_file == *m_raster.nodata)) return 0;
        if (of_file == 0) return static_cast<std::int32_t>(m_zero);
        return of_file > 0 && of_file <= k_most ? std::optional(of_file) : std::nullopt;
    }

    static void put(masks::Plane& plane, masks::TileIndex tile, const PixelRect& area,
                    std::span<const std::int32_t> samples, std::span<std::byte> bytes) {
        const masks::TileRect at{tile.x, tile.y, 1, 1};
        const auto first = static_cast<masks::Value>(samples.front());
        if (std::ranges::all_of(samples, [&](std::int32_t v) { return v == first; })) {
            if (first != 0) plane.put(at, {nullptr, first});
            return;
        }
        std::ranges::fill(bytes, std::byte{0});
        const auto width = static_cast<std::size_t>(area.width());
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const std::size_t to = i / width * masks::k_tile_px + i % width;
            if (plane.depth() == masks::Depth::u8)
                bytes[to] = static_cast<std::byte>(samples[i]);
            else
                reinterpret_cast<std::uint16_t*>(bytes.data())[to] = static_cast<std::uint16_t>(samples[i]);
        }
        const auto block = masks::Block::of(plane.depth(), bytes);
        block->let_go_of_samples();  // a whole medium unpacked would fill the memory
        plane.put(at, {block, 0});
    }

    // Every value that was met, and of a list of classes those that were not.
    void take_values(labels::MaskLayerInfo& info) {
        for (std::int64_t value = 1; value <= k_most; ++value) {
            const LegendEntry* entry = m_raster.legend.find(value == m_zero ? 0 : value);
            const bool met = m_met.test(static_cast<std::size_t>(value));
            const bool named = entry != nullptr && !means_unlabelled(entry->class_name);
            if (!met && (!named || (m_raster.nodata && value == *m_raster.nodata && value != m_zero)))
                continue;
            if (info.depth == masks::Depth::u8 && value > 255) break;
            labels::MaskValue made;
            made.value = static_cast<masks::Value>(value);
            const std::string name = named ? entry->class_name : name_of_value(value == m_zero ? 0 : value);
            if (!met && !m_import.classes().may_add() &&
                m_import.state().ontology.find(std::string_view(name)) == nullptr)
                continue;  // the project does not know it, and nothing is lost
            labels::LabelClass like = labels::make_class(m_import.state().ontology, valid_utf8(name));
            if (named && entry->color_rgb) like.color_rgb = *entry->color_rgb;
            const auto class_id = m_import.classes().resolve(like);
            if (!class_id) continue;  // noted: finish() refuses the import
            made.class_id = *class_id;
            if (entry != nullptr) made.name = entry->name;
            info.values.push_back(std::move(made));
        }
    }

    Importer& m_import;
    const labels::Asset m_asset;
    const ValueRaster& m_raster;
    MaskPlace* m_place = nullptr;
    std::int64_t m_zero = 0;  // the layer's value for a file's 0
    std::bitset<k_most + 1> m_met;
};

}  // namespace

base::Result<labels::AssetId> medium_of_mask(const ReadContext& context, const std::filesystem::path& path) {
    const labels::State& state = context.document.state();
    const auto refused = [&](const std::string& why) {
        return base::fail(ErrorKind::refused, "{}: {}", why, path.string());
    };
    if (const auto& chosen = context.asset) {
        const labels::Asset* asset = state.find(*chosen);
        if (asset == nullptr || !may_have_masks(*asset))
            return refused(
                "Masks of pixels lie on pictures and rasters, not on films or sound; choose another medium");
        return asset->id;
    }
    const labels::Asset* found = nullptr;
    const std::string file = path.filename().string(), stem = path.stem().string();
    int candidates = 0;
    bool is_ambiguous = false;
    for (const labels::Asset& each : state.assets) {
        if (!may_have_masks(each)) continue;
        ++candidates;
        const std::string name = file_name_of(each.name);
        const bool fits = file.starts_with(name + ".") || stem == std::filesystem::path(name).stem().string();
        if (!fits) continue;
        const std::string best = found != nullptr ? file_name_of(found->name) : "";
        if (name == best) is_ambiguous = true;
        if (name.size() <= best.size()) continue;
        found = &each;
        is_ambiguous = false;
    }
    if (is_ambiguous)
        return refused(fmt::format("Several media are called \"{}\"; choose one with --asset",
                                   file_name_of(found->name)));
    if (found != nullptr) return found->id;
    if (candidates == 0)
        return refused("The project has no picture or raster that the mask could lie on; add it first");
    if (context.of_several)
        return refused(
            "Of several masks each is named like its picture or raster, and this one like none; rename it, "
            "or "
            "import it alone");
    if (candidates > 1)
        return refused(
            "The project has several pictures or rasters and the file is named like none of them; choose one "
            "with --asset");
    return std::ranges::find_if(state.assets, may_have_masks)->id;
}

std::string layer_name_of(const std::filesystem::path& file, const labels::Asset& asset) {
    std::string name = file.stem().string();
    const std::string medium = file_name_of(asset.name), stem = std::filesystem::path(medium).stem().string();
    if (name.starts_with(medium + "."))
        name = name.substr(medium.size() + 1);
    else if (name == medium || name == stem)
        name.clear();
    name = valid_utf8(name);
    return name.empty() ? "Mask" : name;
}

base::Result<void> put_mask_layer(Importer& import, labels::AssetId asset, const ValueRaster& raster,
                                  const std::string& layer_name) {
    const labels::Asset& medium = *import.state().find(asset);
    if (medium.width_px <= 0 || medium.height_px <= 0)
        return base::fail(ErrorKind::refused, "The size of \"{}\" is not known yet; open it first: {}",
                          medium.name, import.file().string());
    if (raster.georeference.crs.empty() && raster.georeference.geotransform &&
        !medium.georeference.crs.empty()) {
        ValueRaster in_its_crs = raster;  // a world file alone names no CRS
        in_its_crs.georeference.crs = medium.georeference.crs;
        import.report().add_warning("The mask does not name its CRS: that of the medium was taken.");
        return LayerReader(import, medium, in_its_crs).read(layer_name);
    }
    return LayerReader(import, medium, raster).read(layer_name);
}

}  // namespace formats
