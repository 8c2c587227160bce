// One program a target; CMake sets LIMN_FUZZ_TARGET.

#include <cstdint>

#include "fuzz_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::run(LIMN_FUZZ_TARGET, std::as_bytes(std::span(data, size)));
    return 0;
}
