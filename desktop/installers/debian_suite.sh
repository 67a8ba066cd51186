# Sourced by the installers beside it. Gives them Debian packages of another release without touching this system:
# its own package lists and cache under $WORK/apt, fetched from the mirror this machine's apt already uses.
# The caller sets WORK, an empty folder. A line printed as "step: TEXT" is progress; everything else is log.

step() { echo "step: $*"; }

# open_suite NAME: reads the package lists of that Debian release; afterwards suite_apt works on them.
open_suite() {
    mkdir -p "$WORK"/apt/{lists/partial,cache/archives/partial}
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | awk '$2 !~ /security/ {print $1; exit}')
    if [ -z "$mirror" ]; then echo "E: apt on this machine names no package mirror"; return 1; fi
    printf 'deb %s %s main\ndeb-src %s %s main\n' "$mirror" "$1" "$mirror" "$1" > "$WORK/apt/sources.list"
    SUITE_OPTIONS=(-o Dir::Etc::sourcelist="$WORK/apt/sources.list" -o Dir::Etc::sourceparts=-
        -o Dir::State::Lists="$WORK/apt/lists" -o Dir::Cache="$WORK/apt/cache"
        -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any -o Acquire::Retries=1)
    suite_apt update
}

suite_apt() { apt-get -q "${SUITE_OPTIONS[@]}" "$@"; }

# host_download PACKAGE...: packages of this machine's own release, which run on its libc, into the current folder.
host_download() {
    local options=(-o APT::Sandbox::User=root)
    if ! apt-cache show "$1" > /dev/null 2>&1; then   # a fresh machine has no package lists yet: read them privately
        mkdir -p "$WORK"/host/{lists/partial,cache/archives/partial}
        options+=(-o Dir::State::Lists="$WORK/host/lists" -o Dir::Cache="$WORK/host/cache")
        apt-get -q "${options[@]}" -o APT::Update::Error-Mode=any update
    fi
    apt-get -q "${options[@]}" download "$@"
}
