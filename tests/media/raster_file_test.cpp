// What is read against what GDAL reads, for every sample type, layout and way of saying "nothing here".

#include "media/raster_file.h"

#include <cmath>
#include <fstream>

#include "media/raster_source.h"
#include "raster_fixtures.h"

using namespace raster_fixtures;
using media::PlaneType;
using media::RasterFile;

namespace {

RasterFile open(const fs::path& path) {
    auto file = RasterFile::open(path);
    REQUIRE_MESSAGE(file.has_value(), file.error().message);
    return std::move(*file);
}

media::PlanePtr plane(const RasterFile& file, media::TileAddress address, int band) {
    const std::array bands = {band};
    auto planes = file.read_tile(address, bands, {});
    REQUIRE(planes.has_value());
    return planes->front();
}

}  // namespace

TEST_CASE("every_sample_type_is_read_with_its_own_values") {
    const Folder folder;
    struct Case {
        GDALDataType type;
        PlaneType plane;
        double low, high;
    };
    const std::array cases = {
        Case{GDT_Byte, PlaneType::u8, 0, 255},          Case{GDT_UInt16, PlaneType::u16, 0, 65535},
        Case{GDT_Int16, PlaneType::i16, -32768, 32767}, Case{GDT_UInt32, PlaneType::f32, 0, 16777216},
        Case{GDT_Int32, PlaneType::f32, -70000, 70000}, Case{GDT_Float32, PlaneType::f32, -1.5, 3.25},
        Case{GDT_Float64, PlaneType::f32, -1e30, 1e30}, Case{GDT_CInt16, PlaneType::f32, 3, 3},
        Case{GDT_CFloat32, PlaneType::f32, 3, 3},       Case{GDT_CFloat64, PlaneType::f32, 3, 3},
    };
    for (const Case& c : cases) {
        const std::string name = GDALGetDataTypeName(c.type);
        CAPTURE(name);
        const fs::path path = make(folder.path / (name + ".tif"),
                                   {.width = 40, .height = 30, .type = c.type, .value = [&](int x, int, int) {
                                        return x % 2 == 0 ? c.low : c.high;
                                    }});
        const RasterFile file = open(path);
        const auto tile = plane(file, {0, 0, 0}, 1);
        CHECK(tile->type == c.plane);
        const bool complex = GDALDataTypeIsComplex(c.type) != 0;
        CHECK(tile->value(4, 7) == static_cast<float>(complex ? 5 : c.low));  // |3 + 4i|
        CHECK(tile->value(5, 29) == static_cast<float>(complex ? 5 : c.high));
        const media::PixelValues values = file.read_values(5, 29);
        CHECK(values.values.at(0) == doctest::Approx(complex ? 5 : c.high));
        if (complex) CHECK(values.text.at(0) == "3+4i");
    }
}

TEST_CASE("signed_bytes_are_signed") {
    const Folder folder;
    const fs::path path =
        make(folder.path / "i8.tif",
             {.width = 8, .height = 8, .options = {"PIXELTYPE=SIGNEDBYTE"}, .value = [](int x, int, int) {
                  return x == 0 ? 156.0 : 5.0;
              }});
    const RasterFile file = open(path);
    CHECK(file.info().bands[0].type == "Int8");
    CHECK(plane(file, {0, 0, 0}, 1)->value(0, 0) == -100);
    CHECK(file.read_values(0, 0).values.at(0) == -100);
    CHECK(file.read_values(1, 0).values.at(0) == 5);
}

