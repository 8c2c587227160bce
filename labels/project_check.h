#pragma once
// Whether a project is what its log says: the checks behind `limn check`, and what a repair can still trust.

#include "labels/event_log.h"
#include "labels/project_file.h"

namespace labels {

[[nodiscard]] CheckReport check_project(Database& database, const std::filesystem::path& path);

// Takes events one after the other and says what is wrong with each. The log is sound as far as no fault is
// said.
class ChainCheck {
public:
    // Empty: the event follows from the one before it and its hash is right.
    [[nodiscard]] std::string fault(const StoredEvent& stored);
    [[nodiscard]] std::int64_t last_seq() const { return m_seq; }

private:
    std::int64_t m_seq = 0;
    base::Sha256 m_hash{};
};

}  // namespace labels
