#include "formats/object_frames.h"

#include <algorithm>

#include <cpl_vsi.h>

#include "formats/gdal_dataset.h"
#include "formats/mask_legend.h"
#include "formats/mask_runs.h"
#include "formats/outline.h"
#include "formats/text.h"
#include "geo/gdal.h"

namespace formats {

namespace {

using base::ErrorKind;

base::Result<std::string> png_of(const ObjectFrame& frame, bool indexed) {
    geo::set_up_gdal();
    const geo::GdalMessages messages;
    GDALDriver* memory = GetGDALDriverManager()->GetDriverByName("MEM");
    GDALDriver* png = GetGDALDriverManager()->GetDriverByName("PNG");
    const auto failed = [&] {
        return base::fail(ErrorKind::io, "A frame cannot be written as PNG ({}).", messages.reason());
    };
    if (memory == nullptr || png == nullptr) return failed();
    const Dataset made{
        memory->Create("", frame.width_px, frame.height_px, 1, indexed ? GDT_Byte : GDT_UInt16, nullptr)};
    if (!made) return failed();
    if (indexed) {
        GDALColorTable palette;
        for (int value = 0; value < 256; ++value) {
            const std::uint32_t color = voc_color(static_cast<masks::Value>(value));
            const GDALColorEntry entry{static_cast<short>(color >> 16), static_cast<short>(color >> 8 & 255),
                                       static_cast<short>(color & 255), 255};
            palette.SetColorEntry(value, &entry);
        }
        made->GetRasterBand(1)->SetColorTable(&palette);
    }
    auto* samples = const_cast<std::uint16_t*>(frame.samples.data());  // only read
    if (made->GetRasterBand(1)->RasterIO(GF_Write, 0, 0, frame.width_px, frame.height_px, samples,
                                         frame.width_px, frame.height_px, GDT_UInt16, 0, 0,
                                         nullptr) != CE_None)
        return failed();
    const std::string name = fmt::format("/vsimem/limn-frame-{}.png", static_cast<const void*>(&frame));
    Dataset written{png->CreateCopy(name.c_str(), made.get(), FALSE, nullptr, nullptr, nullptr)};
    const bool whole = written != nullptr;
    written.reset();
    vsi_l_offset size = 0;
    std::string bytes;
    if (const GByte* data = VSIGetMemFileBuffer(name.c_str(), &size, FALSE); whole && data != nullptr)
        bytes.assign(reinterpret_cast<const char*>(data), size);
    VSIUnlink(name.c_str());
    VSIUnlink((name + ".aux.xml").c_str());
    if (bytes.empty()) return failed();
    return bytes;
}

}  // namespace

bool ObjectFrame::paint(const labels::MaskRuns& mask, std::uint16_t value) {
    bool covered = false, inside = false;
    std::int64_t at = 0;
    for (const std::uint32_t run : mask.runs) {
        for (std::int64_t i = at; inside && i < at + run;) {
            const std::int64_t row = i / mask.width,
                               end = std::min(at + std::int64_t{run}, (row + 1) * mask.width);
            const std::int64_t y = mask.top + row;
            const std::int64_t x0 = std::clamp<std::int64_t>(mask.left + i % mask.width, 0, width_px),
                               x1 = std::clamp<std::int64_t>(mask.left + i % mask.width + end - i, 0,
                                                             width_px);
            if (y >= 0 && y < height_px)
                for (std::int64_t x = x0; x < x1; ++x) {
                    std::uint16_t& sample = samples[static_cast<std::size_t>(y * width_px + x)];
                    covered |= sample != 0 && sample != value;
                    sample = value;
                }
            i = end;
        }
        at += run;
        inside = !inside;
    }
    return covered;
}

// 1. Every object's rectangle, by the runs of equal samples in each row.
// 2. The same runs again: what lies between two runs of an object in its rectangle is a run of others.
std::map<std::uint16_t, labels::MaskRuns> ObjectFrame::objects() const {
    const auto each_run = [&](auto&& visit) {
        for (int y = 0; y < height_px; ++y) {
            const std::uint16_t* const row =
                samples.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width_px);
            for (int x = 0; x < width_px;) {
                int end = x + 1;
                while (end < width_px && row[end] == row[x]) ++end;
                if (row[x] != 0) visit(row[x], x, end, y);
                x = end;
            }
        }
    };
    struct Object {
        int x0, y0, x1, y1;
        std::uint64_t at = 0;  // in pixels of the rectangle: where its last run ends
        labels::MaskRuns mask{};
    };
    std::map<std::uint16_t, Object> found;
    each_run([&](std::uint16_t value, int x, int end, int y) {
        Object& box = found.try_emplace(value, Object{x, y, end, y + 1}).first->second;
        box.x0 = std::min(box.x0, x);
        box.x1 = std::max(box.x1, end);
        box.y1 = y + 1;
    });
    for (auto& [value, box] : found) box.mask = {box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0, {}};
    each_run([&](std::uint16_t value, int x, int end, int y) {
        Object& object = found.find(value)->second;
        std::vector<std::uint32_t>& runs = object.mask.runs;
        const auto width = static_cast<std::uint64_t>(object.mask.width);
        const std::uint64_t start = static_cast<std::uint64_t>(y - object.y0) * width +
                                    static_cast<std::uint64_t>(x - object.x0),
                            length = static_cast<std::uint64_t>(end - x);
        if (start == object.at && !runs.empty()) {
            runs.back() += static_cast<std::uint32_t>(length);
        } else {
            runs.push_back(static_cast<std::uint32_t>(start - object.at));
            runs.push_back(static_cast<std::uint32_t>(length));
        }
        object.at = start + length;
    });
    std::map<std::uint16_t, labels::MaskRuns> all;
    for (auto& [value, object] : found) {
        const auto pixels =
            static_cast<std::uint64_t>(object.mask.width) * static_cast<std::uint64_t>(object.mask.height);
        if (object.at < pixels) object.mask.runs.push_back(static_cast<std::uint32_t>(pixels - object.at));
        all.emplace(value, std::move(object.mask));
    }
    return all;
}

