#pragma once
// A headless context for one test, which fails where there is none, and checks at its end that GL reported
// nothing.

#include <cstdlib>
#include <optional>
#include <string_view>

#include <doctest/doctest.h>

#include "base/geometry.h"
#include "render/framebuffer.h"
#include "render/gl_context.h"

namespace render::testing {

class GlTest {
public:
    GlTest() {
        const char* no_gl = std::getenv("LIMN_NO_GL");
        if (no_gl != nullptr && std::string_view{no_gl} == "1") {
            MESSAGE("skipped: LIMN_NO_GL=1");
            return;
        }
        base::Result<HeadlessContext> context = HeadlessContext::create();
        REQUIRE_MESSAGE(context.has_value(), context.error().message);
        m_context.emplace(std::move(*context));
        watch_gl_errors();
    }
    ~GlTest() {
        if (m_context) CHECK(take_gl_errors() == 0);
    }
    // False only under LIMN_NO_GL=1; the test then returns at once.
    explicit operator bool() const { return m_context.has_value(); }

private:
    std::optional<HeadlessContext> m_context;
};

template <class T>
T must(base::Result<T> result) {
    REQUIRE_MESSAGE(result.has_value(), result.error().message);
    return std::move(*result);
}

inline base::Rect whole(Size size) {
    return {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)};
}

}  // namespace render::testing
