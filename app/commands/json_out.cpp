#include "app/commands/json_out.h"

#include <cmath>

namespace app {

JsonOut::JsonOut() : m_stream{stdout, m_buffer, sizeof m_buffer}, m_writer{m_stream} {
    m_writer.SetIndent(' ', 2);
}

JsonOut::~JsonOut() {
    m_stream.Put('\n');
    m_stream.Flush();
}

JsonOut& JsonOut::key(std::string_view name) {
    m_writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
}

JsonOut& JsonOut::begin_object() {
    m_writer.StartObject();
    return *this;
}

JsonOut& JsonOut::end_object() {
    m_writer.EndObject();
    return *this;
}

JsonOut& JsonOut::begin_array() {
    m_writer.StartArray();
    return *this;
}

JsonOut& JsonOut::end_array() {
    m_writer.EndArray();
    return *this;
}

JsonOut& JsonOut::value(std::string_view text) {
    m_writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return *this;
}

JsonOut& JsonOut::value(double number) {
    if (!std::isfinite(number)) return null();
    m_writer.Double(number);
    return *this;
}

JsonOut& JsonOut::value(bool truth) {
    m_writer.Bool(truth);
    return *this;
}

JsonOut& JsonOut::null() {
    m_writer.Null();
    return *this;
}

JsonOut& JsonOut::raw(std::string_view json) {
    m_writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
}

}  // namespace app
