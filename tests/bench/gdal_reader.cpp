#include "gdal_reader.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include <gdal.h>

#include "bench.h"
#include "geo/gdal.h"

namespace bench {

static GDALDatasetH open(const std::filesystem::path& file) {
    geo::set_up_gdal();
    GDALDatasetH dataset = GDALOpen(file.c_str(), GA_ReadOnly);
    if (dataset == nullptr) give_up("GDAL cannot open " + file.string());
    return dataset;
}

double gdal_secs_for_view(const std::filesystem::path& file, std::array<int, 4> window, int width,
                          int height) {
    return secs_of(wall_secs, [&] {
        GDALDatasetH dataset = open(file);
        const auto [x, y, w, h] = window;
        const int bands = std::min(GDALGetRasterCount(dataset), 3);
        const double scale = std::min({double(width) / w, double(height) / h, 1.0});
        const int out_w = std::max(int(w * scale), 1), out_h = std::max(int(h * scale), 1);
        std::vector<std::uint8_t> picture(std::size_t(out_w) * out_h * bands);
        if (GDALDatasetRasterIO(dataset, GF_Read, x, y, std::min(w, GDALGetRasterXSize(dataset) - x),
                                std::min(h, GDALGetRasterYSize(dataset) - y), picture.data(), out_w, out_h,
                                GDT_Byte, bands, nullptr, 0, 0, 0) != CE_None)
            give_up("GDAL cannot read " + file.string());
        GDALClose(dataset);
    });
}

double gdal_secs_for_tiles(const std::filesystem::path& file, const std::vector<media::TileAddress>& tiles,
                           int tile_px, int threads, Kept kept) {
    std::vector<GDALDatasetH> datasets;
    for (int i = 0; i < threads; ++i) datasets.push_back(open(file));
    const std::size_t tile_bytes = std::size_t(tile_px) * tile_px * 3;
    std::vector<std::vector<std::uint8_t>> all(kept == Kept::all ? tiles.size() : 0);
    const double secs = secs_of(wall_secs, [&] {
        std::atomic<std::size_t> next{0};
        std::vector<std::jthread> workers;
        for (GDALDatasetH dataset : datasets)
            workers.emplace_back([&, dataset] {
                std::vector<std::uint8_t> tile(tile_bytes);
                for (std::size_t i = next++; i < tiles.size(); i = next++) {
                    if (GDALDatasetRasterIO(dataset, GF_Read, tiles[i].x * tile_px, tiles[i].y * tile_px,
                                            tile_px, tile_px, tile.data(), tile_px, tile_px, GDT_Byte, 3,
                                            nullptr, 0, 0, 0) != CE_None)
                        give_up("GDAL cannot read a tile");
                    if (kept == Kept::all) all[i] = tile;
                }
            });
    });
    for (GDALDatasetH dataset : datasets) GDALClose(dataset);
    return secs;
}

}  // namespace bench