TEST_CASE("tiles_of_every_layout_and_overview_are_gdals") {
    const Folder folder;
    for (const std::vector<std::string>& layout :
         {std::vector<std::string>{},
          {"TILED=YES", "COMPRESS=DEFLATE"},
          {"TILED=YES", "INTERLEAVE=BAND", "BLOCKXSIZE=256", "BLOCKYSIZE=256"}}) {
        const fs::path path =
            make(folder.path / "layout.tif",
                 {.width = 1300,
                  .height = 1100,
                  .bands = 3,
                  .type = GDT_UInt16,
                  .options = layout,
                  .more = [](GDALDatasetH made) {
                      const std::array factors = {2, 4};
                      REQUIRE(GDALBuildOverviews(made, "AVERAGE", 2, const_cast<int*>(factors.data()), 0,
                                                 nullptr, nullptr, nullptr) == CE_None);
                  }});
        const RasterFile file = open(path);
        const auto& levels = file.info().levels;
        REQUIRE(levels.size() >= 3);
        CHECK(levels[1] == media::RasterLevel{650, 550, media::RasterLevel::Origin::stored});
        CHECK(levels[2] == media::RasterLevel{325, 275, media::RasterLevel::Origin::stored});
        CHECK_FALSE(file.info().wants_pyramid);
        const auto corner = plane(file, {0, 2, 2}, 3);
        CHECK(corner->width == 1300 - 1024);
        CHECK(corner->height == 1100 - 1024);
        CHECK(corner->value(5, 9) == sample(path, 1029, 1033, 3));
        const auto dataset = media::open_dataset(path);
        double expected = 0;
        REQUIRE(GDALRasterIO(GDALGetOverview(GDALGetRasterBand(dataset->get(), 2), 1), GF_Read, 300, 200, 1,
                             1, &expected, 1, 1, GDT_Float64, 0, 0) == CE_None);
        CHECK(plane(file, {2, 0, 0}, 2)->value(300, 200) == expected);
        fs::remove(path);
    }
}

TEST_CASE("levels_go_down_to_one_tile_and_are_averaged_where_none_are_stored") {
    const Folder folder;
    const fs::path path =
        make(folder.path / "flat.tif", {.width = 2000, .height = 1500, .value = [](int x, int y, int) {
                                            return (x + y) % 2 == 0 ? 10 : 20;
                                        }});
    const RasterFile file = open(path);
    const auto& last = file.info().levels.back();
    CHECK(std::max(last.width, last.height) <= file.info().tile_px);
    CHECK(last.origin == media::RasterLevel::Origin::reduced);
    const auto coarse = plane(file, {static_cast<int>(file.info().levels.size()) - 1, 0, 0}, 1);
    CHECK(coarse->value(100, 100) == doctest::Approx(15).epsilon(0.05));
}

TEST_CASE("what_says_nothing_is_here_is_told") {
    const Folder folder;
    const fs::path nodata = make(folder.path / "nodata.tif",
                                 {.type = GDT_Float32, .more = [](GDALDatasetH made) {
                                      GDALSetRasterNoDataValue(GDALGetRasterBand(made, 1), std::nan(""));
                                  }});
    CHECK(std::isnan(open(nodata).info().bands[0].nodata.value()));
    const fs::path odd = make(folder.path / "odd.tif", {.more = [](GDALDatasetH made) {
                                  GDALSetRasterNoDataValue(GDALGetRasterBand(made, 1), -10000);
                              }});
    REQUIRE(open(odd).info().faults.size() == 1);
    CHECK(open(odd).info().faults[0].contains("cannot occur"));

    const fs::path alpha =
        make(folder.path / "alpha.tif",
             {.bands = 4, .options = {"ALPHA=YES", "PHOTOMETRIC=RGB"}, .value = [](int x, int, int band) {
                  return band == 4 ? (x < 300 ? 0 : 200) : 50.0;
              }});
    const RasterFile with_alpha = open(alpha);
    CHECK(with_alpha.info().mask_band == 0);
    CHECK(with_alpha.info().mask == "alpha band 4");
    CHECK(plane(with_alpha, {0, 0, 0}, 0)->value(10, 10) == 0);
    CHECK(plane(with_alpha, {0, 0, 0}, 0)->value(400, 10) == 200);

    const fs::path masked = make(folder.path / "masked.tif", {.more = [](GDALDatasetH made) {
                                     REQUIRE(GDALCreateDatasetMaskBand(made, GMF_PER_DATASET) == CE_None);
                                     GDALRasterBandH mask = GDALGetMaskBand(GDALGetRasterBand(made, 1));
                                     std::vector<std::uint8_t> row(600, 255);
                                     std::fill_n(row.begin(), 100, std::uint8_t{0});
                                     for (int y = 0; y < 500; ++y)
                                         REQUIRE(GDALRasterIO(mask, GF_Write, 0, y, 600, 1, row.data(), 600,
                                                              1, GDT_Byte, 0, 0) == CE_None);
                                 }});
    const RasterFile with_mask = open(masked);
    CHECK(with_mask.info().mask == "mask of the file");
    CHECK(plane(with_mask, {0, 0, 0}, 0)->value(99, 250) == 0);
    CHECK(plane(with_mask, {0, 0, 0}, 0)->value(100, 250) == 255);
}

