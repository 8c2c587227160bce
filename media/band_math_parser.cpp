#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <limits>
#include <optional>

#include "media/band_math.h"
#include "media/band_math_ops.h"

namespace media {

using base::ErrorKind;

// A recursive descent that writes postfix steps. Each rule returns the height of what it has read, which is
// limited: neither this parser, nor evaluate()'s stack, nor the parser of a GLSL compiler can be exhausted.
class BandMathParser {
public:
    BandMathParser(std::string_view text, int band_count) : m_all{text}, m_band_count{band_count} {}
    base::Result<BandMath> parse();

private:
    using Op = BandMath::Op;
    using Height = std::optional<int>;  // nothing: m_error says why
    enum class Kind : std::uint8_t { end, number, name, symbol, odd };
    struct Token {
        Kind kind = Kind::end;
        std::string_view text;
        std::size_t at = 0;
        double number = 0;
    };
    struct Function {
        std::string_view name;
        Op op;
        int least, most;
    };
    struct Binary {
        std::string_view sign;
        Op op;
        int binds;
    };
    static constexpr int k_any_number = 10'000;
    static constexpr int k_or = 1, k_and = 2, k_comparison = 3, k_sum = 4, k_product = 5;
    static const Function k_functions[];
    static const Binary k_binaries[];

    void next();
    [[nodiscard]] bool is(std::string_view symbol_or_word) const;
    bool take(std::string_view symbol_or_word);
    [[nodiscard]] bool expect(std::string_view symbol);
    [[nodiscard]] std::string shown(const Token& token) const;
    [[nodiscard]] std::size_t column(std::size_t at) const;
    std::nullopt_t fail(std::string_view what, std::size_t at);
    std::nullopt_t too_deep(std::size_t at);
    [[nodiscard]] static std::string wrong_count(const Function& function, std::string_view given);

    [[nodiscard]] const Binary* binary() const;
    Height choice();
    Height chain(int least_binding);
    Height operand();
    Height power();
    Height primary();
    Height call(const Function& function, std::size_t at);
    Height band(const Token& token);
    Height constant(double value, std::size_t at);
    Height put_number(float number, std::size_t at);
    Height emit(Op op, std::size_t at, std::initializer_list<int> heights);

    std::string_view m_all;
    std::size_t m_pos = 0;
    Token m_token;
    int m_band_count, m_depth = 0;
    std::size_t m_on_stack = 0;
    BandMath m_math;
    std::optional<std::string> m_error;

    // Counts how deep the rules are in one another.
    struct Deeper {
        explicit Deeper(int& depth) : m_depth{++depth} {}
        Deeper(const Deeper&) = delete;
        ~Deeper() { --m_depth; }
        int& m_depth;
    };
};

const BandMathParser::Function BandMathParser::k_functions[] = {
    {"abs", Op::op_abs, 1, 1},
    {"sign", Op::op_sign, 1, 1},
    {"floor", Op::op_floor, 1, 1},
    {"ceil", Op::op_ceil, 1, 1},
    {"round", Op::op_round, 1, 1},
    {"sqrt", Op::op_sqrt, 1, 1},
    {"isnan", Op::op_isnan, 1, 1},
    {"log", Op::op_log, 1, 1},
    {"log10", Op::op_log10, 1, 1},
    {"log2", Op::op_log2, 1, 1},
    {"exp", Op::op_exp, 1, 1},
    {"sin", Op::op_sin, 1, 1},
    {"cos", Op::op_cos, 1, 1},
    {"tan", Op::op_tan, 1, 1},
    {"atan", Op::op_atan, 1, 1},
    {"asin", Op::op_asin, 1, 1},
    {"acos", Op::op_acos, 1, 1},
    {"mod", Op::op_mod, 2, 2},
    {"pow", Op::op_pow, 2, 2},
    {"min", Op::op_min, 2, k_any_number},
    {"max", Op::op_max, 2, k_any_number},
    {"step", Op::op_step, 2, 2},
    {"atan2", Op::op_atan2, 2, 2},
    {"if", Op::op_select, 3, 3},
    {"clamp", Op::op_clamp, 3, 3},
    {"smoothstep", Op::op_smoothstep, 3, 3},
};

const BandMathParser::Binary BandMathParser::k_binaries[] = {
    {"or", Op::op_or, k_or},
    {"||", Op::op_or, k_or},
    {"and", Op::op_and, k_and},
    {"&&", Op::op_and, k_and},
    {"<", Op::op_less, k_comparison},
    {"<=", Op::op_less_equal, k_comparison},
    {">", Op::op_greater, k_comparison},
    {">=", Op::op_greater_equal, k_comparison},
    {"==", Op::op_equal, k_comparison},
    {"!=", Op::op_unequal, k_comparison},
    {"+", Op::op_add, k_sum},
    {"-", Op::op_subtract, k_sum},
    {"*", Op::op_multiply, k_product},
    {"/", Op::op_divide, k_product},
    {"%", Op::op_mod, k_product},
};

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool same_word(std::string_view a, std::string_view lower) {
    return std::ranges::equal(
        a, lower, [](char x, char y) { return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y; });
}

}  // namespace

