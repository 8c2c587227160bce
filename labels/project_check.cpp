#include "labels/project_check.h"

#include <algorithm>
#include <set>

#include "labels/json.h"
#include "labels/projection.h"

namespace labels {

namespace {

constexpr std::size_t k_most_faults = 100;
constexpr int k_most_searches = 20;  // for media that are not where they were

class Check {
public:
    Check(Database& database, const std::filesystem::path& path) : m_database{database}, m_path{path} {}

    CheckReport run() {
        check_pages();
        check_blocks();
        replay();
        check_lost();
        auto stored = read_projection(m_database, m_path);
        if (!stored) {
            fault("{}", stored.error().message);
        } else {
            if (m_replayable) compare(*stored);
            check_labels(*stored);
            check_media(*stored);
        }
        if (m_hidden > 0) m_report.faults.push_back(fmt::format("There are {} more faults.", m_hidden));
        return std::move(m_report);
    }

private:
    template <class... Args>
    void fault(fmt::format_string<Args...> format, Args&&... args) {
        if (m_report.faults.size() >= k_most_faults) {
            ++m_hidden;
        } else {
            m_report.faults.push_back(fmt::format(format, std::forward<Args>(args)...));
        }
    }

    void check_pages() {
        auto rows = m_database.prepare("PRAGMA integrity_check(20)");
        if (!rows) return fault("{}", rows.error().message);
        auto row = rows->step();
        for (; row && *row; row = rows->step()) {
            if (rows->text(0) != "ok") fault("SQLite finds the file damaged: {}.", rows->text(0));
        }
        if (!row) fault("{}", row.error().message);
    }

    void check_blocks() {
        auto found = block_damage(m_database);
        if (!found) return fault("{}", found.error().message);
        if (found->damaged > 0)
            fault("{} tiles of masks are damaged; those that have a second copy are read from that.",
                  found->damaged);
        m_known_lost = found->known_lost;
    }

    void check_lost() {
        const auto lost = std::ssize(m_lost) - m_known_lost;
        if (lost > 0) {
            fault(
                "Tiles of masks have no copy left ({}); they are unlabelled, and what changed them cannot be "
                "undone.",
                lost);
        }
        if (m_known_lost > 0) {
            m_report.warnings.push_back(fmt::format(
                "Tiles of masks were lost before the project was repaired ({}); what changed them cannot be "
                "undone.",
                m_known_lost));
        }
    }

    void replay() {
        EventLog log(m_database);
        m_log = &log;
        auto read = log.each(std::numeric_limits<std::int64_t>::min(), EventLog::Edits::none,
                             [&](base::Result<StoredEvent> stored) {
                                 ++m_report.events;
                                 if (stored) {
                                     replay(std::move(*stored));
                                 } else {
                                     fault("{}.", stored.error().message);
                                     m_replayable = false;
                                 }
                                 return true;
                             });
        if (read) return;
        fault("{}", read.error().message);
        m_replayable = false;
    }

    void replay(StoredEvent stored) {
        const Event& event = stored.event;
        if (const std::string broken = m_chain.fault(stored); !broken.empty()) fault("{}", broken);
        if (event.time_us < m_time_us) {
            m_report.warnings.push_back(fmt::format(
                "Event {} is dated before the one it follows; the clock was set back.", event.seq));
        }
        m_time_us = event.time_us;
        if (auto done = m_log->parse(stored); !done) {
            fault("Event {} (\"{}\") cannot be read: {}", event.seq, event.name, done.error().message);
            m_replayable = false;
            return;
        }
        m_lost.insert(stored.lost.begin(), stored.lost.end());
        if (m_replayable) check_before(event, *event.edit);
        if (!follow(m_history, event.kind, event.target, {event.seq, event.name, nullptr})) {
            fault("Event {} takes back or repeats event {}, which was not next in turn.", event.seq,
                  event.target);
        }
        apply(*event.edit, m_replayed);
    }

    // What an event says was there before must have been there.
    void check_before(const Event& event, const Edit& edit) {
        if (edit.ontology && edit.ontology->before.value_or(Ontology{}) != m_replayed.ontology) {
            fault("Event {} changes the classes from something they were not.", event.seq);
        }
        for (const auto& [id, change] : edit.assets) {
            if (starts_from(change, m_replayed.find(id))) continue;
            fault("Event {} changes the medium {} from something it was not.", event.seq,
                  base::to_string(id.uuid));
        }
        for (const auto& [id, change] : edit.tracks) {
            if (starts_from(change, m_replayed.find(id))) continue;
            fault("Event {} changes the track {} from something it was not.", event.seq,
                  base::to_string(id.uuid));
        }
        for (const auto& [id, change] : edit.masks) {
            if (starts_from(change, m_replayed.find(id))) continue;
            fault("Event {} changes the mask {} from something it was not.", event.seq,
                  base::to_string(id.uuid));
        }
        for (const auto& [id, change] : edit.grids) {
            if (starts_from(change, m_replayed.grid_of(id))) continue;
            fault("Event {} changes the inspection grid of the medium {} from something it was not.",
                  event.seq, base::to_string(id.uuid));
        }
    }

