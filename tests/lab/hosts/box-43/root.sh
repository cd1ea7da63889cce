# Make the appliance's root from Debian's binaries; runs while roots are built.
# usage: root.sh FOLDER
set -e
folder=$1
mkdir -p "$folder"
cd "$folder"
mkdir -p bin sbin usr/bin usr/sbin etc dev proc sys run tmp root var/log data
chmod 1777 tmp
chmod 700 root
cp /bin/busybox bin/
chroot . /bin/busybox --install -s
cp /usr/sbin/dropbear usr/sbin/
cp /usr/bin/dropbearkey /usr/lib/dropbear/dropbearconvert usr/bin/
for library in $(ldd /usr/sbin/dropbear /usr/lib/dropbear/dropbearconvert |
    sed -n 's|.*[[:space:]]\(/[^ ]*\) (.*|\1|p' | sort -u); do
    mkdir -p ".$(dirname "$library")"
    cp -L "$library" ".$library"
done