void BandMathParser::next() {
    while (m_pos < m_all.size() && is_blank(m_all[m_pos])) ++m_pos;
    m_token = {Kind::end, {}, m_pos, 0};
    if (m_pos == m_all.size()) return;
    const std::string_view rest = m_all.substr(m_pos);
    std::size_t length = 1;
    if (is_digit(rest[0]) || rest[0] == '.') {
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), m_token.number);
        m_token.kind = end == rest.data() ? Kind::odd : Kind::number;
        length = std::max<std::size_t>(static_cast<std::size_t>(end - rest.data()), 1);
        if (error == std::errc::result_out_of_range) m_token.number = std::numeric_limits<double>::infinity();
    } else if (is_letter(rest[0])) {
        m_token.kind = Kind::name;
        while (length < rest.size() && (is_letter(rest[length]) || is_digit(rest[length]))) ++length;
    } else {
        static constexpr std::string_view k_two[] = {"<=", ">=", "==", "!=", "&&", "||", "**"};
        const bool is_two = std::ranges::any_of(k_two, [&](auto two) { return rest.starts_with(two); });
        length = is_two ? 2 : 1;
        const bool is_one = std::string_view{"+-*/%^<>!?:(),"}.find(rest[0]) != std::string_view::npos;
        m_token.kind = is_two || is_one ? Kind::symbol : Kind::odd;
    }
    m_token.text = rest.substr(0, length);
    m_pos += length;
}

bool BandMathParser::is(std::string_view symbol_or_word) const {
    if (m_token.kind == Kind::symbol) return m_token.text == symbol_or_word;
    return m_token.kind == Kind::name && same_word(m_token.text, symbol_or_word);
}

bool BandMathParser::take(std::string_view symbol_or_word) {
    if (!is(symbol_or_word)) return false;
    next();
    return true;
}

bool BandMathParser::expect(std::string_view symbol) {
    if (take(symbol)) return true;
    fail(fmt::format("'{}' is expected, not {}", symbol, shown(m_token)), m_token.at);
    return false;
}

std::string BandMathParser::shown(const Token& token) const {
    if (token.kind == Kind::end) return "the end";
    if (token.kind == Kind::odd && (token.text[0] < ' ' || token.text[0] > '~'))
        return "a character that has no meaning here";
    return fmt::format("'{}'", token.text.size() > 40 ? token.text.substr(0, 40) : token.text);
}

