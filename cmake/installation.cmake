# What `cmake --install` puts where, beside the programs: docs/operating.md has the paths.

# A configuration with every option commented out, made by the tool that was built.
set(default_config ${PROJECT_BINARY_DIR}/alarum.yaml)
add_custom_command(OUTPUT ${default_config}
  COMMAND alarum config default > ${default_config} DEPENDS alarum VERBATIM)
add_custom_target(alarum_default_config ALL DEPENDS ${default_config})

# What is there already is somebody's work and stays.
set(config_folder ${CMAKE_INSTALL_FULL_SYSCONFDIR}/alarum)
install(CODE "
  set(installed \"\$ENV{DESTDIR}${config_folder}/alarum.yaml\")
  if(EXISTS \"\${installed}\")
    message(STATUS \"Kept: \${installed}\")
  else()
    file(INSTALL \"${default_config}\" DESTINATION \"${config_folder}\")
  endif()")
foreach(folder conf.d rules)
  install(DIRECTORY DESTINATION ${config_folder}/${folder})
endforeach()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/
  DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
