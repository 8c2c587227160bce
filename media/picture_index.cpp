#include "media/picture_index.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include <fmt/format.h>

namespace media {
namespace {

constexpr std::int64_t k_flag_key = 1, k_flag_discard = 2, k_flag_hidden = 4, k_flag_no_dts = 8,
                       k_flag_bad_key = 16;

bool presentable(const Picture& picture) { return !picture.discard && !picture.hidden; }

void add_once(std::vector<std::string>& faults, std::string sentence) {
    if (std::ranges::find(faults, sentence) == faults.end()) faults.push_back(std::move(sentence));
}

}  // namespace

PictureIndex::Stored PictureIndex::pack(const Picture& picture) {
    // Damaged files carry any numbers at all: what does not fit counts as not known.
    std::int64_t delta = 0;
    const bool both = picture.dts != k_no_time && picture.pts != k_no_time;
    const bool fits = both && !__builtin_sub_overflow(picture.pts, picture.dts, &delta) &&
                      delta >= INT32_MIN && delta <= INT32_MAX;
    const std::int64_t pos = picture.pos >= 0 && picture.pos < (1ll << 54) ? picture.pos : -1;
    std::int64_t flags = 0;
    if (picture.key) flags |= k_flag_key;
    if (picture.discard) flags |= k_flag_discard;
    if (picture.hidden) flags |= k_flag_hidden;
    if (!fits) flags |= k_flag_no_dts;
    if (picture.bad_key) flags |= k_flag_bad_key;
    // Without a presentation time the stamp's place holds the decoding time, until present() writes the real
    // one.
    const std::int64_t stamp = picture.pts != k_no_time ? picture.pts : picture.dts;
    return {.pts = stamp,
            .pos_and_flags = pos * 256 + flags,
            .pts_minus_dts = fits ? static_cast<std::int32_t>(delta) : 0,
            .size_bytes = picture.size_bytes,
            .frame = k_no_ordinal};
}

Picture PictureIndex::unpack(const Stored& stored) {
    const std::int64_t flags = stored.pos_and_flags & 255;
    Picture picture;
    picture.pts = stored.pts;
    picture.dts = (flags & k_flag_no_dts) != 0 ? k_no_time : stored.pts - stored.pts_minus_dts;
    picture.pos = stored.pos_and_flags >> 8;
    picture.size_bytes = stored.size_bytes;
    picture.key = (flags & k_flag_key) != 0;
    picture.discard = (flags & k_flag_discard) != 0;
    picture.hidden = (flags & k_flag_hidden) != 0;
    picture.bad_key = (flags & k_flag_bad_key) != 0;
    return picture;
}

void PictureIndex::note_stored(State& state, const Picture& picture) {
    const auto ordinal = static_cast<Ordinal>(state.stored.size());
    if (!presentable(picture)) ++state.facts.hidden;
    if (picture.discard) state.facts.edit_list = true;
    if (picture.key) {
        ++state.facts.keyframes;
        if (picture.bad_key) ++state.facts.bad_keys;
        state.key_places.push_back(ordinal);
    }
    state.facts.stored = ordinal + 1;
    state.stored.push_back(pack(picture));
}

// From each keyframe up to the next; the last group ends with the film.
void PictureIndex::measure_groups(State& state) {
    IndexFacts& facts = state.facts;
    facts.shortest_gop = facts.longest_gop = 0;
    Ordinal begin = 0;
    const auto count_group = [&](Ordinal end) {
        const std::int64_t length = end - begin;
        facts.longest_gop = std::max(facts.longest_gop, length);
        facts.shortest_gop = facts.shortest_gop == 0 ? length : std::min(facts.shortest_gop, length);
        begin = end;
    };
    for (const Ordinal key : state.key_places)
        if (key > begin) count_group(key);
    count_group(static_cast<Ordinal>(state.stored.size()));
}

void PictureIndex::push_presented(State& state, Ordinal ordinal) {
    Stored& stored = state.stored[ordinal];
    const auto frame = static_cast<std::uint32_t>(state.presented.size());
    stored.frame = frame;
    state.presented.push_back(ordinal);
    if ((stored.pos_and_flags & k_flag_key) != 0) state.keys.push_back(frame);
    IndexFacts& facts = state.facts;
    facts.frame_count = frame + 1;
    if (frame == 0) facts.first_pts = stored.pts;
    if (frame > 0) {
        std::int64_t step = 0;
        if (__builtin_sub_overflow(stored.pts, facts.last_pts, &step))
            step = std::numeric_limits<std::int64_t>::max();
        facts.min_step = frame == 1 ? step : std::min(facts.min_step, step);
        facts.max_step = frame == 1 ? step : std::max(facts.max_step, step);
        if (step == 0) ++state.facts.equal_stamps;
    }
    facts.last_pts = stored.pts;
}

// A stamp lower than one already numbered: every number from there on moves.
void PictureIndex::present_late(State& state, Ordinal ordinal) {
    state.stored[ordinal].frame = k_no_ordinal;
    const std::int64_t at = first_frame_after(state, state.stored[ordinal].pts);
    std::vector<Ordinal> moved{ordinal};
    moved.insert(moved.end(), state.presented.begin() + at, state.presented.end());
    state.presented.resize(static_cast<std::size_t>(at));
    std::erase_if(state.keys, [at](std::uint32_t frame) { return frame >= at; });
    if (at > 0) state.facts.last_pts = state.stored[state.presented.back()].pts;
    for (const Ordinal each : moved) push_presented(state, each);
    ++state.facts.late_stamps;
}

// First frame whose pts is not below.
std::int64_t PictureIndex::lower_frame(const State& state, std::int64_t pts) {
    const auto below = [&state](Ordinal ordinal, std::int64_t value) {
        return state.stored[ordinal].pts < value;
    };
    return std::lower_bound(state.presented.begin(), state.presented.end(), pts, below) -
           state.presented.begin();
}

std::int64_t PictureIndex::first_frame_after(const State& state, std::int64_t pts) {
    const auto above = [&state](std::int64_t value, Ordinal ordinal) {
        return value < state.stored[ordinal].pts;
    };
    return std::upper_bound(state.presented.begin(), state.presented.end(), pts, above) -
           state.presented.begin();
}

void PictureIndex::restart(Identity identity) {
    State fresh;
    fresh.identity = identity;
    fresh.sorted = identity == Identity::pts;
    const std::lock_guard lock{m_mutex};
    fresh.facts.faults = std::move(m_state.facts.faults);
    std::swap(m_state, fresh);
    ++m_generation;
}

void PictureIndex::recognise_by_position() {
    const std::lock_guard lock{m_mutex};
    m_state.identity = Identity::position;
    m_state.facts.clock_moved = true;
    ++m_generation;
}

void PictureIndex::assign(const IndexContent& content) {
    State fresh;
    fresh.identity = content.identity;
    fresh.facts.faults = content.faults;
    fresh.facts.late_stamps = content.late_stamps;
    fresh.facts.clock_moved = content.clock_moved;
    fresh.facts.verified = content.verified;
    fresh.facts.undecodable = content.undecodable;
    const std::vector<Picture>& pictures = content.pictures;
    for (const Picture& picture : pictures) note_stored(fresh, picture);
    std::vector<Ordinal> order = content.presented;
    if (order.empty() && content.identity == Identity::pts) {
        for (Ordinal ordinal = 0; ordinal < pictures.size(); ++ordinal)
            if (presentable(pictures[ordinal])) order.push_back(ordinal);
        const auto pts_of_ordinal = [&](Ordinal ordinal) { return pictures[ordinal].pts; };
        if (!std::ranges::is_sorted(order, {}, pts_of_ordinal))
            std::ranges::stable_sort(order, {}, pts_of_ordinal);
    }
    for (const Ordinal ordinal : order) {
        assert(ordinal < pictures.size());
        push_presented(fresh, ordinal);
    }
    measure_groups(fresh);
    const std::lock_guard lock{m_mutex};
    for (std::string& fault : m_state.facts.faults) add_once(fresh.facts.faults, std::move(fault));
    fresh.facts.complete = m_state.facts.complete;
    if (!keeps_numbers(m_state, fresh)) ++m_generation;
    std::swap(m_state, fresh);
}

// Every frame known before is still the same picture under the same number and place, and as large: the last
// of a growing file may have been half there.
bool PictureIndex::keeps_numbers(const State& before, const State& after) {
    if (before.presented.size() > after.presented.size()) return false;
    const auto same = [&](Ordinal a, Ordinal b) {
        return a == b && before.stored[a].pts == after.stored[b].pts &&
               before.stored[a].pos_and_flags >> 8 == after.stored[b].pos_and_flags >> 8 &&
               before.stored[a].size_bytes == after.stored[b].size_bytes;
    };
    return std::ranges::equal(before.presented.begin(), before.presented.end(), after.presented.begin(),
                              after.presented.begin() + std::ssize(before.presented), same);
}

IndexContent PictureIndex::content() const {
    const std::lock_guard lock{m_mutex};
    IndexContent content;
    content.identity = m_state.identity;
    content.pictures.reserve(m_state.stored.size());
    for (const Stored& stored : m_state.stored) content.pictures.push_back(unpack(stored));
    content.presented.assign(m_state.presented.begin(), m_state.presented.end());
    content.faults = m_state.facts.faults;
    content.late_stamps = m_state.facts.late_stamps;
    content.clock_moved = m_state.facts.clock_moved;
    content.verified = m_state.facts.verified;
    content.undecodable = m_state.facts.undecodable;
    return content;
}

void PictureIndex::set_verified(const std::vector<Ordinal>& bad_keys, std::int64_t undecodable) {
    const std::lock_guard lock{m_mutex};
    m_state.facts.verified = true;
    m_state.facts.undecodable = undecodable;
    for (const Ordinal ordinal : bad_keys) {
        if (ordinal >= m_state.stored.size()) continue;
        Stored& stored = m_state.stored[ordinal];
        if ((stored.pos_and_flags & k_flag_bad_key) == 0) ++m_state.facts.bad_keys;
        stored.pos_and_flags |= k_flag_bad_key;
    }
    if (!bad_keys.empty()) ++m_generation;  // what was decoded from them may be wrong
}

Ordinal PictureIndex::add(const Picture& picture) {
    const std::lock_guard lock{m_mutex};
    const auto ordinal = static_cast<Ordinal>(m_state.stored.size());
    note_stored(m_state, picture);
    if (m_state.sorted && presentable(picture)) m_state.pending.emplace(picture.pts, ordinal);
    return ordinal;
}

void PictureIndex::settle(std::int64_t below_pts) {
    const std::lock_guard lock{m_mutex};
    auto& pending = m_state.pending;
    while (!pending.empty() && pending.begin()->first < below_pts) {
        const auto [pts, ordinal] = *pending.begin();
        pending.erase(pending.begin());
        if (!m_state.presented.empty() && pts < m_state.facts.last_pts) {
            present_late(m_state, ordinal);
            ++m_generation;
        } else {
            push_presented(m_state, ordinal);
        }
    }
}

void PictureIndex::present(Ordinal ordinal, std::int64_t pts) {
    const std::lock_guard lock{m_mutex};
    Stored& stored = m_state.stored[ordinal];
    if (stored.frame != k_no_ordinal) return;
    const Picture before = unpack(stored);
    const std::int64_t dts = before.dts == k_no_time ? before.pts : before.dts;
    Picture after = before;
    after.pts = pts;
    after.dts = dts;
    stored = pack(after);
    push_presented(m_state, ordinal);
}

void PictureIndex::correct_key(Ordinal ordinal, bool key) {
    const std::lock_guard lock{m_mutex};
    Stored& stored = m_state.stored[ordinal];  // packed: no reference to a field
    if (((stored.pos_and_flags & k_flag_key) != 0) == key) return;
    stored.pos_and_flags ^= k_flag_key;
    auto& places = m_state.key_places;
    const auto place = std::ranges::lower_bound(places, ordinal);
    if (key)
        places.insert(place, ordinal);
    else
        places.erase(place);
    m_state.facts.keyframes = std::ssize(places);
}

void PictureIndex::finish() {
    settle(std::numeric_limits<std::int64_t>::max());
    const std::lock_guard lock{m_mutex};
    measure_groups(m_state);
    m_state.facts.complete = true;
    m_state.facts.progress = 1;
}

void PictureIndex::note_broken_off() {
    const std::lock_guard lock{m_mutex};
    m_state.facts.broken_off = true;
}

void PictureIndex::set_progress(double fraction) {
    const std::lock_guard lock{m_mutex};
    m_state.facts.progress = std::clamp(fraction, m_state.facts.progress, 1.0);
}

void PictureIndex::add_fault(std::string sentence) {
    const std::lock_guard lock{m_mutex};
    add_once(m_state.facts.faults, std::move(sentence));
}

Identity PictureIndex::identity() const {
    const std::lock_guard lock{m_mutex};
    return m_state.identity;
}

std::int64_t PictureIndex::frame_count() const {
    const std::lock_guard lock{m_mutex};
    return m_state.facts.frame_count;
}

bool PictureIndex::complete() const {
    const std::lock_guard lock{m_mutex};
    return m_state.facts.complete;
}

std::uint64_t PictureIndex::generation() const {
    const std::lock_guard lock{m_mutex};
    return m_generation;
}

std::size_t PictureIndex::stored_count() const {
    const std::lock_guard lock{m_mutex};
    return m_state.stored.size();
}

Picture PictureIndex::stored(Ordinal ordinal) const {
    const std::lock_guard lock{m_mutex};
    return ordinal < m_state.stored.size() ? unpack(m_state.stored[ordinal]) : Picture{};
}

std::optional<Ordinal> PictureIndex::ordinal_of(std::int64_t frame) const {
    const std::lock_guard lock{m_mutex};
    if (frame < 0 || frame >= m_state.facts.frame_count) return std::nullopt;
    return m_state.presented[static_cast<std::size_t>(frame)];
}

std::int64_t PictureIndex::pts_of(std::int64_t frame) const {
    const std::lock_guard lock{m_mutex};
    if (frame < 0 || frame >= m_state.facts.frame_count) return k_no_time;
    return m_state.stored[m_state.presented[static_cast<std::size_t>(frame)]].pts;
}

std::optional<std::int64_t> PictureIndex::identify(std::int64_t pts, std::int64_t pos,
                                                   int earlier_equal) const {
    const std::lock_guard lock{m_mutex};
    if (m_state.identity == Identity::pts) return identify_by_pts(pts, pos, earlier_equal);
    if (m_state.identity == Identity::position) return identify_by_pos(pos);
    return std::nullopt;
}

std::optional<std::int64_t> PictureIndex::identify_by_pts(std::int64_t pts, std::int64_t pos,
                                                          int earlier_equal) const {
    const std::int64_t first = lower_frame(m_state, pts);
    std::int64_t end = first;
    const auto stored_at = [this](std::int64_t frame) -> const Stored& {
        return m_state.stored[m_state.presented[static_cast<std::size_t>(frame)]];
    };
    while (end < m_state.facts.frame_count && stored_at(end).pts == pts) ++end;
    if (first == end) return std::nullopt;
    if (end - first == 1) return first;
    std::int64_t match = -1;
    int matches = 0;
    for (std::int64_t frame = first; frame < end; ++frame)
        if (stored_at(frame).pos_and_flags >> 8 == pos) match = frame, ++matches;
    if (matches == 1) return match;
    return first + earlier_equal < end ? std::optional{first + earlier_equal} : std::nullopt;
}

// Byte offsets rise with decode order in every container that lacks presentation times.
std::optional<std::int64_t> PictureIndex::identify_by_pos(std::int64_t pos) const {
    const auto below = [](const Stored& stored, std::int64_t value) {
        return stored.pos_and_flags >> 8 < value;
    };
    const auto at = std::lower_bound(m_state.stored.begin(), m_state.stored.end(), pos, below);
    if (at == m_state.stored.end() || at->pos_and_flags >> 8 != pos || at->frame == k_no_ordinal)
        return std::nullopt;
    return at->frame;
}

std::optional<Ordinal> PictureIndex::key_for(std::int64_t frame, Ordinal before) const {
    const std::lock_guard lock{m_mutex};
    if (m_state.identity == Identity::count || frame < 0 || frame >= m_state.facts.frame_count)
        return std::nullopt;
    const Ordinal target = m_state.presented[static_cast<std::size_t>(frame)];
    const std::int64_t target_pts = m_state.stored[target].pts;
    const auto& keys = m_state.key_places;
    auto place = std::lower_bound(keys.begin(), keys.end(), std::min<Ordinal>(before, target + 1));
    while (place != keys.begin()) {
        const Stored& stored = m_state.stored[*--place];
        if ((stored.pos_and_flags & k_flag_bad_key) != 0) continue;
        const bool by_pts = m_state.identity == Identity::pts;
        if (by_pts ? stored.pts <= target_pts : stored.frame <= frame) return *place;
    }
    return std::nullopt;
}

std::int64_t PictureIndex::first_frame_from(Ordinal ordinal) const {
    const std::lock_guard lock{m_mutex};
    if (ordinal >= m_state.stored.size()) return m_state.facts.frame_count;
    const Stored& stored = m_state.stored[ordinal];
    if (stored.frame != k_no_ordinal) return stored.frame;
    return m_state.identity == Identity::pts ? lower_frame(m_state, stored.pts) : 0;
}

std::vector<std::int64_t> PictureIndex::keyframes_between(std::int64_t first, std::int64_t end) const {
    const std::lock_guard lock{m_mutex};
    const auto& keys = m_state.keys;
    const auto from = std::lower_bound(keys.begin(), keys.end(), std::max<std::int64_t>(first, 0));
    const auto to = std::lower_bound(from, keys.end(), std::max(first, end));
    return {from, to};
}

std::optional<std::int64_t> PictureIndex::frame_at_pts(std::int64_t pts) const {
    const std::lock_guard lock{m_mutex};
    if (m_state.presented.empty()) return std::nullopt;
    return std::max<std::int64_t>(first_frame_after(m_state, pts) - 1, 0);
}

IndexFacts PictureIndex::facts() const {
    const std::lock_guard lock{m_mutex};
    IndexFacts facts = m_state.facts;  // groups are measured when the index is finished
    if (facts.equal_stamps > 0)
        facts.faults.push_back(
            "Some neighbouring pictures carry the same time stamp; they are told apart by their order.");
    if (facts.late_stamps > 0)
        facts.faults.push_back(
            "Some time stamps go back; pictures are numbered in the order of their stamps.");
    if (facts.undecodable > 0)
        facts.faults.push_back(
            facts.undecodable == 1
                ? std::string{"One frame is damaged and shows no picture; it keeps its number."}
                : fmt::format("{} frames are damaged and show no picture; they keep their numbers.",
                              facts.undecodable));
    if (facts.bad_keys > 0)
        facts.faults.push_back(fmt::format(
            "{} of the keyframes cannot be decoded from by themselves; their frames are reached from an "
            "earlier one.",
            facts.bad_keys));
    return facts;
}

}  // namespace media