std::size_t BandMathParser::column(std::size_t at) const {
    const auto before = m_all.substr(0, at);
    return 1 +
           static_cast<std::size_t>(std::ranges::count_if(before, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::nullopt_t BandMathParser::fail(std::string_view what, std::size_t at) {
    if (!m_error) m_error = fmt::format("{} (column {})", what, column(at));
    return std::nullopt;
}

std::nullopt_t BandMathParser::too_deep(std::size_t at) {
    return fail(
        fmt::format("The expression has more than {} operations within one another", k_most_math_depth), at);
}

BandMathParser::Height BandMathParser::emit(Op op, std::size_t at, std::initializer_list<int> heights) {
    const int height = heights.size() == 0 ? 1 : 1 + std::max(heights);
    if (height > k_most_math_depth) return too_deep(at);
    m_math.m_steps.push_back({op});
    m_on_stack = m_on_stack + 1 - static_cast<std::size_t>(BandMath::operands_of(op));
    m_math.m_stack_depth = std::max(m_math.m_stack_depth, m_on_stack);
    return height;
}

BandMathParser::Height BandMathParser::choice() {
    const Deeper deeper{m_depth};
    if (m_depth > k_most_math_depth) return too_deep(m_token.at);
    const Height condition = chain(k_or);
    const std::size_t at = m_token.at;
    if (!condition || !take("?")) return condition;
    const Height a = choice();
    if (!a || !expect(":")) return std::nullopt;
    const Height b = choice();
    if (!b) return std::nullopt;
    return emit(Op::op_select, at, {*condition, *a, *b});
}

const BandMathParser::Binary* BandMathParser::binary() const {
    const auto* const found =
        std::ranges::find_if(k_binaries, [&](const Binary& each) { return is(each.sign); });
    return found == std::end(k_binaries) ? nullptr : found;
}

BandMathParser::Height BandMathParser::chain(int least_binding) {
    Height left = operand();
    bool compared = false;
    for (const Binary* sign = binary(); left && sign != nullptr && sign->binds >= least_binding;
         sign = binary()) {
        const std::size_t at = m_token.at;
        if (compared && sign->binds == k_comparison)
            return fail("Comparisons cannot be chained; write 1 < b1 and b1 < 3", at);
        compared = sign->binds == k_comparison;
        next();
        const Height right = chain(sign->binds + 1);
        if (!right) return std::nullopt;
        left = emit(sign->op, at, {*left, *right});
    }
    return left;
}

BandMathParser::Height BandMathParser::operand() {
    const Deeper deeper{m_depth};
    if (m_depth > k_most_math_depth) return too_deep(m_token.at);
    const std::size_t at = m_token.at;
    if (take("+")) return operand();
    if (take("-")) {
        const Height of = operand();
        return of ? emit(Op::op_negate, at, {*of}) : of;
    }
    if (take("!")) {
        const Height of = operand();
        return of ? emit(Op::op_not, at, {*of}) : of;
    }
    if (take("not")) {
        const Height of = chain(k_comparison);
        return of ? emit(Op::op_not, at, {*of}) : of;
    }
    return power();
}

BandMathParser::Height BandMathParser::power() {
    const Height root = primary();
    const std::size_t at = m_token.at;
    if (!root || (!take("^") && !take("**"))) return root;
    const Height exponent = operand();
    return exponent ? emit(Op::op_pow, at, {*root, *exponent}) : exponent;
}

BandMathParser::Height BandMathParser::primary() {
    const Token token = m_token;
    if (token.kind == Kind::number) {
        next();
        return constant(token.number, token.at);
    }
    if (take("(")) {
        const Height inner = choice();
        return inner && expect(")") ? inner : std::nullopt;
    }
    if (token.kind != Kind::name)
        return fail(fmt::format("A number, band or function is expected, not {}", shown(token)), token.at);
    for (const Function& function : k_functions) {
        if (!take(function.name)) continue;
        return call(function, token.at);
    }
    if (take("pi")) return constant(3.14159265358979323846, token.at);
    if (take("nan")) return put_number(k_no_value, token.at);
    return band(token);
}

BandMathParser::Height BandMathParser::call(const Function& function, std::size_t at) {
    if (!expect("(")) return std::nullopt;
    const bool is_open_ended = function.most == k_any_number;
    std::array<int, 3> heights{};
    int count = 0;
    do {
        if (count == function.most) return fail(wrong_count(function, "more"), m_token.at);
        const Height value = choice();
        if (!value) return std::nullopt;
        heights[is_open_ended ? std::min(count, 1) : count] = *value;
        ++count;
        if (!is_open_ended || count < 2) continue;
        const Height both =
            emit(function.op, at, {heights[0], heights[1]});  // of the first two, then of that
        if (!both) return std::nullopt;
        heights[0] = *both;
    } while (take(","));
    if (!is(")")) return fail(fmt::format("',' or ')' is expected, not {}", shown(m_token)), m_token.at);
    if (count < function.least) return fail(wrong_count(function, std::to_string(count)), at);
    next();
    if (is_open_ended) return heights[0];
    return emit(function.op, at, {heights[0], heights[1], heights[2]});
}

std::string BandMathParser::wrong_count(const Function& function, std::string_view given) {
    return fmt::format("{} takes {}{} value{}, not {}", function.name,
                       function.most > function.least ? "at least " : "", function.least,
                       function.least == 1 ? "" : "s", given);
}

BandMathParser::Height BandMathParser::band(const Token& token) {
    const std::string_view digits = token.text.substr(1);
    if ((token.text[0] != 'b' && token.text[0] != 'B') || digits.empty() ||
        !std::ranges::all_of(digits, is_digit))
        return fail(fmt::format("{} is not a band, function or constant", shown(token)), token.at);
    int number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec != std::errc{} || number < 1 || number > m_band_count) {
        const std::string there_are = m_band_count == 0   ? "there are none"
                                      : m_band_count == 1 ? "there is only b1"
                                                          : fmt::format("there are {}", m_band_count);
        return fail(fmt::format("{} is not a band: {}", shown(token), there_are), token.at);
    }
    auto& bands = m_math.m_bands;
    if (std::ranges::find(bands, number) == bands.end()) bands.push_back(number);
    if (bands.size() > k_most_math_bands)
        return fail(fmt::format("The expression reads more than {} bands", k_most_math_bands), token.at);
    next();
    const Height height = emit(Op::band, token.at, {});
    m_math.m_steps.back().band = number;
    return height;
}

BandMathParser::Height BandMathParser::constant(double value, std::size_t at) {
    const auto number = static_cast<float>(value);
    if (!(number < k_no_value)) return fail("The number does not fit into a 32-bit float", at);
    return put_number(number < std::numeric_limits<float>::min() ? 0 : number, at);
}

BandMathParser::Height BandMathParser::put_number(float number, std::size_t at) {
    const Height height = emit(Op::number, at, {});
    m_math.m_steps.back().number = number;
    return height;
}

base::Result<BandMath> BandMathParser::parse() {
    while (!m_all.empty() && is_blank(m_all.back())) m_all.remove_suffix(1);
    if (m_all.size() > k_most_math_bytes)
        return base::fail(ErrorKind::malformed, "The expression is longer than {} characters",
                          k_most_math_bytes);
    next();
    if (m_token.kind == Kind::end)
        return base::fail(ErrorKind::malformed, "There is no expression; write one such as (b2-b1)/(b2+b1)");
    m_math.m_text = m_all.substr(m_token.at);
    if (choice() && m_token.kind != Kind::end)
        fail(fmt::format("An operator or the end is expected, not {}", shown(m_token)), m_token.at);
    if (m_error) return std::unexpected(base::Error{ErrorKind::malformed, *m_error});
    auto& bands = m_math.m_bands;
    std::ranges::sort(bands);
    for (BandMath::Step& step : m_math.m_steps)
        if (step.op == Op::band)
            step.band = static_cast<int>(std::ranges::lower_bound(bands, step.band) - bands.begin());
    assert(m_on_stack == 1);
    return std::move(m_math);
}

base::Result<BandMath> BandMath::parse(std::string_view text, int band_count) {
    return BandMathParser{text, band_count}.parse();
}

}  // namespace media
