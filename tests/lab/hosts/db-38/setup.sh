# The audit account has the rights, and has to say its password for them.
echo "audit:$LAB_SUDO_DB38" | chpasswd
echo 'audit ALL=(ALL:ALL) ALL' >/etc/sudoers.d/audit

# Copied from lis-35 with its line of the shadow file.
useradd -m -s /bin/bash -c 'Assistance éditeur' -p "$LAB_SHARED_FIELD" support

version=$(ls /etc/postgresql)
main=/etc/postgresql/$version/main
install -m 640 -o postgres -g postgres files/pg_hba.conf "$main/pg_hba.conf"
echo "listen_addresses = 'localhost'" >>"$main/postgresql.conf"
pg_ctlcluster "$version" main start

# Tests count what sshd saw.
echo 'LogLevel VERBOSE' >/etc/ssh/sshd_config.d/verbose.conf
