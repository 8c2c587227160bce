#include "formats/mask_tiff.h"

#include <algorithm>

#include <gdal_rat.h>

#include "formats/text.h"
#include "geo/gdal.h"

namespace formats {

namespace {

constexpr int k_block_px = 512;
constexpr int k_most_names = 4096;

GDALColorEntry entry_of(std::uint32_t rgb, bool opaque) {
    return {static_cast<short>(rgb >> 16 & 255), static_cast<short>(rgb >> 8 & 255),
            static_cast<short>(rgb & 255), static_cast<short>(opaque ? 255 : 0)};
}

void put_names(const Legend& legend, GDALRasterBand& band) {
    if (legend.entries.empty() || legend.largest() >= k_most_names) return;
    std::vector<std::string> names(std::size_t{legend.largest()} + 1);
    names[0] = "unlabelled";
    for (const LegendEntry& each : legend.entries)
        names[each.value] = each.name.empty() ? each.class_name : each.name;
    std::vector<char*> pointers;
    for (std::string& each : names) pointers.push_back(each.data());
    pointers.push_back(nullptr);
    band.SetCategoryNames(pointers.data());
}

// The names of classes and objects apart, and for values too large for a list of names.
void put_table(const Legend& legend, GDALRasterBand& band) {
    GDALDefaultRasterAttributeTable table;
    table.CreateColumn("VALUE", GFT_Integer, GFU_MinMax);
    table.CreateColumn("CLASS", GFT_String, GFU_Name);
    table.CreateColumn("OBJECT", GFT_String, GFU_Generic);
    table.CreateColumn("RED", GFT_Integer, GFU_Red);
    table.CreateColumn("GREEN", GFT_Integer, GFU_Green);
    table.CreateColumn("BLUE", GFT_Integer, GFU_Blue);
    table.SetRowCount(static_cast<int>(legend.entries.size()));
    int row = 0;
    for (const LegendEntry& each : legend.entries) {
        const GDALColorEntry color = entry_of(color_of(legend, each.value), true);
        table.SetValue(row, 0, each.value);
        table.SetValue(row, 1, each.class_name.c_str());
        table.SetValue(row, 2, each.name.c_str());
        table.SetValue(row, 3, color.c1);
        table.SetValue(row, 4, color.c2);
        table.SetValue(row, 5, color.c3);
        ++row;
    }
    if (row > 0) band.SetDefaultRAT(&table);
}

class TiffWriter {
public:
    TiffWriter(const LayerToWrite& layer, const std::filesystem::path& file, const MaskTiff& how,
               GdalProgress progress)
        : m_layer{layer},
          m_plane{layer.layer->plane},
          m_file{file},
          m_how{how},
          m_progress{std::move(progress)} {}

    base::Result<void> write() {
        geo::set_up_gdal();
        geo::GdalMessages messages;
        const auto failed = [&](std::string_view what) {
            return base::fail(base::ErrorKind::io, "The mask cannot be written ({}: {}): {}", what,
                              messages.reason(), m_file.string());
        };
        Dataset dataset = create();
        if (!dataset) return failed("making the file");
        describe_mask(m_layer, *dataset);
        const bool pixels = write_pixels(*dataset->GetRasterBand(1));
        if (m_progress.stop.stop_requested()) return export_stopped(m_file);
        if (!pixels || messages.failed()) return failed("pixels");
        if (!build_overviews(*dataset)) {
            if (m_progress.stop.stop_requested()) return export_stopped(m_file);
            return failed("overviews");
        }
        dataset.reset();
        if (messages.failed()) return failed("ending it");
        return {};
    }

private:
    Dataset create() const {
        GdalOptions options{"COMPRESS=" + m_how.compress, "BIGTIFF=IF_SAFER",
                            std::string("SPARSE_OK=") + (m_how.sparse ? "TRUE" : "FALSE")};
        if (m_how.in_strips) {
            options.add("BLOCKYSIZE=16");
        } else {
            options.add("TILED=YES");
            options.add(fmt::format("BLOCKXSIZE={}", k_block_px));
            options.add(fmt::format("BLOCKYSIZE={}", k_block_px));
        }
        GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("GTiff");
        if (driver == nullptr) return {};
        return Dataset{driver->Create(m_file.c_str(), static_cast<int>(m_plane.width_px()),
                                      static_cast<int>(m_plane.height_px()), 1,
                                      bytes() ? GDT_Byte : GDT_UInt16, options.get())};
    }

