# SPDX-License-Identifier: MIT
# A room is a folder, a namespace and a build target at once (DECISIONS.md). Its sources are what lies in the folder.

# orrery_room(NAME [GLOBS pattern...] LINK target...)  static library orrery_<NAME> of the current folder.
function(orrery_room name)
  cmake_parse_arguments(ROOM "" "" "GLOBS;LINK" ${ARGN})
  if(NOT ROOM_GLOBS)
    set(ROOM_GLOBS *.cpp *.h)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${ROOM_GLOBS})
  add_library(orrery_${name} STATIC ${sources})
  set_target_properties(orrery_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(orrery_${name} PUBLIC orrery_flags ${ROOM_LINK})
endfunction()

# orrery_tests(LABEL label LINK target... [TIMEOUT seconds] [LAUNCHER command...] [CHANNEL stem...])  one program and one
# test for each *_test.cpp of the current folder. A launcher runs the program for us, and skips by ending with 77. The
# tests named as CHANNEL open one, and get the label of that name as well.
function(orrery_tests)
  cmake_parse_arguments(TESTS "" "LABEL;TIMEOUT" "LINK;LAUNCHER;CHANNEL" ${ARGN})
  if(NOT TESTS_TIMEOUT)
    set(TESTS_TIMEOUT 120)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS *_test.cpp)
  file(RELATIVE_PATH place ${CMAKE_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  foreach(source ${sources})
    get_filename_component(stem ${source} NAME_WE)
    string(REPLACE "/" "_" target "${place}_${stem}")
    add_executable(${target} ${source})
    set_target_properties(${target} PROPERTIES AUTOMOC ON)
    target_link_libraries(${target} PRIVATE orrery_flags orrery_test_support Qt6::Test ${TESTS_LINK})
    target_compile_definitions(${target} PRIVATE ORRERY_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                               ORRERY_BINARY_DIR="${CMAKE_BINARY_DIR}")
    add_test(NAME ${place}/${stem} COMMAND ${TESTS_LAUNCHER} $<TARGET_FILE:${target}>)
    set(labels ${TESTS_LABEL})
    if(stem IN_LIST TESTS_CHANNEL)
      list(APPEND labels channel)
    endif()
    set_tests_properties(${place}/${stem} PROPERTIES LABELS "${labels}" TIMEOUT ${TESTS_TIMEOUT}
                         ENVIRONMENT "QT_QPA_PLATFORM=offscreen;${ORRERY_TEST_ENVIRONMENT}")
    if(TESTS_LAUNCHER)
      set_tests_properties(${place}/${stem} PROPERTIES SKIP_RETURN_CODE 77)
    endif()
  endforeach()
endfunction()
