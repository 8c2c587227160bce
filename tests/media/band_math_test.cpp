#include "media/band_math.h"

#include <cmath>
#include <ctime>
#include <limits>
#include <numbers>
#include <random>

#include <doctest/doctest.h>

using media::BandMath;

namespace {

constexpr float k_nan = std::numeric_limits<float>::quiet_NaN();
constexpr float k_inf = std::numeric_limits<float>::infinity();

BandMath parsed(std::string_view text, int bands = 6) {
    auto math = BandMath::parse(text, bands);
    REQUIRE_MESSAGE(math.has_value(), text << ": " << math.error().message);
    return *math;
}

float value(std::string_view text, std::initializer_list<float> values = {}) {
    const BandMath math = parsed(text);
    REQUIRE(math.bands().size() == values.size());
    return math.evaluate(std::span{values.begin(), values.size()});
}

std::string refusal(std::string_view text, int bands = 6) {
    const auto math = BandMath::parse(text, bands);
    REQUIRE_MESSAGE(!math.has_value(), text);
    CHECK(math.error().kind == base::ErrorKind::malformed);
    return math.error().message;
}

std::string repeated(std::string_view piece, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += piece;
    return text;
}

}  // namespace

TEST_SUITE("band_math") {
    TEST_CASE("operators_bind_as_they_do_on_paper") {
        CHECK(value("1 + 2 * 3") == 7);
        CHECK(value("(1 + 2) * 3") == 9);
        CHECK(value("8 - 4 - 2") == 2);
        CHECK(value("16 / 4 / 2") == 2);
        CHECK(value("2 ^ 3 ^ 2") == 512);
        CHECK(value("-2 ^ 2") == -4);
        CHECK(value("2 ^ -1") == 0.5f);
        CHECK(value("2 ** 5") == 32);
        CHECK(value("--3") == 3);
        CHECK(value("+3 - -3") == 6);
        CHECK(value("7 % 4 * 2") == 6);
        CHECK(value("1 + 1 < 3") == 1);
        CHECK(value("not 1 > 2") == 1);
        CHECK(value("!1 > 2") == 0);
        CHECK(value("1 > 2 or 2 > 1 and 0 == 1") == 0);
        CHECK(value("1 || 0 && 0") == 1);
        CHECK(value("0 ? 1 : 1 ? 2 : 3") == 2);
        CHECK(value("1 ? 0 ? 5 : 6 : 7") == 6);
        CHECK(value("1 < 2 ? 10 : 20") == 10);
    }

    TEST_CASE("an_index_is_computed_from_the_bands_it_names") {
        const BandMath math = parsed(" (B4-b3)/(b4+b3)\n");
        CHECK(math.text() == "(B4-b3)/(b4+b3)");
        REQUIRE(math.bands().size() == 2);
        CHECK(math.bands()[0] == 3);
        CHECK(math.bands()[1] == 4);
        const float values[] = {1000, 3000};
        CHECK(math.evaluate(values) == 0.5f);
        CHECK(!math.is_band());
        CHECK(parsed("((b2))").is_band());
        CHECK(!parsed("-b2").is_band());
        CHECK(!parsed("2").is_band());
        CHECK(value("b1 > 0.35 and b2 < 100", {0.5f, 50}) == 1);
        CHECK(value("b1 > 0.35 and b2 < 100", {0.5f, 100}) == 0);
        CHECK(std::isnan(value("if(b1 > 3, b1, nan)", {3})));
        CHECK(value("if(b1 > 3, b1, nan)", {4}) == 4);
    }

    TEST_CASE("functions_give_what_the_c_library_gives") {
        struct Case {
            const char* text;
            double (*expected)(double);
            float low, high;
        };
        const Case cases[] = {
            {"exp(b1)", [](double x) { return std::exp(x); }, -87, 88},
            {"log(b1)", [](double x) { return std::log(x); }, 1e-6f, 1e6f},
            {"log10(b1)", [](double x) { return std::log10(x); }, 1e-6f, 1e6f},
            {"log2(b1)", [](double x) { return std::log2(x); }, 1e-6f, 1e6f},
            {"sqrt(b1)", [](double x) { return std::sqrt(x); }, 0, 1e9f},
            {"sin(b1)", [](double x) { return std::sin(x); }, -30, 30},
            {"cos(b1)", [](double x) { return std::cos(x); }, -30, 30},
            {"tan(b1)", [](double x) { return std::tan(x); }, -1.5f, 1.5f},
            {"asin(b1)", [](double x) { return std::asin(x); }, -1, 1},
            {"acos(b1)", [](double x) { return std::acos(x); }, -1, 1},
            {"atan(b1)", [](double x) { return std::atan(x); }, -20, 20},
            {"floor(b1)", [](double x) { return std::floor(x); }, -20, 20},
            {"ceil(b1)", [](double x) { return std::ceil(x); }, -20, 20},
            {"round(b1)", [](double x) { return std::round(x); }, -20, 20},
            {"b1 ^ 2.5", [](double x) { return std::pow(x, 2.5); }, 0, 1000},
            {"b1 ^ 3", [](double x) { return x * x * x; }, -100, 100},
            {"atan2(b1, -2)", [](double x) { return std::atan2(x, -2.0); }, -20, 20},
            {"atan2(b1, 3)", [](double x) { return std::atan2(x, 3.0); }, -20, 20},
        };
        for (const Case& each : cases) {
            const BandMath math = parsed(each.text);
            double worst = 0;
            for (int i = 0; i <= 5000; ++i) {
                const float x = each.low + (each.high - each.low) * static_cast<float>(i) / 5000;
                const double expected = each.expected(x), got = math.evaluate(std::span{&x, 1});
                worst = std::max(worst, std::abs(got - expected) / std::max(1.0, std::abs(expected)));
            }
            CHECK_MESSAGE(worst < 1e-5, each.text << " is off by " << worst);
        }
    }

    TEST_CASE("exact_results_are_exact") {
        CHECK(value("b1 ^ 2", {7}) == 49);
        CHECK(value("pow(b1, 3)", {-3}) == -27);
        CHECK(value("2 ^ -3") == 0.125f);
        CHECK(value("0 ^ 0") == 1);
        CHECK(value("0 ^ 2.5") == 0);
        CHECK(value("log10(1000)") == 3);
        CHECK(value("log2(8)") == 3);
        CHECK(value("exp(0)") == 1);
        CHECK(value("sin(0)") == 0);
        CHECK(value("cos(0)") == 1);
        CHECK(value("round(2.5)") == 3);
        CHECK(value("round(-2.5)") == -3);
        CHECK(value("round(0.49999997)") == 0);
        CHECK(value("mod(-7, 3)") == 2);
        CHECK(value("-7 % 3") == 2);
        CHECK(value("mod(7, -3)") == -2);
        CHECK(value("mod(6, 3)") == 0);
        CHECK(value("sign(-3)") == -1);
        CHECK(value("sign(0)") == 0);
        CHECK(value("clamp(5, 0, 3)") == 3);
        CHECK(value("step(3, 3)") == 1);
        CHECK(value("step(3, 2)") == 0);
        CHECK(value("smoothstep(0, 2, 1)") == 0.5f);
        CHECK(value("smoothstep(0, 2, 9)") == 1);
        CHECK(value("min(4, 2, 3)") == 2);
        CHECK(value("max(4, 2, 7, 3)") == 7);
        CHECK(value("floor(-1e30)") == -1e30f);
        CHECK(value("PI") == std::numbers::pi_v<float>);
        CHECK(value("1.5e-3 + .5E1") == 5.0015f);
    }

    TEST_CASE("what_has_no_value_is_nan_and_stays_so") {
        for (const char* text : {"1/0",           "0/0",
                                 "5 % 0",         "mod(5, 0)",
                                 "sqrt(-1)",      "log(0)",
                                 "log(-1)",       "log2(-1)",
                                 "log10(0)",      "asin(1.1)",
                                 "acos(-1.1)",    "(-2)^0.5",
                                 "0^-1",          "exp(89)",
                                 "1e38*10",       "-1e38*10",
                                 "atan2(0, 0)",   "smoothstep(1, 1, 1)",
                                 "sin(1e9)",      "nan",
                                 "nan + 1",       "-nan",
                                 "abs(nan)",      "min(nan, 1)",
                                 "max(1, nan)",   "clamp(nan, 0, 1)",
                                 "nan ^ 0",       "not nan",
                                 "nan and 0",     "1 or nan",
                                 "if(nan, 1, 2)", "step(0, nan)",
                                 "round(nan)",    "exp(-nan)",
                                 "nan * 0",       "if(1, nan, 2)",
                                 "cos(nan)",      "sign(nan)"})
            CHECK_MESSAGE(std::isnan(value(text)), text);
        for (const char* text : {"nan < 1", "nan > 1", "nan == nan", "nan != nan", "nan != 1", "1 <= nan",
                                 "nan >= nan", "1/0 == 1/0", "isnan(1)"})
            CHECK_MESSAGE(value(text) == 0, text);
        CHECK(value("isnan(1/0)") == 1);
        CHECK(value("if(1, 2, 1/0)") == 2);
        CHECK(value("isnan(nan) ? 5 : nan") == 5);
        CHECK(value("exp(-100)") == 0);
        CHECK(std::isnan(value("b1", {k_nan})));
        CHECK(std::isnan(value("b1 * 0", {k_inf})));
        CHECK(value("b1 < 5", {-k_inf}) == 0);
        CHECK(value("b1", {1e-40f}) == 0);
        CHECK(std::isnan(value("1 / b1", {1e-40f})));
    }

    TEST_CASE("a_refusal_names_the_column_and_what_is_expected") {
        CHECK(refusal("b9") == "'b9' is not a band: there are 6 (column 1)");
        CHECK(refusal("1 + b2", 1) == "'b2' is not a band: there is only b1 (column 5)");
        CHECK(refusal("b1", 0) == "'b1' is not a band: there are none (column 1)");
        CHECK(refusal("b0") == "'b0' is not a band: there are 6 (column 1)");
        CHECK(refusal("b99999999999999999999") ==
              "'b99999999999999999999' is not a band: there are 6 (column 1)");
        CHECK(refusal("").starts_with("There is no expression"));
        CHECK(refusal("  \n").starts_with("There is no expression"));
        CHECK(refusal("(b1 + 2") == "')' is expected, not the end (column 8)");
        CHECK(refusal("b1 +") == "A number, band or function is expected, not the end (column 5)");
        CHECK(refusal("b1 b2") == "An operator or the end is expected, not 'b2' (column 4)");
        CHECK(refusal("b1)") == "An operator or the end is expected, not ')' (column 3)");
        CHECK(refusal("nir - red") == "'nir' is not a band, function or constant (column 1)");
        CHECK(refusal("b") == "'b' is not a band, function or constant (column 1)");
        CHECK(refusal("b1x") == "'b1x' is not a band, function or constant (column 1)");
        CHECK(refusal("sqrt b1") == "'(' is expected, not 'b1' (column 6)");
        CHECK(refusal("min(b1)") == "min takes at least 2 values, not 1 (column 1)");
        CHECK(refusal("if(b1, 2)") == "if takes 3 values, not 2 (column 1)");
        CHECK(refusal("1 + abs(b1, 2)") == "abs takes 1 value, not more (column 13)");
        CHECK(refusal("max(1 2)") == "',' or ')' is expected, not '2' (column 7)");
        CHECK(refusal("1 < b1 < 3").starts_with("Comparisons cannot be chained"));
        CHECK(refusal("b1 ? 2") == "':' is expected, not the end (column 7)");
        CHECK(refusal("b1 = 2") == "An operator or the end is expected, not '=' (column 4)");
        CHECK(refusal("1e39") == "The number does not fit into a 32-bit float (column 1)");
        CHECK(refusal("1e9999") == "The number does not fit into a 32-bit float (column 1)");
        CHECK(refusal(".") == "A number, band or function is expected, not '.' (column 1)");
        CHECK(refusal("b1 × ü") ==
              "An operator or the end is expected, not a character that has no meaning here (column 4)");
        CHECK(refusal("1 + 'ä'").ends_with("(column 5)"));
    }

    TEST_CASE("long_and_deep_expressions_are_refused_before_they_hurt") {
        for (const char* piece :
             {"(", "-", "!", "not ", "abs(", "b1^", "b1?", "1?2:", "min(1,", "if(1,", "2^-("})
            CHECK(refusal(repeated(piece, 4000 / static_cast<int>(std::string_view{piece}.size())))
                      .starts_with("The expression has more than 100"));
        CHECK(refusal(repeated("b1+", 1000) + "1").starts_with("The expression has more than 100"));
        CHECK(refusal("max(1" + repeated(",1", 1000) + ")").find("The expression has more than 100") == 0);
        CHECK(
            refusal(repeated(" ", 4000) + "1" + repeated("+1", 100)).starts_with("The expression is longer"));
        CHECK(parsed(repeated("b1+", 90) + "1").bands().size() == 1);
        CHECK(parsed(repeated("(", 40) + "b1" + repeated(")", 40)).is_band());
        std::string sum = "b1";
        for (int i = 2; i <= 16; ++i) sum += fmt::format("+b{}", i);
        CHECK(parsed(sum, 20).bands().size() == 16);
        CHECK(refusal(sum + "+b17", 20) == "The expression reads more than 16 bands (column 56)");
    }

    TEST_CASE("many_pixels_at_once_are_as_one_by_one") {
        std::mt19937 random{7};
        std::uniform_real_distribution<float> any{-20, 20};
        constexpr std::size_t k_count = 512 * 3 + 77;
        std::vector<float> a(k_count), b(k_count), out(k_count);
        for (std::size_t i = 0; i < k_count; ++i) {
            a[i] = i % 50 == 0 ? k_nan : any(random);
            b[i] = i % 70 == 0 ? 0 : any(random);
        }
        for (const char* text :
             {"(b2-b5)/(b2+b5)", "b2/b5", "if(b2 > b5, sqrt(b2), sin(b5))", "b2^b5",
              "clamp(log(b2), 0, atan2(b2, b5)) + exp(b5)", "max(b2, b5, 3) % min(b2, b5)"}) {
            const BandMath math = parsed(text);
            const float* const planes[] = {a.data(), b.data()};
            math.evaluate(planes, k_count, out.data());
            int different = 0, empty = 0;
            for (std::size_t i = 0; i < k_count; ++i) {
                const float values[] = {a[i], b[i]};
                const float one = math.evaluate(values);
                different += std::isnan(one) != std::isnan(out[i]) || (!std::isnan(one) && one != out[i]);
                empty += std::isnan(one);
            }
            CHECK(different == 0);
            CHECK(empty > 0);
            CHECK(empty < 1500);
        }
        const BandMath twice = parsed("b1 * 2");
        const std::vector<float> before = b;
        const float* const plane[] = {b.data()};
        twice.evaluate(plane, k_count, b.data());  // in place
        CHECK(b[1] == before[1] * 2);
        CHECK(b.back() == before.back() * 2);
    }

    TEST_CASE("a_million_pixels_of_an_index_take_milliseconds") {
        constexpr std::size_t k_count = 1u << 20;
        const std::vector<float> a(k_count, 3), b(k_count, 2);
        std::vector<float> out(k_count);
        const float* const planes[] = {a.data(), b.data()};
        for (const char* text : {"(b4-b3)/(b4+b3)", "log(b4) + exp(b3)", "b4^b3", "sin(b4)*atan2(b3, b4)"}) {
            const BandMath math = parsed(text);
            const std::clock_t begin = std::clock();
            math.evaluate(planes, k_count, out.data());
            const double took_ms = static_cast<double>(std::clock() - begin) * 1e3 / CLOCKS_PER_SEC;
            MESSAGE(std::string{text} << ": " << took_ms << " ms for " << k_count << " pixels");
            CHECK(took_ms < 2000);
        }
    }
}
