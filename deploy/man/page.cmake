# cmake -DIN=… -DOUT=… -DVERSION=… [-DCOMMANDS=…] [-DSHIPPED=…] -P page.cmake
#
# Fills a manual page: @VERSION@; @COMMANDS@ by what yuqingctl says of itself; @SHIPPED@ by the shipped
# configuration, quoted whole. Neither can be out of date.
if(COMMANDS)
  file(READ ${COMMANDS} COMMANDS)
endif()
if(SHIPPED)
  file(READ ${SHIPPED} SHIPPED)
  string(REPLACE "\\" "\\e" SHIPPED "${SHIPPED}")
  string(REPLACE "-" "\\-" SHIPPED "${SHIPPED}")
  string(REGEX REPLACE "\n([.'])" "\n\\\\&\\1" SHIPPED "${SHIPPED}")
endif()
configure_file(${IN} ${OUT} @ONLY)
