# PID 1 of a host: mounts its root, enters it, hands over to first.sh there.
# usage: init.sh HERE NAME BOOTS LAYERS; HERE holds `give` (what first.sh gets),
# `disks` (folder on the machine, place in the host: a line each).
set -e
here=$1 name=$2 boots=$3 layers=$4
# Our number as the machine counts; its /proc is kept there for that.
read -r pid _ <"$here/../machine/self/stat"
echo "$pid" >"$here/pid"
exec 9>"$here/status"
trap 'echo failed >&9' EXIT

mkdir "$here/upper" "$here/work" "$here/root"
mount -t overlay overlay \
    -o "lowerdir=$layers,upperdir=$here/upper,workdir=$here/work" "$here/root"
root=$here/root
hostname "$name"
for place in proc sys dev run tmp; do [ -d "$root/$place" ] || mkdir "$root/$place"; done
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t tmpfs -o mode=755,nosuid dev "$root/dev"
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
    numbers=${node#*:}
    mknod -m 666 "$root/dev/${node%%:*}" c "${numbers%:*}" "${numbers#*:}"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
mount -t tmpfs -o mode=1777,nosuid,nodev shm "$root/dev/shm"
mount -t tmpfs -o mode=755,nosuid,nodev run "$root/run"

while read -r folder place; do
    mkdir -p "$root$place"
    mount --bind "$folder" "$root$place"
done <"$here/disks"
if [ -e "$here/loop" ]; then
    read -r image place <"$here/loop"
    mkdir -p "$root$place"
    mount -o loop "$image" "$root$place"
fi
if [ "$boots" = systemd ]; then
    # systemd would set the machine's own kernel settings there.
    mount --bind "$root/proc/sys" "$root/proc/sys"
    mount -o remount,bind,ro "$root/proc/sys"
    mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
fi
cp -a "$here/give" "$root/run/lab"
rm -rf "$here/give"
mkdir "$root/run/lab/old"
cd "$root"
pivot_root . run/lab/old
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C LAB_BOOTS="$boots" \
    sh /run/lab/first.sh
