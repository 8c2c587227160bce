#!/usr/bin/env bash
# Installs the Debian packages of packages.txt that are not there yet: install.sh [--test | --bench] STAMP_FOLDER.
# With --test also those after the line "test", with --bench those after "bench" too. A copy of the list in STAMP_FOLDER
# says that it was seen to be installed, so that the next start need not ask again.
set -euo pipefail

list="$(dirname "$0")/packages.txt"
wanted=run
case ${1:-} in --test | --bench) wanted=${1#--}; shift ;; esac
stamp="$1/packages-$wanted"
if cmp -s "$list" "$stamp"; then exit 0; fi

packages_of_list() {
    local first_unwanted=test
    if [[ $wanted == test ]]; then first_unwanted=bench; fi
    if [[ $wanted == bench ]]; then first_unwanted=end; fi
    sed "/^$first_unwanted\$/,\$d" "$list" | grep -vxE '#.*|test|bench|'
}
missing_packages() {
    local package
    for package in $(packages_of_list); do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
    done
}
give_up() {
    echo "$1 Install these packages, then start again:" >&2
    echo "    apt-get install --no-install-recommends $(tr '\n' ' ' <<<"$missing")" >&2
    exit 1
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "Limn installs its packages with apt-get, which is not here; it is built and tested on Debian 12." >&2
    echo "Find the names of the packages that it needs in: $list" >&2
    exit 1
fi
missing=$(missing_packages)
if [[ -n $missing ]]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
    if [[ $(id -u) != 0 ]]; then
        sudo -n true 2>/dev/null || give_up "Packages are missing and may not be installed without root."
        as_root=(sudo -n "${as_root[@]}")
    fi
    echo "Installing:" $missing >&2
    apt_install() { "${as_root[@]}" apt-get install -y -q --no-install-recommends $missing >&2; }
    # The lists may be missing (a fresh image) or too old to find a file: fetch them, once, when needed.
    compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || "${as_root[@]}" apt-get update -q >&2 ||
        give_up "apt-get update failed."
    apt_install || { "${as_root[@]}" apt-get update -q >&2 && apt_install; } || give_up "apt-get failed."
fi
mkdir -p "$1"
cp "$list" "$stamp"
