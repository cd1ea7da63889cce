# usage: base.sh SUITE FOLDER APT_SOURCE APT_SETTINGS PACKAGES
set -e
suite=$1 folder=$2 source=$3 settings=$4 packages=$5
mmdebstrap --mode=root --variant=minbase --include="$packages" \
    --aptopt="$settings" --aptopt='Acquire::Languages "none"' \
    --dpkgopt=path-exclude=/usr/share/doc/* \
    --dpkgopt=path-exclude=/usr/share/man/* \
    --dpkgopt=path-exclude=/usr/share/locale/* \
    "$suite" "$folder" "$source"
# Each host gets a key of its own when it boots.
rm -f "$folder"/etc/ssh/ssh_host_*
rm -f "$folder"/etc/apt/apt.conf.d/99mmdebstrap "$folder"/etc/dpkg/dpkg.cfg.d/99mmdebstrap
: >"$folder/etc/resolv.conf"
echo '127.0.0.1 localhost' >"$folder/etc/hosts"
