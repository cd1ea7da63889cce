# The first thing that runs in a host's own root: makes it what its story says.
# Works on Debian and on BusyBox. Descriptor 9 tells the lab how it went.
set -e
trap 'echo failed >&9' EXIT
umount -l /run/lab/old
cd /run/lab
# shellcheck source=/dev/null
. ./env

if [ "$LAB_BOOTS" != appliance ]; then
    printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$LAB_NAME" >/etc/hosts
    echo "$LAB_MACHINE_ID" >/etc/machine-id
    echo "$LAB_NAME" >/etc/hostname
    install -m 600 host_key /etc/ssh/ssh_host_ed25519_key
    install -m 644 host_key.pub /etc/ssh/ssh_host_ed25519_key.pub
    useradd -m -s /bin/bash -c "Compte d'audit" audit
    install -d -m 700 -o audit -g audit /home/audit/.ssh
    install -m 600 -o audit -g audit /dev/null /home/audit/.ssh/authorized_keys
    printf 'from="%s" %s\n' "$LAB_AUDITORS" "$(cat audit_key)" \
        >/home/audit/.ssh/authorized_keys
    echo 'audit ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/audit
    chmod 440 /etc/sudoers.d/audit
fi
# Daemons must not hold the descriptor.
( . ./setup.sh ) 9>&-
if [ "$LAB_BOOTS" = daemons ]; then
    mkdir -p /run/sshd
    /usr/sbin/sshd ${LAB_SSHD_LOG:+-E "$LAB_SSHD_LOG"} 9>&-
fi

cd /
rm -rf /run/lab
trap - EXIT
echo ready >&9
exec 9>&-
if [ "$LAB_BOOTS" = systemd ]; then
    exec env -i container=lab /lib/systemd/systemd
fi
# From here on the kernel reaps: nobody waits for orphans.
trap '' CHLD
exec sleep infinity
