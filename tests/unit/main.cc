// The runner, compiled once: Catch2's own main costs seconds to build.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
