#pragma once
// Where the pixels of a raster of values lie on a medium.

#include <memory>
#include <span>

#include "formats/mask_import.h"

namespace formats {

constexpr std::int32_t k_outside = INT32_MIN;  // what a pixel is that the raster does not cover

class MaskPlace {
public:
    // Errors: refused (another size and no place, a place that cannot be used).
    [[nodiscard]] static base::Result<MaskPlace> create(const ValueRaster& raster, const labels::Asset& asset,
                                                        const std::filesystem::path& file);
    MaskPlace(MaskPlace&&) noexcept;
    ~MaskPlace();

    // Of an area of the medium. False: the raster covers none of it.
    [[nodiscard]] base::Result<bool> read(const masks::PixelRect& area, std::span<std::int32_t> into);

    [[nodiscard]] bool resampled() const;
    [[nodiscard]] bool touches() const;  // something was covered by what was read so far
    [[nodiscard]] bool partial() const;  // and something was not

private:
    struct Impl;
    explicit MaskPlace(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace formats
