// One program a target; CMake sets LIMN_FUZZ_TARGET and, for those of the media layer, LIMN_FUZZ_MEDIA.

#include <cstdint>

#ifdef LIMN_FUZZ_MEDIA
#include "media_entry.h"
#else
#include "fuzz_entry.h"
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
#ifdef LIMN_FUZZ_MEDIA
    fuzz::run_media(LIMN_FUZZ_TARGET, bytes);
#else
    fuzz::run(LIMN_FUZZ_TARGET, bytes);
#endif
    return 0;
}
