# Z3 for loading at run time: its header is compiled against, its library is
# only looked at.
#
# In:  DIMSAT_Z3, a folder with include/z3.h and lib/libz3.so (a Python wheel's
#      `z3` folder is one); empty: what pkg-config knows.
# Out: loaded_z3, an interface target: the header, and where the library is;
#      DIMSAT_Z3_NAME, what the loader looks for; DIMSAT_Z3_PATH, the library's
#      file where the loader does not look by itself, else empty.

if(DIMSAT_Z3)
  find_path(Z3_HEADER_DIR z3.h
    HINTS ${DIMSAT_Z3}/include NO_DEFAULT_PATH NO_CACHE REQUIRED)
  find_library(Z3_LIBRARY_FILE z3
    HINTS ${DIMSAT_Z3}/lib ${DIMSAT_Z3}/lib64
    NO_DEFAULT_PATH NO_CACHE REQUIRED)
else()
  pkg_check_modules(Z3 z3>=4.8.12)
  if(NOT Z3_FOUND)
    message(FATAL_ERROR
      "dimsat needs Z3 (4.8.12 or newer) with its header; on Debian: apt-get "
      "install libz3-dev; or give -DDIMSAT_Z3=FOLDER, such as the folder z3 of "
      "the Python package z3-solver")
  endif()
  find_path(Z3_HEADER_DIR z3.h HINTS ${Z3_INCLUDE_DIRS} NO_CACHE REQUIRED)
  find_library(Z3_LIBRARY_FILE z3 HINTS ${Z3_LIBRARY_DIRS} NO_CACHE REQUIRED)
endif()
file(REAL_PATH ${Z3_LIBRARY_FILE} z3_file)
get_filename_component(z3_folder ${z3_file} DIRECTORY)
get_filename_component(DIMSAT_Z3_NAME ${z3_file} NAME)

# The name that the loader knows: the SONAME, else that of the file.
if(CMAKE_READELF)
  execute_process(COMMAND ${CMAKE_READELF} -d ${z3_file}
    OUTPUT_VARIABLE z3_dynamic ERROR_QUIET)
  if(z3_dynamic MATCHES "SONAME[^[]*\\[([^]]+)\\]")
    set(DIMSAT_Z3_NAME ${CMAKE_MATCH_1})
  endif()
endif()

add_library(loaded_z3 INTERFACE)
target_include_directories(loaded_z3 SYSTEM INTERFACE ${Z3_HEADER_DIR})
target_compile_definitions(loaded_z3 INTERFACE DIMSAT_Z3_NAME="${DIMSAT_Z3_NAME}")
# The loader looks by itself where the linker does.
set(z3_searched)
foreach(folder IN LISTS CMAKE_C_IMPLICIT_LINK_DIRECTORIES)
  if(EXISTS ${folder})
    file(REAL_PATH ${folder} folder)
    list(APPEND z3_searched ${folder})
  endif()
endforeach()
set(DIMSAT_Z3_PATH)
if(NOT z3_folder IN_LIST z3_searched)
  set(DIMSAT_Z3_PATH ${z3_file})
  target_compile_definitions(loaded_z3
    INTERFACE DIMSAT_Z3_PATH="${DIMSAT_Z3_PATH}")
endif()
message(STATUS "Z3 is loaded when needed: ${DIMSAT_Z3_NAME} ${DIMSAT_Z3_PATH}")
