# Run in new mount, PID and network namespaces: what `up` will need, in small.
step() {
    what=$1; shift
    said=$("$@" 2>&1) || { echo "$what: $said" >&2; exit 1; }
}

step 'no tmpfs can be mounted' mount -t tmpfs lab /tmp
step 'no veth pair can be made' ip link add lab0 type veth peer name lab1
step 'no bridge can be made' ip link add lab2 type bridge
mkdir /tmp/lower /tmp/upper /tmp/work /tmp/root /tmp/proc /tmp/sys
step 'no overlay can be mounted over a tmpfs' mount -t overlay overlay \
    -o lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work /tmp/root
step 'no file can be made in the overlay' touch /tmp/root/file
step 'no device node can be made' mknod /tmp/null c 1 3
step 'no /proc can be mounted' mount -t proc proc /tmp/proc
step 'no /sys can be mounted' mount -t sysfs -o ro sysfs /tmp/sys