    bool bytes() const { return m_how.as_bytes || m_plane.depth() == masks::Depth::u8; }

    // A block where nobody has labelled anything is not even looked at: GDAL fills it with the nodata value.
    bool write_pixels(GDALRasterBand& band) {
        int block_width = 0, block_height = 0;
        band.GetBlockSize(&block_width, &block_height);
        std::vector<masks::Value> values(static_cast<std::size_t>(block_width) *
                                         static_cast<std::size_t>(block_height));
        std::vector<std::uint8_t> narrow(bytes() ? values.size() : 0);
        const std::int64_t rows = (m_plane.height_px() + block_height - 1) / block_height;
        const std::int64_t columns = (m_plane.width_px() + block_width - 1) / block_width;
        for (std::int64_t y = 0; y < rows; ++y) {
            if (GdalProgress::call(0.7 * static_cast<double>(y) / static_cast<double>(rows), "",
                                   &m_progress) == 0)
                return false;
            for (std::int64_t x = 0; x < columns; ++x) {
                const masks::PixelRect area{x * block_width, y * block_height, (x + 1) * block_width,
                                            (y + 1) * block_height};
                if (is_empty(m_plane, area)) continue;
                read_and_let_go(m_plane, area, values);
                if (!m_how.recode.empty())
                    for (masks::Value& each : values) each = m_how.recode[each];
                void* samples = values.data();
                if (!narrow.empty()) {
                    std::ranges::transform(values, narrow.begin(),
                                           [](masks::Value v) { return static_cast<std::uint8_t>(v); });
                    samples = narrow.data();
                }
                if (band.WriteBlock(static_cast<int>(x), static_cast<int>(y), samples) != CE_None)
                    return false;
            }
        }
        return true;
    }

    bool build_overviews(GDALDataset& dataset) {
        if (m_how.overviews.empty()) return true;
        std::vector<int> factors;
        const std::int64_t longest = std::max(m_plane.width_px(), m_plane.height_px());
        for (std::int64_t factor = 2; longest * 2 / factor > k_block_px; factor *= 2)
            factors.push_back(static_cast<int>(factor));
        if (factors.empty()) return true;
        dataset.FlushCache(false);
        GdalProgress rest = m_progress;
        rest.from = m_progress.from + 0.7 * (m_progress.to - m_progress.from);
        return dataset.BuildOverviews(m_how.overviews.c_str(), static_cast<int>(factors.size()),
                                      factors.data(), 0, nullptr, GdalProgress::call, &rest) == CE_None;
    }

    const LayerToWrite& m_layer;
    const masks::Plane& m_plane;
    const std::filesystem::path& m_file;
    const MaskTiff& m_how;
    GdalProgress m_progress;
};

}  // namespace

void describe_mask(const LayerToWrite& layer, GDALDataset& dataset, SideFile side_file) {
    GDALRasterBand& band = *dataset.GetRasterBand(1);
    if (band.GetRasterDataType() == GDT_Byte) {
        GDALColorTable palette(GPI_RGB);
        for (int value = 0; value < 256; ++value) {
            const GDALColorEntry color = entry_of(
                value == 0 ? 0 : color_of(layer.legend, static_cast<masks::Value>(value)), value != 0);
            palette.SetColorEntry(value, &color);
        }
        band.SetColorTable(&palette);
    }
    band.SetNoDataValue(0);
    dataset.SetMetadataItem("LIMN_MASK", to_json(layer.legend).c_str());
    put_georeference(layer.asset->georeference, dataset);
    if (side_file == SideFile::no) return;
    put_names(layer.legend, band);
    put_table(layer.legend, band);
}

base::Result<void> write_mask_tiff(const LayerToWrite& layer, const std::filesystem::path& file,
                                   const MaskTiff& how, GdalProgress progress) {
    return TiffWriter(layer, file, how, std::move(progress)).write();
}

}  // namespace formats
