// What an open raster of GDAL says of its values.

#include <gdal_rat.h>

#include "formats/mask_import.h"
#include "formats/text.h"
#include "geo/gdal.h"

namespace formats {

namespace {

std::optional<std::uint32_t> palette_color(GDALRasterBand& band, std::int64_t value) {
    const GDALColorTable* palette = band.GetColorTable();
    if (palette == nullptr || value >= palette->GetColorEntryCount()) return std::nullopt;
    const GDALColorEntry* color = palette->GetColorEntry(static_cast<int>(value));
    const auto channel = [](short c) { return static_cast<std::uint32_t>(c) & 255; };
    return channel(color->c1) << 16 | channel(color->c2) << 8 | channel(color->c3);
}

int column_of(const GDALRasterAttributeTable& table, GDALRATFieldUsage usage) {
    return table.GetColOfUsage(usage);
}

// Rows of single values with a name.
Legend legend_of_table(GDALRasterBand& band) {
    Legend legend;
    const GDALRasterAttributeTable* table = band.GetDefaultRAT();
    if (table == nullptr) return legend;
    int value = column_of(*table, GFU_MinMax);
    if (value < 0) value = column_of(*table, GFU_Min);
    const int name = column_of(*table, GFU_Name);
    if (name < 0 || value < 0) return legend;
    const int red = column_of(*table, GFU_Red), green = column_of(*table, GFU_Green),
              blue = column_of(*table, GFU_Blue);
    for (int row = 0; row < std::min(table->GetRowCount(), 65536); ++row) {
        const int of_row = table->GetValueAsInt(row, value);
        if (of_row < 0 || of_row > 65535) continue;
        LegendEntry entry{static_cast<masks::Value>(of_row), valid_utf8(table->GetValueAsString(row, name)),
                          "", palette_color(band, of_row)};
        if (red >= 0 && green >= 0 && blue >= 0) {
            const auto channel = [&](int column) {
                return static_cast<std::uint32_t>(std::clamp(table->GetValueAsInt(row, column), 0, 255));
            };
            entry.color_rgb = channel(red) << 16 | channel(green) << 8 | channel(blue);
        }
        legend.entries.push_back(std::move(entry));
    }
    return legend;
}

Legend legend_of_names(GDALRasterBand& band) {
    Legend legend;
    char** names = band.GetCategoryNames();
    for (std::int64_t value = 0; names != nullptr && names[value] != nullptr && value <= 65535; ++value)
        if (names[value][0] != '\0')
            legend.entries.push_back(
                {static_cast<masks::Value>(value), valid_utf8(names[value]), "", palette_color(band, value)});
    return legend;
}

// A palette without names says at least how values look.
Legend legend_of_palette(GDALRasterBand& band) {
    Legend legend;
    const GDALColorTable* palette = band.GetColorTable();
    for (int value = 1; palette != nullptr && value < palette->GetColorEntryCount(); ++value)
        legend.entries.push_back({static_cast<masks::Value>(value), "", "", palette_color(band, value)});
    return legend;
}

Legend legend_of(GDALDataset& dataset) {
    GDALRasterBand& band = *dataset.GetRasterBand(1);
    if (const char* own = dataset.GetMetadataItem("LIMN_MASK"))
        if (auto legend = legend_from_json(own)) return *legend;
    if (Legend legend = legend_of_table(band); !legend.entries.empty()) return legend;
    if (Legend legend = legend_of_names(band); !legend.entries.empty()) return legend;
    return legend_of_palette(band);
}

}  // namespace

base::Result<ValueRaster> value_raster_of(Importer& import, GDALDataset& dataset) {
    if (dataset.GetRasterCount() < 1) return import.malformed("The raster has no band");
    GDALRasterBand& band = *dataset.GetRasterBand(1);
    const GDALDataType type = band.GetRasterDataType();
    if (type != GDT_Byte && type != GDT_UInt16 && type != GDT_Int16 && type != GDT_Int32 &&
        type != GDT_UInt32)
        return base::fail(base::ErrorKind::unsupported,
                          "Masks are rasters of whole numbers, and this one holds {}; convert it first: {}",
                          GDALGetDataTypeName(type), import.file().string());
    if (dataset.GetRasterCount() > 1)
        import.report().add_warning(
            fmt::format("Of {} bands the first was taken as the mask.", dataset.GetRasterCount()));
    ValueRaster raster;
    raster.width_px = dataset.GetRasterXSize();
    raster.height_px = dataset.GetRasterYSize();
    raster.largest = type == GDT_Byte ? 255 : 65535;
    raster.georeference = georeference_of(dataset);
    raster.legend = legend_of(dataset);
    int has_nodata = 0;
    const double nodata = band.GetNoDataValue(&has_nodata);
    if (has_nodata != 0 && nodata >= INT32_MIN && nodata <= INT32_MAX && nodata == std::floor(nodata))
        raster.nodata = static_cast<std::int64_t>(nodata);
    raster.read = [&import, &band](const masks::PixelRect& area,
                                   std::span<std::int32_t> into) -> base::Result<void> {
        const geo::GdalMessages messages;
        if (band.RasterIO(GF_Read, static_cast<int>(area.x0), static_cast<int>(area.y0),
                          static_cast<int>(area.width()), static_cast<int>(area.height()), into.data(),
                          static_cast<int>(area.width()), static_cast<int>(area.height()), GDT_Int32, 0, 0,
                          nullptr) != CE_None)
            return import.malformed("The pixels cannot be read ({})", messages.reason());
        return {};
    };
    return raster;
}

}  // namespace formats
