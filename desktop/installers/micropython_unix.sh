#!/bin/bash
# usage: micropython_unix.sh FOLDER
# Puts Debian trixie's MicroPython 1.25 (unix port; threads, no GIL) under FOLDER with its own libc, so that it runs on
# any Debian and leaves the system alone. FOLDER/micropython runs it, wherever FOLDER is moved. About 3 s, 16 MB.
set -euo pipefail
FOLDER=$(realpath -m "$1"); WORK=$FOLDER/work
. "$(dirname "$0")/debian_suite.sh"
mkdir -p "$FOLDER/root" "$WORK/debs"

step "reading the package lists"
open_suite trixie
step "downloading MicroPython and its libraries"
cd "$WORK/debs"
suite_apt download micropython libc6 libffi8 libmbedtls21 libmbedcrypto16 libmbedx509-7
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
