# Install packages over the base and keep what that wrote as a layer.
# usage: layer.sh BASE FOLDER APT_SETTINGS RECIPE PACKAGE...
set -e
base=$1 folder=$2 settings=$3 recipe=$4
shift 4

# The upper directory must not lie on an overlay: work on a tmpfs, copy at the end.
mount -t tmpfs lab /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o "lowerdir=$base,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
root=/mnt/root
mount -t proc proc $root/proc
mount -t tmpfs -o mode=755 dev $root/dev
for node in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "$root/dev/${node%:*}" c 1 "${node#*:}"
done
mount -t tmpfs run $root/run
mkdir -p $root/dev/shm $root/run/lab/archives/partial
cp /etc/resolv.conf $root/run/lab/resolv.conf
mount --bind $root/run/lab/resolv.conf $root/etc/resolv.conf
cp "$settings" $root/run/lab/apt.conf
cat >>$root/run/lab/apt.conf <<APT
Dir::Cache::Archives "/run/lab/archives";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
DPkg::Options { "--path-exclude=/usr/share/doc/*"; "--path-exclude=/usr/share/man/*"; };
APT
printf '#!/bin/sh\nexit 101\n' >$root/usr/sbin/policy-rc.d
chmod 755 $root/usr/sbin/policy-rc.d

inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C APT_CONFIG=/run/lab/apt.conf \
    DEBIAN_FRONTEND=noninteractive chroot $root "$@"; }

inside apt-get update
inside apt-get install -y --no-install-recommends "$@"

rm -f $root/usr/sbin/policy-rc.d $root/etc/ssh/ssh_host_*
if [ -n "$recipe" ]; then
    cp "$recipe" $root/run/lab/recipe
    inside sh /run/lab/recipe /appliance
    upper=/mnt/root/appliance
else
    upper=/mnt/upper
fi
# Whiteouts (character devices 0, 0) can't be made on every file system; what apt
# deletes of the base does no harm when it shows again.
tar -C "$upper" --create --xattrs --xattrs-include='security.*' \
    --exclude=./var/cache/apt/*.bin --exclude=./var/lib/apt/lists --exclude=./run/* \
    --exclude=./dev/* --exclude=./proc/* . | tar -C "$folder" --extract --xattrs \
    --xattrs-include='security.*' --same-owner --preserve-permissions
