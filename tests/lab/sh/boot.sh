# Give one host its network and boot it; runs inside the lab, once for each host.
# usage: boot.sh STAGE NAME BOOTS BRIDGE CIDR INNER_CIDR CGROUP LAYERS PYTHON
set -e
stage=$1 name=$2 boots=$3 bridge=$4 cidr=$5 inner=$6 cgroup=$7 layers=$8 python=$9
here=$stage/$name
scripts=$(dirname "$0")

link() { # BRIDGE INTERFACE CIDR
    outside=$2-$name
    ip link add "$outside" type veth peer name "$2" netns "$here/net"
    ip link set "$outside" master "$1" up
    nsenter --net="$here/net" ip address add "$3" dev "$2"
    nsenter --net="$here/net" ip link set "$2" up
}

: >"$here/net"
unshare --net="$here/net" true
nsenter --net="$here/net" ip link set lo up
link "$bridge" eth0 "$cidr"
[ -z "$inner" ] || link inner eth1 "$inner"

if [ "$boots" = mute ]; then
    exec nsenter --net="$here/net" "$python" "$scripts/../mute.py" 22
fi
share='--mount --uts --ipc --pid'
if [ "$boots" = systemd ]; then
    # --cgroup makes the group that we are in the root of what the host sees.
    mkdir "$cgroup"
    echo $$ >"$cgroup/cgroup.procs"
    share="$share --cgroup"
fi
# shellcheck disable=SC2086 # the options are words
exec nsenter --net="$here/net" unshare $share --fork --kill-child \
    --propagation private sh "$scripts/init.sh" "$here" "$name" "$boots" "$layers"
