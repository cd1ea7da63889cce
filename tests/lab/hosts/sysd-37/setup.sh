# Runs before systemd does: configuration and enabled units, no daemons.
files=$PWD/files

# The publisher's key opens root here, and an account with all rights on lis-35.
install -d -m 700 /root/.ssh
install -m 600 keys/mega /root/.ssh/authorized_keys

install -d -m 750 /srv/labo

# The migration's work folder, as it was on the last day; the timer erases it.
install -d -m 750 /srv/migration/lab22
cp records/migration/* /srv/migration/lab22/
touch -d '2026-05-29 18:00' /srv/migration/lab22/*
install -m 644 "$files/erase-lab22.service" "$files/erase-lab22.timer" \
    /etc/systemd/system/
systemctl enable --quiet erase-lab22.timer

install -d -m 2755 -g systemd-journal /var/log/journal
install -d /etc/systemd/journald.conf.d
install -m 644 "$files/journald.conf" /etc/systemd/journald.conf.d/labo.conf

# Collects the others' logs over TLS.
install -d -m 750 /var/log/collecte
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 900 \
    -subj /CN=collecte.example -keyout /etc/ssl/private/collecte.key \
    -out /etc/ssl/collecte.pem 2>/dev/null
chmod 600 /etc/ssl/private/collecte.key
install -m 644 "$files/rsyslog.conf" /etc/rsyslog.conf

# Gives the time; -x: the clock is the whole machine's and must not be touched.
install -m 644 "$files/chrony.conf" /etc/chrony/chrony.conf
echo 'DAEMON_OPTS="-F 1 -x"' >/etc/default/chrony

# Takes the alerts' mail and keeps it for the on-call person.
install -m 644 "$files/main.cf" /etc/postfix/main.cf
printf 'root: rssi\npostmaster: rssi\n' >/etc/aliases
useradd -m -s /usr/sbin/nologin -c 'Astreinte' rssi
newaliases
# Who reads it over IMAP is a test of the alert path; it starts the server.
systemctl disable --quiet dovecot.service
install -m 644 "$files/dovecot.conf" /etc/dovecot/dovecot.conf
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 900 \
    -subj /CN=courrier.labo-exemple.fr -addext subjectAltName=IP:10.20.22.37 \
    -keyout /etc/ssl/private/courrier.key -out /etc/ssl/courrier.pem 2>/dev/null
chmod 600 /etc/ssl/private/courrier.key

# The console, the disks, the kernel and its updates are the machine's.
systemctl mask --quiet console-getty.service getty.target systemd-udevd.service \
    apt-daily.timer apt-daily-upgrade.timer fstrim.timer e2scrub_all.timer \
    sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount \
    sys-fs-fuse-connections.mount systemd-modules-load.service systemd-sysctl.service
