# cron_alone.sh FOLDER CRON: runs the cron CRON in a mount namespace of its own.
#
# FOLDER/etc/cron.d holds its files, FOLDER/mail gets what it mails; nothing of this
# machine's cron is read or written. Started by: unshare --mount --pid --fork.
set -eu

folder=$1
cron=$2
mount --make-rprivate /
mkdir -p "$folder/tmpfs"
# An overlay can't lie on an overlay, which this machine's root may be.
mount -t tmpfs none "$folder/tmpfs"

over() { # over FOLDER: what is written there stays in here
    mkdir -p "$folder/tmpfs/upper$1" "$folder/tmpfs/work$1"
    mount -t overlay none "$1" -o "lowerdir=$1,upperdir=$folder/tmpfs/upper$1,workdir=$folder/tmpfs/work$1"
}

over /etc
over /usr/sbin
mount -t tmpfs none /run
mount -t tmpfs none /var/spool
mkdir -p /var/spool/cron/crontabs /etc/cron.d
rm -f /etc/cron.d/* /etc/crontab
cp "$folder"/etc/cron.d/* /etc/cron.d/
printf '%s required pam_permit.so\n' auth account session >/etc/pam.d/cron
rm -f /usr/sbin/sendmail
printf '#!/bin/sh\nexec cat >>"%s/mail"\n' "$folder" >/usr/sbin/sendmail
chmod 755 /usr/sbin/sendmail
exec "$cron" -f
