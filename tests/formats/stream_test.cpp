#include <doctest/doctest.h>

#include "format_test.h"
#include "formats/json_stream.h"
#include "formats/text.h"
#include "formats/xml_stream.h"

using namespace formats_test;

namespace {

// "member:text|…" of every piece, or the message.
std::string json_pieces(const std::string& text, std::string_view skipped = "") {
    const TempDir dir;
    std::string seen;
    formats::JsonScan scan;
    scan.wants = [&](std::string_view member) { return member != skipped; };
    scan.visit = [&](const formats::JsonPiece& piece) -> base::Result<void> {
        seen += fmt::format("{}{}:{}|", piece.member, piece.is_element ? "[]" : "", piece.text);
        return {};
    };
    const auto done = formats::scan_json(dir.write("a.json", text), scan);
    return done ? seen : done.error().message;
}

std::string xml_pieces(const std::string& text) {
    const TempDir dir;
    std::string seen;
    formats::XmlScan scan;
    scan.root = "r";
    scan.visit = [&](const formats::XmlPiece& piece) -> base::Result<void> {
        seen += fmt::format("{}@{}:{}|", piece.name, piece.line, piece.text);
        return {};
    };
    const auto done = formats::scan_xml(dir.write("a.xml", text), scan);
    return done ? seen : done.error().message;
}

bool says(const std::string& message, std::string_view part) {
    return message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a JSON object is handed over member by member and element by element") {
    CHECK(json_pieces("{}") == "");
    CHECK(json_pieces(R"( {"a": 1 , "b":[ {"x":[1,"]"]}, "s\"]" ,null ],"c":{"d":[{}]}, "e":[]} )") ==
          R"(a:1|b[]:{"x":[1,"]"]}|b[]:"s\"]"|b[]:null|c:{"d":[{}]}|)");
    CHECK(json_pieces("\xEF\xBB\xBF{\"a\":-1.5e3}") == "a:-1.5e3|");
    CHECK(json_pieces(R"({"a":[1,{"b":2}],"c":3})", "a") == "c:3|");
}

TEST_CASE("JSON that is broken outside its elements is refused with the place") {
    for (const char* bad :
         {"", "[]", "{", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{\"a\":[1,]}",
          "{\"a\":[1 2]}", "{\"a\":[{]}]}", "{\"a\":\"x}", "{\"a\":1}x", "{a:1}"}) {
        INFO("text ", bad);
        CHECK(says(json_pieces(bad), "at byte "));
    }
    CHECK(
        says(json_pieces("{\"a\":" + std::string(70, '[') + std::string(70, ']') + "}", "a"), "too deeply"));
    CHECK(
        !says(json_pieces("{\"a\":" + std::string(60, '[') + std::string(60, ']') + "}", "a"), "too deeply"));
}

TEST_CASE("pieces longer than the read block arrive whole") {
    const std::string longest(3u << 20, 'x');
    CHECK(json_pieces("{\"a\":[\"" + longest + "\",1]}") == "a[]:\"" + longest + "\"|a[]:1|");
    CHECK(xml_pieces("<r><a>" + longest + "</a></r>") == "a@1:<a>" + longest + "</a>|");
}

TEST_CASE("an XML root is handed over child by child, whatever stands in comments and quotes") {
    CHECK(xml_pieces("<r/>") == "");
    CHECK(xml_pieces("<?xml version=\"1.0\"?>\n<!-- <r> -->\n<r a='>'>\n<!-- </r> --><a x=\"/>\"/>text\n"
                     "<b><b></b><![CDATA[</b>]]></b\n></r>\n<!-- end -->\n") ==
          "a@4:<a x=\"/>\"/>|b@5:<b><b></b><![CDATA[</b>]]></b\n>|");
}

TEST_CASE("XML that is broken outside its children is refused with the line") {
    for (const char* bad : {"", "x", "<r>", "<r><a></r>", "<r><a x=\"></a></r>", "<r></s>", "<r></r><r/>",
                            "<r><!-- </r>", "<r>< a/></r>", "<r></r>x"}) {
        INFO("text ", bad);
        CHECK(says(xml_pieces(bad), "(line 1)"));
    }
    CHECK(says(xml_pieces("<q/>"), "no <r>"));
    std::string deep = "<r>";
    for (int i = 0; i < 100; ++i) deep += "<a>";
    CHECK(says(xml_pieces(deep), "too deeply"));
}

TEST_CASE("numbers are written as short as they come back the same") {
    CHECK(formats::decimal(0.1) == "0.1");
    CHECK(formats::decimal(-0.0) == "0");
    CHECK(formats::decimal(3, 2) == "3.00");
    CHECK(formats::decimal(1.0 / 3, 2) == "0.3333333333333333");
    CHECK(formats::decimal(1e21) == "1000000000000000000000");
    for (double v : {0.1 + 0.2, 123456.789, 1e-7, 2.0 / 7})
        CHECK(*formats::parse_double(formats::decimal(v, 2)) == v);
    for (const char* bad : {"", " ", "1,5", "0x10", "nan", "inf", "1e400", "1e13", "1 2"})
        CHECK(!formats::parse_double(bad));
    CHECK(formats::parse_double(" +1.5\r") == 1.5);
}

TEST_CASE("texts survive what their format cannot hold") {
    std::string xml;
    formats::append_xml(xml, "a<&\"\n\x01");
    CHECK(xml == "a&lt;&amp;&quot;&#10;\xEF\xBF\xBD");
    CHECK(formats::json_string("a\"\\\n\x02") == "\"a\\\"\\\\\\n\\u0002\"");
    CHECK(formats::valid_utf8("ok \xC3\xA4 \xFF\xC3") == "ok \xC3\xA4 \xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(formats::valid_utf8("\xC0\xAF\xED\xA0\x80") ==
          std::string("\xEF\xBF\xBD") + "\xEF\xBF\xBD" + "\xEF\xBF\xBD" + "\xEF\xBF\xBD" + "\xEF\xBF\xBD");
    CHECK(formats::file_name_of("../a\\b") == ".._a_b");
    CHECK(formats::file_name_of("..") == "_..");
    CHECK(formats::file_name_of("") == "_");
}