TEST_CASE("a_broken_block_is_marked_and_the_rest_is_read") {
    const Folder folder;
    const fs::path path =
        make(folder.path / "cut.tif",
             {.width = 512,
              .height = 512,
              .options = {"TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128", "COMPRESS=DEFLATE"}});
    // Blocks are written in order, so the end of the file holds the last of them; the directory stands before
    // them.
    std::string bytes;
    {
        std::ifstream in{path, std::ios::binary};
        bytes.assign(std::istreambuf_iterator<char>{in}, {});
    }
    std::fill(bytes.end() - 600, bytes.end() - 8, '\x5A');
    std::ofstream{path, std::ios::binary} << bytes;
    const RasterFile file = open(path);
    const auto tile = plane(file, {0, 0, 0}, 1);
    REQUIRE_FALSE(tile->broken.empty());
    CHECK_FALSE(tile->why_broken.empty());
    std::int64_t broken_px = 0;
    for (const media::TileRect& part : tile->broken)
        broken_px += std::int64_t{part.x1 - part.x0} * (part.y1 - part.y0);
    CHECK(broken_px % (128 * 128) == 0);
    CHECK(broken_px < 512 * 512 / 2);
    CHECK(tile->value(3, 4) == (3 * 7 + 4 * 13 + 29) % 200 + 1);
}

TEST_CASE("what_is_no_raster_is_refused_in_one_sentence") {
    const Folder folder;
    std::ofstream{folder.path / "text.tif"} << "this is no TIFF";
    std::ofstream{folder.path / "empty.tif"};
    std::ofstream{folder.path / "gone.vrt"}
        << "<VRTDataset rasterXSize=\"10\" rasterYSize=\"10\"><VRTRasterBand dataType=\"Byte\" band=\"1\">"
           "<SimpleSource><SourceFilename>nowhere.tif</SourceFilename><SourceBand>1</SourceBand>"
           "<SrcRect xOff=\"0\" yOff=\"0\" xSize=\"10\" ySize=\"10\"/><DstRect xOff=\"0\" yOff=\"0\" "
           "xSize=\"10\" ySize=\"10\"/>"
           "</SimpleSource></VRTRasterBand></VRTDataset>";
    for (const char* name : {"text.tif", "empty.tif", "missing.tif"}) {
        const auto file = RasterFile::open(folder.path / name);
        REQUIRE_FALSE(file.has_value());
        CHECK(file.error().message.ends_with(name));
        CHECK(file.error().message.find('\n') == std::string::npos);
    }
    // A mosaic opens without its parts, so that it can be seen which are missing.
    const RasterFile mosaic = open(folder.path / "gone.vrt");
    CHECK_FALSE(plane(mosaic, {0, 0, 0}, 1)->broken.empty());
}

TEST_CASE("a_huge_sparse_raster_costs_nothing_until_it_is_looked_at") {
    const Folder folder;
    geo::set_up_gdal();
    char** options = CSLAddString(nullptr, "SPARSE_OK=TRUE");
    options = CSLAddString(options, "TILED=YES");
    options = CSLAddString(options, "BIGTIFF=YES");
    const fs::path path = folder.path / "huge.tif";
    GDALClose(GDALCreate(GDALGetDriverByName("GTiff"), path.c_str(), 400000, 300000, 1, GDT_Byte, options));
    CSLDestroy(options);
    const RasterFile file = open(path);
    CHECK(file.info().width_px == 400000);
    CHECK(file.info().wants_pyramid);
    CHECK(plane(file, {0, 781, 585}, 1)->width == 400000 - 781 * 512);
}