    void compare(const State& stored) {
        if (state_hash(stored) == state_hash(m_replayed)) return;
        if (stored.ontology != m_replayed.ontology) fault("The classes are not what the log says.");
        for (const Asset& asset : m_replayed.assets) {
            const Asset* there = stored.find(asset.id);
            if (there == nullptr) fault("The medium \"{}\" of the log is gone.", asset.name);
            if (there != nullptr && *there != asset)
                fault("The medium \"{}\" is not what the log says.", asset.name);
        }
        for (const Asset& asset : stored.assets) {
            if (m_replayed.find(asset.id) == nullptr)
                fault("The medium \"{}\" is not in the log.", asset.name);
        }
        for (const auto& [id, track] : m_replayed.tracks) {
            const Track* there = stored.find(id);
            if (there == nullptr) fault("Track {} of the log is gone.", title(m_replayed, *track));
            if (there != nullptr && *there != *track)
                fault("Track {} is not what the log says.", title(m_replayed, *track));
        }
        for (const auto& [id, track] : stored.tracks) {
            if (m_replayed.find(id) == nullptr) fault("Track {} is not in the log.", title(stored, *track));
        }
        for (const auto& [id, grid] : m_replayed.grids) {
            const InspectionGrid* there = stored.grid_of(id);
            if (there == nullptr)
                fault("The inspection grid of {} in the log is gone.", medium(m_replayed, id));
            if (there != nullptr && *there != *grid)
                fault("The inspection grid of {} is not what the log says.", medium(m_replayed, id));
        }
        for (const auto& [id, layer] : m_replayed.mask_layers) {
            const MaskLayer* there = stored.find(id);
            if (there == nullptr) {
                fault("The mask \"{}\" of the log is gone.", layer->info.name);
            } else if (there->info != layer->info || !tile_changes(layer->plane, there->plane).empty()) {
                fault("The mask \"{}\" is not what the log says.", layer->info.name);
            }
        }
        for (const auto& [id, layer] : stored.mask_layers) {
            if (m_replayed.find(id) == nullptr) fault("The mask \"{}\" is not in the log.", layer->info.name);
        }
        for (const auto& [id, grid] : stored.grids) {
            if (m_replayed.grid_of(id) == nullptr)
                fault("The inspection grid of {} is not in the log.", medium(stored, id));
        }
    }

    static std::string title(const State& state, const Track& track) {
        return fmt::format("{} ({})", display_name(track.info, state.ontology),
                           base::to_string(track.info.id.uuid));
    }

    static std::string medium(const State& state, AssetId id) {
        const Asset* asset = state.find(id);
        return asset != nullptr ? fmt::format("the medium \"{}\"", asset->name)
                                : fmt::format("the medium {}", base::to_string(id.uuid));
    }

    void check_labels(const State& state) {
        for (const auto& [id, grid] : state.grids) {
            if (state.find(id) == nullptr)
                fault("An inspection grid is of {}, which is not in the project.", medium(state, id));
        }
        for (const auto& [id, layer] : state.mask_layers) {
            if (state.find(layer->info.asset) == nullptr)
                fault("The mask \"{}\" is of {}, which is not in the project.", layer->info.name,
                      medium(state, layer->info.asset));
            for (const MaskValue& value : layer->info.values) {
                if (state.ontology.find(value.class_id) == nullptr)
                    fault("Value {} of the mask \"{}\" is of a class that does not exist.", value.value,
                          layer->info.name);
            }
        }
        for (const auto& [id, track] : state.tracks) {
            const std::string& name = title(state, *track);
            if (state.find(track->info.asset) == nullptr)
                fault("Track {} is on a medium that is not in the project.", name);
            if (state.ontology.find(track->info.class_id) == nullptr)
                fault("Track {} is of a class that does not exist.", name);
            check_keyframes(*track, name);
        }
    }

    void check_keyframes(const Track& track, const std::string& name) {
        const Keyframe* last = nullptr;
        for (const Keyframe& keyframe : track.keyframes) {
            if (last != nullptr && last->frame >= keyframe.frame)
                fault("Track {} has frame {} out of order.", name, keyframe.frame);
            if (!is_sound(keyframe.geometry) || !fits(keyframe.geometry, track.info.shape)) {
                fault("Track {} has no right {} at frame {}.", name, name_of(track.info.shape),
                      keyframe.frame);
            }
            last = &keyframe;
        }
    }

    void check_media(const State& state) {
        int searches = 0;
        for (const Asset& asset : state.assets) {
            if (searches == k_most_searches) {
                m_report.warnings.push_back("More media may be missing; the search ended here.");
                return;
            }
            if (auto found = locate_media(asset, m_path); !found) {
                m_report.warnings.push_back(found.error().message);
                ++searches;
            }
        }
    }

    Database& m_database;
    const std::filesystem::path& m_path;
    EventLog* m_log = nullptr;  // while it is replayed
    CheckReport m_report;
    std::size_t m_hidden = 0;
    ChainCheck m_chain;
    std::set<base::Sha256> m_lost;  // blocks that the log names and nobody has
    std::int64_t m_known_lost = 0;
    State m_replayed;
    History m_history;
    std::int64_t m_time_us = std::numeric_limits<std::int64_t>::min();
    bool m_replayable =
        true;  // false once an event could not be read: the rest of the log then says too little
};

}  // namespace

std::string ChainCheck::fault(const StoredEvent& stored) {
    const Event& event = stored.event;
    const std::int64_t expected = m_seq + 1;
    const bool follows = stored.prev_hash == m_hash;
    m_seq = event.seq;
    m_hash = stored.hash;
    if (event.seq != expected)
        return fmt::format("Event {} follows event {}; some are missing.", event.seq, expected - 1);
    if (chain_hash(stored.prev_hash, event, stored.changes) != stored.hash) {
        return fmt::format("Event {} (\"{}\") was changed after it was written: its hash does not fit.",
                           event.seq, event.name);
    }
    if (!follows) return fmt::format("Event {} does not carry the hash of the event before it.", event.seq);
    return {};
}

CheckReport check_project(Database& database, const std::filesystem::path& path) {
    return Check(database, path).run();
}

}  // namespace labels
