#!/bin/bash
# usage: rp2040_firmware.sh FOLDER SUITE VERSION [BOARD]
# Builds MicroPython for RPI_PICO (RP2040) as FOLDER/firmware.bin and .uf2, from Debian packages only: its source from a
# suite that has VERSION, the Pico SDK from trixie (2.1.1, which MicroPython 1.25 and 1.26 are made for), the cross
# compiler from this machine's own release. About a minute, and 1 GB while it builds. The same packages give the same
# bytes. Left out, to need no more packages: ssl, cryptolib, sha1, Wi-Fi. Needs cmake, ninja, make, gcc, python3.
set -euo pipefail
declare -A RELEASED=([1.25]=2025-04-17 [1.26]=2025-09-11)
FOLDER=$(realpath -m "$1"); SUITE_NAME=$2; VERSION=$3; BOARD=${4:-RPI_PICO}; WORK=$FOLDER/work
. "$(dirname "$0")/debian_suite.sh"
ROOT=$WORK/root; mkdir -p "$ROOT" "$WORK"/{debs,src}

step "reading the package lists"
open_suite trixie
step "downloading the cross compiler, the Pico SDK and MicroPython's source"
cd "$WORK/debs"
host_apt download gcc-arm-none-eabi binutils-arm-none-eabi libnewlib-arm-none-eabi libnewlib-dev libstdc++-arm-none-eabi-dev
suite_apt download pico-sdk-source tinyusb-source
if [ "$SUITE_NAME" != trixie ]; then open_suite "$SUITE_NAME"; fi
cd "$WORK/src"
suite_apt --download-only source micropython
expect_version micropython_*.dsc

step "unpacking"
for package in "$WORK"/debs/*.deb; do dpkg -x "$package" "$ROOT"; done
tar xJf "$WORK"/src/micropython_*.orig.tar.xz -C "$WORK/src"
# What the packages' post-install scripts do with update-alternatives.
ln -sfn newlib "$ROOT/usr/lib/arm-none-eabi/lib"
ln -sfn ../../include/newlib "$ROOT/usr/lib/arm-none-eabi/include"
# The firmware is linked with -lstdc++ and uses nothing of it: an empty archive saves a package of 313 MB.
"$ROOT/usr/bin/arm-none-eabi-ar" crs "$ROOT/usr/lib/arm-none-eabi/newlib/thumb/v6-m/nofp/libstdc++.a"

cd "$WORK"/src/micropython-*/
rm -rf lib/tinyusb; ln -s "$ROOT/usr/src/tinyusb" lib/tinyusb; touch lib/micropython-lib/README.md
sed -i 's/^set(MICROPY_SSL_MBEDTLS ON)/set(MICROPY_SSL_MBEDTLS OFF)/
        s/^target_link_libraries(${MICROPY_TARGET} micropy_lib_mbedtls)//
        s#^    mbedtls/mbedtls_port.c##' ports/rp2/CMakeLists.txt
sed -i -E 's/^#define (MICROPY_PY_HASHLIB_SHA1|MICROPY_PY_CRYPTOLIB|MICROPY_SSL_MBEDTLS) +\(1\)/#define \1 (0)/' ports/rp2/mpconfigport.h
printf 'freeze("$(PORT_DIR)/modules")\ninclude("$(MPY_DIR)/extmod/asyncio")\n' > "$WORK/manifest.py"

# Fixed date, version and hash seed: what the bytes of the firmware would otherwise depend on.
version=$(basename "$PWD"); version=${version#micropython-}
SOURCE_DATE_EPOCH=$(date -u -d "${RELEASED[$VERSION]}" +%s)
export PYTHONHASHSEED=0 SOURCE_DATE_EPOCH MICROPY_GIT_TAG=v$version MICROPY_GIT_HASH=debian
export PATH="$ROOT/usr/bin:$PATH"
step "compiling mpy-cross"
make -s -C mpy-cross -j"$(nproc)"
step "compiling the firmware"
cmake -S ports/rp2 -B "$WORK/build" -G Ninja -DPICO_SDK_PATH_OVERRIDE="$ROOT/usr/src/pico-sdk" \
    -DPICO_TOOLCHAIN_PATH="$ROOT/usr" -DPICO_NO_PICOTOOL=1 -DMICROPY_BOARD="$BOARD" \
    -DMICROPY_FROZEN_MANIFEST="$WORK/manifest.py"
ninja -C "$WORK/build"
cp "$WORK/build/firmware.bin" "$FOLDER/"
python3 tools/uf2conv.py -b 0x10000000 -f 0xe48bff56 -c -o "$FOLDER/firmware.uf2" "$FOLDER/firmware.bin"
cd "$FOLDER"; rm -rf "$WORK"
