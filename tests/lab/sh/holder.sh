# PID 1 of a lab: holds its tmpfs, its bridges and, by dying, ends all of it.
# usage: holder.sh STAGE ROOTS RUN, in mount, network and PID namespaces of its own.
set -e
stage=$1 roots=$2 run=$3
# /proc is still the machine's, so this is our number as the machine counts.
read -r pid _ </proc/self/stat

mount -t tmpfs -o mode=755 lab "$stage"
mkdir "$stage/machine" "$stage/roots"
mount --bind "$roots" "$stage/roots"
mount --bind /proc "$stage/machine"
mount -t proc proc /proc
ip link set lo up
ip link add outer type bridge
ip address add 10.20.0.1/16 dev outer
ip link set outer up
ip link add inner type bridge
ip link set inner up
# Answers at once instead of asking on the wire for a host that nobody is.
ip route add unreachable 10.38.0.0/16
ip route add unreachable 10.20.29.42/32

echo "$pid" >"$run/holder.new"
mv "$run/holder.new" "$run/holder"
trap '' CHLD
exec sleep infinity
