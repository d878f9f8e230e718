# SPDX-License-Identifier: MIT
# One flags target for all of our own code, and what the build as a whole needs: ccache, a quick linker, a usable compiler.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# Debian 12's g++ 12.2 destroys temporaries twice in an expression with co_await; the probe fails there.
if(NOT ORRERY_COMPILER_PROBED STREQUAL CMAKE_CXX_COMPILER)
  try_run(probe_exit probe_compiled ${CMAKE_BINARY_DIR}/probe ${CMAKE_SOURCE_DIR}/cmake/coroutine_probe.cpp
          CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON COMPILE_OUTPUT_VARIABLE probe_output)
  if(NOT probe_compiled OR NOT probe_exit EQUAL 0)
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_VERSION} miscompiles C++20 coroutines. "
                        "Use a preset (clang-19), or another compiler with -DCMAKE_CXX_COMPILER=: Clang 16+ or GCC 13+.\n"
                        "${probe_output}")
  endif()
  set(ORRERY_COMPILER_PROBED ${CMAKE_CXX_COMPILER} CACHE INTERNAL "")
endif()

find_program(ORRERY_CCACHE ccache)
if(ORRERY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths relative to the checkout, so that two checkouts share one cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_PCH_EXTSUM=true ${ORRERY_CCACHE})
endif()
find_program(ORRERY_MOLD mold)
if(ORRERY_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

add_library(orrery_flags INTERFACE)
target_include_directories(orrery_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(orrery_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers
                       $<$<BOOL:${ORRERY_WERROR}>:-Werror>)
target_compile_definitions(orrery_flags INTERFACE ORRERY_VERSION="${PROJECT_VERSION}" QT_NO_KEYWORDS
                           QT_NO_CAST_FROM_BYTEARRAY QT_NO_FOREACH)
if(ORRERY_SANITIZE)
  target_compile_options(orrery_flags INTERFACE -fsanitize=${ORRERY_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(orrery_flags INTERFACE -fsanitize=${ORRERY_SANITIZE})
endif()
