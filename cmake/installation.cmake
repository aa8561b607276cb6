# What `cmake --install` puts where, beside the programs: docs/operating.md has the paths.

# Configurations with every option commented out, made by the programs that were built.
set(default_config ${PROJECT_BINARY_DIR}/alarum.yaml)
set(default_policy ${PROJECT_BINARY_DIR}/enforcer.yaml)
add_custom_command(OUTPUT ${default_config}
  COMMAND alarum config default > ${default_config} DEPENDS alarum VERBATIM)
add_custom_command(OUTPUT ${default_policy}
  COMMAND alarum-enforcer --default > ${default_policy} DEPENDS alarum-enforcer VERBATIM)
add_custom_target(alarum_default_config ALL DEPENDS ${default_config} ${default_policy})

# What is there already is somebody's work and stays. The policy names who administers the host, which not
# everybody needs to read; its group is for the package to set: the user may not be there yet.
set(permissions_alarum.yaml OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
set(permissions_enforcer.yaml OWNER_READ OWNER_WRITE GROUP_READ)
set(config_folder ${CMAKE_INSTALL_FULL_SYSCONFDIR}/alarum)
foreach(file ${default_config} ${default_policy})
  get_filename_component(name ${file} NAME)
  install(CODE "
    set(installed \"\$ENV{DESTDIR}${config_folder}/${name}\")
    if(EXISTS \"\${installed}\")
      message(STATUS \"Kept: \${installed}\")
    else()
      file(INSTALL \"${file}\" DESTINATION \"${config_folder}\"
        PERMISSIONS ${permissions_${name}})
    endif()")
endforeach()
foreach(folder conf.d rules runner)
  install(DIRECTORY DESTINATION ${config_folder}/${folder})
endforeach()

# In a folder of their own, as in the sources: pages and README link to each other.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs
  DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN "rules.yaml")
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
