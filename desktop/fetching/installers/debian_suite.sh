# Sourced by the installers beside it. Gives them Debian packages of another release without touching this system:
# package lists and cache of their own under $WORK, fetched from the mirror this machine's apt is set up for.
# The caller sets WORK, an empty folder, and SUITE_NAME and VERSION for expect_version. A line printed as "step: TEXT" is progress; everything else is log.

step() { echo "step: $*"; }

COMMON=(-o APT::Sandbox::User=root -o APT::Update::Error-Mode=any -o Acquire::Retries=1)

# private_lists NAME: prints apt's options for package lists and a cache of our own.
private_lists() {
    mkdir -p "$WORK/$1"/{lists/partial,cache/archives/partial}
    printf '%s\n' -o "Dir::State::Lists=$WORK/$1/lists" -o "Dir::Cache=$WORK/$1/cache"
}

host_apt() { apt-get -q "${COMMON[@]}" "${HOST[@]}" "$@"; }    # packages of this machine's release, for its libc
suite_apt() { apt-get -q "${COMMON[@]}" "${SUITE[@]}" "$@"; }  # packages of the release named to open_suite

find_mirror() {
    host_apt indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        awk '$2 !~ /security/ && !found {print $1; found = 1}'
}

# open_suite NAME: reads the package lists of that Debian release; afterwards host_apt and suite_apt work.
open_suite() {
    HOST=()
    local mirror
    mirror=$(find_mirror)
    if [ -z "$mirror" ]; then    # a fresh machine has no package lists yet
        mapfile -t HOST < <(private_lists host)
        host_apt update
        mirror=$(find_mirror)
    fi
    if [ -z "$mirror" ]; then echo "E: apt on this machine names no package mirror"; return 1; fi
    printf 'deb %s %s main\ndeb-src %s %s main\n' "$mirror" "$1" "$mirror" "$1" > "$WORK/sources.list"
    mapfile -t SUITE < <(private_lists suite)
    SUITE+=(-o "Dir::Etc::sourcelist=$WORK/sources.list" -o Dir::Etc::sourceparts=-)
    suite_apt update
}

# expect_version FILE: ends the installation unless that package file, just downloaded, is of version VERSION.
expect_version() {
    local has=${1#*_}; has=${has%%_*}; has=${has%.dsc}
    case $has in
        "$VERSION" | "$VERSION".* | "$VERSION"[+-]*) ;;
        *) echo "E: Debian $SUITE_NAME does not have MicroPython $VERSION any more, but ${has/'%3a'/:}"; exit 3 ;;
    esac
}
