#pragma once
// Masks in the project file: the current pixels by tiles, and the blocks that the log speaks of by their
// hash.

#include <unordered_map>

#include "labels/edit.h"
#include "labels/sqlite.h"

namespace labels {

// The blocks of the log. Each is kept once, however many events name it.
class BlockTable {
public:
    explicit BlockTable(Database& database) : m_database{&database} {}
    // Those that an edit leaves behind; those that it finds came with an earlier event. A row that is
    // damaged or says that the block is lost is made good.
    [[nodiscard]] base::Result<void> keep(const Edit& edit);
    // One that is damaged or gone is looked for among the current tiles. Null: it is lost.
    [[nodiscard]] base::Result<masks::BlockPtr> find(const base::Sha256& hash);
    // Writes down that a repair found no copy: as a row without data.
    [[nodiscard]] base::Result<void> mark_lost(const base::Sha256& hash);

private:
    Database* m_database;
    std::unordered_map<std::string, std::weak_ptr<const masks::Block>> m_known;  // what two events share
    std::size_t m_known_at_most = 4096;  // then those that are gone are forgotten
};

// Inside the caller's SQLite transaction.
[[nodiscard]] base::Result<void> write_mask(Database& database, MaskLayerId id, const MaskEdit& edit);

// A tile that is damaged is taken from the log; one that is not there either is unlabelled.
[[nodiscard]] base::Result<void> read_masks(Database& database, State& state,
                                            const std::filesystem::path& shown);

struct BlockDamage {
    std::int64_t damaged = 0;     // rows of mask_tile and mask_block that are not what their hash says
    std::int64_t known_lost = 0;  // those of which a repair said so
};
[[nodiscard]] base::Result<BlockDamage> block_damage(Database& database);

// What the 16 × 16 tiles of a page hold, row by row, as runs: "255x0 1x*" (a value, or * for samples of its
// own). Public for its test.
constexpr std::int32_t k_page_tiles = 16;
using PageCodes = std::vector<std::int32_t>;  // of each tile its value, or -1: it has a row in mask_tile
[[nodiscard]] std::string codes_to_text(const PageCodes& codes);
[[nodiscard]] std::optional<PageCodes> codes_from_text(std::string_view text);

}  // namespace labels
