#!/bin/sh
# arm-root.sh DIRECTORY: downloads and unpacks the libraries of Debian's arm64 packages to
# DIRECTORY/root, for "make check-arm".  Nothing is installed, and no architecture is added to the
# system's apt and dpkg: this apt has its own state in DIRECTORY/apt and uses only the system's
# list of sources and keys.

set -u
fail() {
	echo "check-arm: $*" >&2
	exit 1
}

for tool in aarch64-linux-gnu-gcc qemu-aarch64 apt-get dpkg-deb; do
	command -v $tool >/dev/null || fail "no $tool: this needs Debian and 'make deps check-arm'"
done

mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial" && cd "$1" || exit 1
here=$PWD
: >apt/status
cat >apt/conf <<END_OF_CONF
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Dir::State "$here/apt";
Dir::State::status "$here/apt/status";
Dir::Cache "$here/apt";
Dir::Log "$here/apt";
END_OF_CONF
export APT_CONFIG="$here/apt/conf"
# Later settings override earlier ones, such as the architectures in the system's files.
apt() {
	apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 "$@" >apt/log 2>&1
}

# Debian 13 has a separate package for the C library; apt's lists tell which name exists.
apt update || fail "no package lists for arm64 (is there a network?): $(tail -n 1 apt/log)"
msgpack=libmsgpack-dev
! apt-cache show libmsgpack-c-dev >/dev/null 2>&1 || msgpack=libmsgpack-c-dev
rm -f apt/archives/*.deb
apt -y --download-only install libopenblas-dev libarchive-dev libjpeg-dev libpng-dev $msgpack ||
	fail "no arm64 packages (is there a network?): $(tail -n 1 apt/log)"

rm -rf root
mkdir root
for package in apt/archives/*.deb; do
	# The C++ headers are the largest, and nothing here is C++.
	case $package in */libboost* | */libstdc++-*) continue ;; esac
	dpkg-deb -x "$package" root || fail "cannot unpack $package"
done
rm -rf apt/archives apt/lists
