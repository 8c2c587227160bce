// The seeds of tests/fuzz and their mutations through every reader of the media layer.

#include "damage.h"
#include "tests/fuzz/media_entry.h"
#include "tests/fuzz/replay.h"

TEST_CASE("mutated_tables_are_read_or_refused_and_nothing_breaks") {
    for (const std::string_view target : fuzz::k_media_targets)
        fuzz::replay(std::string{target}, fuzz::run_media,
                     [](std::size_t n, const std::string& seed, const std::string& other) {
                         damage::Random random{n};
                         return damage::damaged(seed, static_cast<damage::Kind>(n % damage::k_kinds), other,
                                                random);
                     });
}