TEST_CASE("absurd_blocks_are_refused_before_they_are_read") {
    const Folder folder;
    const fs::path path = make(folder.path / "a.tif", {.width = 20, .height = 20});
    const auto dataset = media::open_dataset(path);
    media::RasterInfo info = media::describe_raster(dataset->get(), path);
    CHECK(media::check_raster(dataset->get(), info).has_value());
    info.bands[0].block_width = info.bands[0].block_height = 60000;
    const auto refused = media::check_raster(dataset->get(), info);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.contains("60000 × 60000"));
    info.bands.clear();
    CHECK_FALSE(media::check_raster(dataset->get(), info).has_value());
}

TEST_CASE("small_plain_pictures_are_left_to_the_video_reader") {
    const Folder folder;
    const fs::path tiff = make(folder.path / "a.tif", {.width = 20, .height = 20, .bands = 3});
    CHECK(media::is_raster(tiff));
    const auto dataset = media::open_dataset(tiff);
    const fs::path png = folder.path / "a.png";
    GDALClose(GDALCreateCopy(GDALGetDriverByName("PNG"), png.c_str(), dataset->get(), FALSE, nullptr, nullptr,
                             nullptr));
    CHECK_FALSE(media::is_raster(png));
    std::ofstream{folder.path / "a.wld"} << "2\n0\n0\n-2\n100\n200\n";
    CHECK(media::is_raster(png));  // it has a place on the ground now
    const fs::path deep = make(folder.path / "deep.tif", {.width = 20, .height = 20, .type = GDT_UInt16});
    const auto deep_dataset = media::open_dataset(deep);
    const fs::path deep_png = folder.path / "deep.png";
    GDALClose(GDALCreateCopy(GDALGetDriverByName("PNG"), deep_png.c_str(), deep_dataset->get(), FALSE,
                             nullptr, nullptr, nullptr));
    CHECK(media::is_raster(deep_png));
    CHECK(media::is_gdal_name("/vsizip/a.zip/b.tif"));
    CHECK_FALSE(media::is_gdal_name("folder:with:colons/b.tif"));
}

TEST_CASE("the_place_on_the_ground_is_the_files") {
    const Folder folder;
    const std::array<double, 6> rotated = {100, 17, 5, 200, 10, -8};
    const fs::path path =
        make(folder.path / "rotated.tif", {.width = 20, .height = 20, .more = [&](GDALDatasetH made) {
                                               GDALSetGeoTransform(made, const_cast<double*>(rotated.data()));
                                           }});
    const media::RasterInfo info = open(path).info();
    REQUIRE(info.reference.geotransform.has_value());
    CHECK(*info.reference.geotransform == rotated);
    CHECK(info.reference.crs.empty());
    REQUIRE(info.faults.size() == 1);
    CHECK(info.faults[0].contains("does not name"));
    CHECK(open(make(folder.path / "nowhere.tif", {.width = 9, .height = 9})).info().reference.empty());
}

TEST_CASE("the_shared_rasters_are_read_as_gdal_reads_them") {
    const fs::path shared = fs::path{LIMN_SOURCE_DIR}.parent_path() / "shared/data/raster";
    if (!fs::exists(shared)) {
        MESSAGE("There are no shared rasters here; skipped");
        return;
    }
    int seen = 0;
    for (const auto& entry : fs::directory_iterator(shared)) {
        if (entry.path().extension() != ".tif") continue;
        CAPTURE(entry.path().string());
        const RasterFile file = open(entry.path());
        const media::RasterInfo& info = file.info();
        CHECK(media::is_raster(entry.path()));
        for (int i = 0; i < 20; ++i) {
            const int x = static_cast<int>(std::int64_t{info.width_px} * i / 20);
            const int y = static_cast<int>(std::int64_t{info.height_px} * ((i * 7) % 20) / 20);
            const media::PixelValues values = file.read_values(x, y);
            const auto tile = plane(file, {0, x / info.tile_px, y / info.tile_px}, 1);
            if (!values.error.empty()) {
                CHECK_FALSE(tile->broken.empty());
                continue;
            }
            const double expected = sample(entry.path(), x, y, 1);
            const float got = tile->value(x % info.tile_px, y % info.tile_px);
            if (std::isnan(expected)) {
                CHECK(std::isnan(got));
                continue;
            }
            CHECK(values.values.at(0) == expected);
            CHECK(got == static_cast<float>(expected));
        }
        ++seen;
    }
    CHECK(seen >= 12);
}
