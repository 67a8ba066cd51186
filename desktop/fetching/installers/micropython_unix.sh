#!/bin/bash
# usage: micropython_unix.sh FOLDER SUITE VERSION
# Puts MicroPython (unix port; threads, no GIL) from a Debian suite under FOLDER with its own libc, so that it runs on any
# Debian and leaves the system alone. FOLDER/micropython runs it, wherever FOLDER is moved. About 3 s, 16 MB.
set -euo pipefail
FOLDER=$(realpath -m "$1"); SUITE_NAME=$2; VERSION=$3; WORK=$FOLDER/work
. "$(dirname "$0")/debian_suite.sh"
mkdir -p "$FOLDER/root" "$WORK/debs"

step "reading the package lists"
open_suite "$SUITE_NAME"
step "downloading MicroPython and its libraries"
cd "$WORK/debs"
suite_apt download micropython libc6 libffi8 libmbedtls21 libmbedcrypto16 libmbedx509-7
expect_version micropython_*.deb
for package in *.deb; do dpkg -x "$package" "$FOLDER/root"; done

cd "$FOLDER"
loader=$(echo root/usr/lib/*-linux-gnu/ld-linux*.so.*)
cat > micropython <<LAUNCHER
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
exec "\$here/$loader" --library-path "\$here/$(dirname "$loader")" "\$here/root/usr/bin/micropython" "\$@"
LAUNCHER
chmod +x micropython
rm -rf "$WORK" root/usr/share
./micropython -c 'import sys; print("step:", sys.version)'