std::optional<labels::MaskRuns> mask_of_shape(const labels::Geometry& geometry, labels::ShapeKind kind,
                                              int width_px, int height_px) {
    if (const auto* mask = std::get_if<labels::MaskRuns>(&geometry)) return *mask;
    if (kind == labels::ShapeKind::polyline || kind == labels::ShapeKind::points) return std::nullopt;
    if (const auto* box = std::get_if<labels::Box>(&geometry))
        return mask_from_path({corners_of(*box, kind), {}}, width_px, height_px);
    return mask_from_path(std::get<labels::Path>(geometry), width_px, height_px);
}

base::Result<std::string> indexed_png(const ObjectFrame& frame) { return png_of(frame, true); }
base::Result<std::string> grey16_png(const ObjectFrame& frame) { return png_of(frame, false); }

base::Result<ObjectFrame> read_object_png(const std::filesystem::path& png) {
    const geo::GdalMessages messages;
    const auto malformed = [&](const std::string& why) {
        return base::fail(ErrorKind::malformed, "This is no PNG of object numbers ({}): {}", why,
                          png.string());
    };
    const Dataset open = open_raster(png, {"PNG"});
    if (!open) return malformed(messages.reason());
    if (open->GetRasterCount() != 1)
        return malformed(fmt::format("it has {} channels", open->GetRasterCount()));
    const int width = open->GetRasterXSize(), height = open->GetRasterYSize();
    if (std::int64_t{width} * height > k_most_frame_px) return malformed("it is larger than any frame");
    ObjectFrame frame(width, height);
    if (open->GetRasterBand(1)->RasterIO(GF_Read, 0, 0, width, height, frame.samples.data(), width, height,
                                         GDT_UInt16, 0, 0, nullptr) != CE_None)
        return malformed(messages.reason());
    return frame;
}

base::Result<void> sweep_objects(const labels::State& state, const labels::Asset& asset,
                                 const WriteContext& context,
                                 const std::function<std::uint16_t(const labels::Track&)>& number_of,
                                 Report& report,
                                 const std::function<base::Result<void>(const FrameVisit&)>& visit) {
    if (std::int64_t{asset.width_px} * asset.height_px > k_most_frame_px || asset.width_px <= 0 ||
        asset.height_px <= 0) {
        report.add_warning(fmt::format(
            "\"{}\" was not written: it is larger than any frame of a film, or its size is not known.",
            asset.name));
        return {};
    }
    ObjectFrame frame(asset.width_px, asset.height_px);
    const std::int64_t end = frame_end(state, asset);
    return sweep_frames(
        state, asset, context.stop, [&](std::int64_t number, auto shapes) -> base::Result<void> {
            std::vector<const VisibleShape*> order;
            for (const VisibleShape& each : shapes)
                if (number_of(*each.track) != 0) order.push_back(&each);
            if (order.empty()) return {};
            if (context.progress)
                context.progress(static_cast<double>(number) /
                                 static_cast<double>(std::max<std::int64_t>(end, 1)));
            std::ranges::stable_sort(order, {},
                                     [](const VisibleShape* each) { return each->track->info.z_order; });
            std::ranges::fill(frame.samples, std::uint16_t{0});
            for (const VisibleShape* each : order) {
                const auto mask = mask_of_shape(each->shape.geometry, each->track->info.shape, asset.width_px,
                                                asset.height_px);
                if (!mask || !is_sound(*mask)) continue;
                if (frame.paint(*mask, number_of(*each->track)))
                    report.add_warning("Where objects overlap, a pixel went to the upper one alone.");
            }
            return visit({number, frame, shapes});
        });
}

labels::AssetId medium_of_sequence(Importer& import, const std::string& name, int width_px, int height_px) {
    if (const auto& chosen = import.context().asset; chosen && import.state().find(*chosen) != nullptr)
        return *chosen;
    const labels::Asset* found = nullptr;
    for (const labels::Asset& each : import.state().assets) {
        const std::string called = file_name_of(each.name);
        if (called != name && std::filesystem::path(called).stem() != name) continue;
        if (found == nullptr || each.name == name) found = &each;
    }
    if (found != nullptr) return found->id;
    return import.find_or_make_asset({name, labels::MediaKind::video, width_px, height_px, 0, {}});
}

base::Result<void> need_objects(const labels::State& state, const WriteContext& context, const Survey& all,
                                const std::filesystem::path& out) {
    if (all.boxes + all.ellipses + all.polygons + all.masks > 0) return {};
    const bool has_layers = std::ranges::any_of(
        context.assets, [&](labels::AssetId id) { return !state.mask_layers_of(id).empty(); });
    return base::fail(ErrorKind::refused,
                      "None of the media has an object with an inside, so there is nothing to write; {}: {}",
                      has_layers ? "mask layers go to geotiff, png-masks, voc-masks or npz"
                                 : "draw one first, or choose another format",
                      out.string());
}

}  // namespace formats
