#pragma once
// An H.264 film whose fields are coded one by one (PAFF), which no encoder here can make. Bit syntax: ITU-T
// H.264 7.3; every macroblock is I_PCM, so that samples stand in the stream as they are.

#include <cstdint>
#include <fstream>
#include <string>

#include "fixtures.h"

namespace fixtures {

class BitWriter {
public:
    void bits(unsigned value, int count) {
        for (int i = count - 1; i >= 0; --i) {
            m_byte = static_cast<std::uint8_t>(m_byte << 1 | ((value >> i) & 1));
            if (++m_used == 8) flush();
        }
    }
    void ue(unsigned value) {  // 9.1
        int length = 0;
        while ((value + 1) >> (length + 1)) ++length;
        bits(0, length);
        bits(value + 1, length + 1);
    }
    void align(unsigned fill) {
        while (m_used != 0) bits(fill, 1);
    }
    void byte(std::uint8_t value) { m_bytes += static_cast<char>(value); }
    std::string end() {  // rbsp_trailing_bits
        bits(1, 1);
        align(0);
        return std::move(m_bytes);
    }

private:
    void flush() {
        m_bytes += static_cast<char>(m_byte);
        m_byte = 0;
        m_used = 0;
    }
    std::string m_bytes;
    std::uint8_t m_byte = 0;
    int m_used = 0;
};

// Annex B, with emulation prevention (7.4.1.1).
inline std::string nal(int ref_idc, int type, const std::string& payload) {
    std::string out{"\0\0\0\1", 4};
    out += static_cast<char>(ref_idc << 5 | type);
    int zeros = 0;
    for (const char c : payload) {
        if (zeros >= 2 && static_cast<std::uint8_t>(c) <= 3) out += '\3', zeros = 0;
        zeros = c == 0 ? zeros + 1 : 0;
        out += c;
    }
    return out;
}

constexpr int k_field_mbs_wide = 2, k_field_mbs_high = 1;  // of one field: pictures of 32 x 32

inline std::string field_parameter_sets() {
    BitWriter sps;
    sps.bits(77, 8);  // main profile
    sps.bits(0, 8);
    sps.bits(30, 8);
    for (const unsigned value : {0u, 0u, 0u, 4u, 1u})
        sps.ue(value);  // ids, frame_num 4 bits, poc 8 bits, 1 ref
    sps.bits(0, 1);
    sps.ue(k_field_mbs_wide - 1);
    sps.ue(k_field_mbs_high - 1);
    sps.bits(0b00100, 5);  // fields allowed, not adaptive, direct 8x8, no crop, no vui
    BitWriter pps;
    pps.ue(0);
    pps.ue(0);
    pps.bits(0, 2);  // CAVLC
    for (int i = 0; i < 3; ++i) pps.ue(0);
    pps.bits(0, 3);
    for (int i = 0; i < 3; ++i) pps.ue(0);
    pps.bits(0b100, 3);  // slices say how they are deblocked
    return nal(3, 7, sps.end()) + nal(3, 8, pps.end());
}

inline std::string field(int frame, bool bottom, int frames_a_group) {
    const int in_group = frame % frames_a_group;
    const bool idr = in_group == 0 && !bottom;
    BitWriter slice;
    slice.ue(0);
    slice.ue(7);  // I
    slice.ue(0);
    slice.bits(static_cast<unsigned>(in_group) % 16, 4);
    slice.bits(1, 1);
    slice.bits(bottom, 1);
    if (idr) slice.ue(static_cast<unsigned>(frame / frames_a_group) % 2);
    slice.bits(static_cast<unsigned>(2 * in_group + bottom), 8);
    slice.bits(0, idr ? 2 : 1);
    slice.ue(0);
    slice.ue(1);  // not deblocked
    for (int mb = 0; mb < k_field_mbs_wide * k_field_mbs_high; ++mb) {
        slice.ue(25);  // I_PCM
        slice.align(0);
        for (int i = 0; i < 384; ++i)
            slice.byte(static_cast<std::uint8_t>(20 + (frame * 13 + bottom * 5 + mb * 3 + i) % 200));
    }
    BitWriter delimiter;
    delimiter.bits(0, 3);
    return nal(0, 9, delimiter.end()) + (idr ? field_parameter_sets() : std::string{}) +
           nal(3, idr ? 5 : 1, slice.end());
}

// `frames` frames of two fields each, 4 frames a group.
inline fs::path field_coded_film(int frames) {
    const fs::path file = folder() / fmt::format("fields-{}.h264", frames);
    std::ofstream out{file, std::ios::binary};
    for (int frame = 0; frame < frames; ++frame)
        for (const bool bottom : {false, true}) out << field(frame, bottom, 4);
    return file;
}

}  // namespace fixtures
