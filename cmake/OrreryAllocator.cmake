# SPDX-License-Identifier: MIT
# What programs that serve many calls take their memory from, as `orrery_allocator`: a seventh of a server's time went into
# the C library's own. Sanitizers bring theirs, and other builds keep to what every debugger knows. Link it before all
# else, for the first library that defines malloc is the one that gives it.
set(mimalloc_default OFF)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT ORRERY_SANITIZE)
  set(mimalloc_default ON)
endif()
option(ORRERY_MIMALLOC "Take memory from mimalloc" ${mimalloc_default})

add_library(orrery_allocator INTERFACE)
if(ORRERY_MIMALLOC)
  find_package(mimalloc QUIET)
  if(TARGET mimalloc)
    target_link_libraries(orrery_allocator INTERFACE -Wl,--push-state,--no-as-needed mimalloc -Wl,--pop-state)
  else()
    message(STATUS "No mimalloc: taking memory from the C library")
  endif()
endif()
