# The Debian package: `cmake --build build --target package`, or in a configured folder `cpack -G DEB`.
# What is in it is what deploy/CMakeLists.txt installs; this is what Debian wants to know about it.
set(here ${CMAKE_CURRENT_LIST_DIR})

file(STRINGS ${here}/changelog newest LIMIT_COUNT 1)
if(NOT newest MATCHES "^yuqingd \\(${PROJECT_VERSION}\\) ")
  message(FATAL_ERROR "deploy/debian/changelog begins with '${newest}', the project is ${PROJECT_VERSION}")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)  # units and configuration have absolute places
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_NAME yuqingd)
set(CPACK_PACKAGE_CONTACT "yuqingd contributors <yuqingd@example.gov.cn>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "times the answers a government office owes the public")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"A daemon that takes public-opinion events over ZeroMQ or HTTP, derives the
statutory deadlines for answering them from a policy file, keeps every
deadline in a Redis of its own, and sends signed webhooks and robot messages
before and after a deadline passes.
.
政务舆情回应时限守护：接收舆情事件，按政策文件计算回应时限，
到期之前提醒、到期之后督办。")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS
    "redis-server (>= 5:7.0), systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles, \
init-system-helpers (>= 1.54), passwd, procps, ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, grafana")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${here}/conffiles ${here}/postinst ${here}/prerm ${here}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
