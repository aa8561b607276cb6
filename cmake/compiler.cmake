# What every target of ours is compiled with. `alarum_library(name HEADERS … SOURCES … LINK … LINK_PRIVATE
# …)` is the one way to declare a layer: it turns on the warnings and roots the includes at the top folder.
# HEADERS are those without a source of their name, which would include them first: that each of them compiles
# alone is proved by the target `all_verify_interface_header_sets` (tests/tidy/headers.py).

add_library(alarum_compiler INTERFACE)
target_compile_features(alarum_compiler INTERFACE cxx_std_20)
target_include_directories(alarum_compiler INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(alarum_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  # g++ 12 reports overlapping copies inside std::string::insert that cannot happen.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${ALARUM_WARNINGS_AS_ERRORS}>:-Werror>
  # Paths in debug information start at the top folder, so that ccache hits from any clone.
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.)
if(ALARUM_SANITIZE)
  # g++ 12 with sanitizers takes std::function inside std::regex (Catch2 includes it) for uninitialised.
  target_compile_options(alarum_compiler INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  # g++ 12 warns that the thread sanitizer does not see fences. Asio puts some around handlers, beside locks,
  # which it does see.
  if(ALARUM_SANITIZE STREQUAL "thread")
    target_compile_options(alarum_compiler INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
  target_compile_options(alarum_compiler INTERFACE
    -fsanitize=${ALARUM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(alarum_compiler INTERFACE -fsanitize=${ALARUM_SANITIZE})
  if(ALARUM_SANITIZE MATCHES "address.*undefined")
    # Three checks that take a tenth of the time of compiling, and find what the address sanitizer finds where
    # the pointer is used. The fuzzers, which clang compiles, have them.
    target_compile_options(alarum_compiler INTERFACE
      $<$<CXX_COMPILER_ID:GNU>:-fno-sanitize=null,object-size,pointer-overflow>)
  endif()
endif()
if(ALARUM_COVERAGE)
  # Not in tests, which nobody asks about: it is an eighth of the time of compiling them, and most of the
  # report. A function in a header is not counted either where a test's copy of it is the one that is linked.
  # -fprofile-update=atomic by its other name, since ccache takes that one for an option it must not cache.
  set(is_test $<PATH:IS_PREFIX,${PROJECT_SOURCE_DIR}/tests,$<TARGET_PROPERTY:SOURCE_DIR>>)
  target_compile_options(alarum_compiler INTERFACE
    "$<$<NOT:${is_test}>:--coverage;--profile-update=atomic>")
  target_link_options(alarum_compiler INTERFACE --coverage)
endif()

function(alarum_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES;LINK;LINK_PRIVATE")
  add_library(${name} STATIC ${arg_SOURCES})
  if(arg_HEADERS)
    target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${arg_HEADERS})
    set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
  target_link_libraries(${name} PUBLIC alarum_compiler ${arg_LINK} PRIVATE ${arg_LINK_PRIVATE})
endfunction()
