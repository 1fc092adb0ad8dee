#!/bin/sh
# deb.sh DIRECTORY: builds the Debian package of this tree in DIRECTORY, where the .deb, the
# .changes and the .buildinfo lie afterwards.  $VERSION is the project's.  "make deb" runs it,
# at the top of the tree.
#
# Debian's tools want a directory debian/ at the top of the sources and write beside that
# directory, so they work on a copy: of what git knows in a checkout, of everything but build/
# elsewhere.  Equal sources give equal packages: dpkg-buildpackage takes SOURCE_DATE_EPOCH from
# debian/changelog, and the compiler leaves out the directory.
set -eu
: "${VERSION:?run by make deb}"
mkdir -p "$1"
directory=$(cd "$1" && pwd)
source=$directory/ltpipe-$VERSION
case $directory in
*[[:space:]]*)
	# dpkg-buildflags(1) then leaves out -ffile-prefix-map, and debugging information has the path.
	echo "deb: $directory: give a directory without blanks in its path" >&2
	exit 1
	;;
esac

in_changelog=$(sed -n '1s/^ltpipe (\([^-]*\)-.*/\1/p' pipelines/package/debian/changelog)
[ "$in_changelog" = "$VERSION" ] || {
	echo "deb: debian/changelog says version $in_changelog, the programs $VERSION" >&2
	exit 1
}

rm -rf "$source" "$directory"/ltpipe_* "$directory"/ltpipe-dbgsym_*
mkdir "$source"
if [ -e .git ] && git ls-files >"$directory/files" 2>/dev/null; then
	# One that is deleted and not committed yet is gone.
	while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done <"$directory/files" >"$directory/present"
	tar -cf - -T "$directory/present" | tar -xf - -C "$source"
	rm "$directory/files" "$directory/present"
else
	tar -cf - --exclude=./build . | tar -xf - -C "$source"
fi
cp -R "$source/pipelines/package/debian" "$source/debian"
# Permissions as a fresh checkout has them under the usual umask, whatever this one's was.
chmod -R u=rwX,go=rX "$source"

cd "$source"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS
# A compiler cache may give debugging information of another directory.
CCACHE_DISABLE=1 LC_ALL=C dpkg-buildpackage -b -us -uc -rfakeroot
cd "$directory"
rm -rf "$source"
ls -l ltpipe_*.deb
