#pragma once
// A JSON value on stdout, written as it is made, indented for people.

#include <concepts>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>

#include <rapidjson/filewritestream.h>
#include <rapidjson/prettywriter.h>

namespace app {

class JsonOut {
public:
    JsonOut();
    ~JsonOut();  // ends the line
    JsonOut(const JsonOut&) = delete;
    JsonOut& operator=(const JsonOut&) = delete;

    JsonOut& key(std::string_view name);
    JsonOut& begin_object();
    JsonOut& end_object();
    JsonOut& begin_array();
    JsonOut& end_array();

    JsonOut& value(std::string_view text);
    JsonOut& value(const char* text) { return value(std::string_view{text}); }
    JsonOut& value(double number);  // not a number: null
    JsonOut& value(bool truth);
    JsonOut& null();
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    JsonOut& value(T number) {
        m_writer.Int64(static_cast<std::int64_t>(number));
        return *this;
    }
    template <class T>
    JsonOut& value(const std::optional<T>& maybe) {
        return maybe ? value(*maybe) : null();
    }
    JsonOut& raw(std::string_view json);  // a whole value, already JSON

    template <class T>
    JsonOut& field(std::string_view name, const T& what) {
        return key(name).value(what);
    }
    template <class Range>
    JsonOut& texts(std::string_view name, const Range& range) {
        key(name).begin_array();
        for (const auto& text : range) value(std::string_view{text});
        return end_array();
    }

private:
    char m_buffer[1 << 14];
    rapidjson::FileWriteStream m_stream;
    rapidjson::PrettyWriter<rapidjson::FileWriteStream> m_writer;
};

}  // namespace app
