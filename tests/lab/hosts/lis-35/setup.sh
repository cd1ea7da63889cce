# MEGABUS, the publisher's remote-maintenance server at the Rennes laboratory.
files=$PWD/files keys=$PWD/keys records=$PWD/records

# --- The accounts: named after a task, opened by whoever has the task today.

hash() { openssl passwd "-$1" "$(openssl rand -hex 8)"; }
account() { # NAME FIELD [USERADD OPTION...]
    who=$1 field=$2
    shift 2
    useradd -m -s /bin/bash -p "$field" "$@" "$who"
}
allow() { # ACCOUNT PERSON...
    home=$(getent passwd "$1" | cut -d: -f6)
    install -d -m 700 -o "$1" "$home/.ssh"
    file=$home/.ssh/authorized_keys
    for person in "$2" "$3" "$4"; do
        [ -z "$person" ] || cat "$keys/$person" >>"$file"
    done
    chown "$1" "$file"
    chmod 600 "$file"
}

groupadd telemaintenance
bench=$(hash 6)
account labo "$bench" -c 'Poste de paillasse'
allow labo martin dubois petit
# Somebody copied the line instead of thinking of another password.
account biologie "$bench" -c 'Validation biologique'
account maintenance "$(hash 6)" -c 'Télémaintenance éditeur' -G telemaintenance
allow maintenance mega dubois
account support "$LAB_SHARED_FIELD" -c 'Assistance éditeur' -G telemaintenance
allow support mega martin
account accueil '' -c 'Poste du secrétariat'
account hl7 "$(hash 1)" -c 'Interface du concentrateur'
account technicien "$(hash 6)" -u 1200
account stagiaire "$(hash 6)" -u 1200 -o
# For the day when root's password is forgotten.
account secours "$(hash 6)" -u 0 -o -g 0
usermod -p "$(hash 6)" root
install -m 440 "$files/sudoers" /etc/sudoers.d/telemaintenance

# --- The data: everything in one place, in clear.

# /sys/block is the machine's, where the disk may be a virtual one that only its keeper
# knows. This host's is replayed: the same device number, as a plain SATA disk.
number=$(awk '$5 == "/srv/mega" { print $3 }' /proc/self/mountinfo)
disk=/run/block/sda
install -d "$disk/device" "$disk/slaves" "$disk/queue"
echo "$number" >"$disk/dev"
echo 7814037168 >"$disk/size"
echo 1 >"$disk/queue/rotational"
echo ATA >"$disk/device/vendor"
echo ST4000NM0035-1V4 >"$disk/device/model"
install -d /run/block-numbers
ln -s ../../block/sda "/run/block-numbers/$number"
mount --bind /run/block /sys/block
mount --bind /run/block /sys/class/block
mount --bind /run/block-numbers /sys/dev/block
install -d /srv/mega/public /srv/mega/prive /srv/mega/bases
cp -r "$records/exports" /srv/mega/public/exports
install -d /srv/mega/public/sauvegardes
cp "$records/dumps/megabus.sql" /srv/mega/public/sauvegardes/megabus_20200914.sql
install -d -m 777 /srv/mega/public/depot
cp "$records/exports/resultats_2020.csv" /srv/mega/prive/
chgrp -R telemaintenance /srv/mega/prive
chmod -R u=rwX,g=rwX,o=rX /srv/mega/prive
# This swap file lies on the same disk as the data.
dd if=/dev/zero of=/srv/mega/swapfile bs=64k count=16 2>/dev/null
chmod 600 /srv/mega/swapfile
mkswap -q /srv/mega/swapfile
# The kernel's table is the whole machine's: this host's is replayed.
install -m 444 "$files/swaps" /run/swaps
mount --bind /run/swaps /proc/swaps

# --- The migration of 2026, finished, its work folder forgotten.

install -d /srv/migration/lab35
cp "$records/migration/"* /srv/migration/lab35/
find /srv/migration/lab35 -exec touch -d '2026-03-20 18:00' {} +
install -m 644 "$files/crontab" /etc/crontab

# --- Backups: beside the original, and the passphrase beside the backup.

install -d /var/backups/megabus
cp "$records/dumps/megabus.sql" /var/backups/megabus/megabus_hebdo.sql
echo 'Mega-2019-sauvegarde' >/var/backups/megabus/.passe
install -m 755 "$files/sauvegarde-megabus" /usr/local/bin/sauvegarde-megabus
/usr/local/bin/sauvegarde-megabus

# --- FTP: the public zone.

install -m 644 "$files/vsftpd.conf" /etc/vsftpd.conf
mkdir -p /run/vsftpd/empty
vsftpd &

# --- The same folder by HTTP, SMB, rsync and NFS, since FTP was too slow for some.

install -d /etc/nginx/tls
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 900 \
    -subj /CN=megabus.example -keyout /etc/nginx/tls/labo.key \
    -out /etc/nginx/tls/labo.pem 2>/dev/null
chmod 644 /etc/nginx/tls/labo.key
install -m 644 "$files/nginx-megabus" /etc/nginx/sites-available/default
rm -f /var/log/nginx/*
nginx
install -m 644 "$files/smb.conf" /etc/samba/smb.conf
smbd -D
install -m 644 "$files/rsyncd.conf" /etc/rsyncd.conf
rsync --daemon
install -m 644 "$files/exports" /etc/exports
# No kernel server here (port 2049), but whoever asks is told of the export.
rpcbind -w
exportfs -ra
rpc.mountd --no-nfs-version 4 --port 20048

# --- The databases: reachable from everywhere, so that support can help.

sed -i -E 's/^bind .*/bind 0.0.0.0/; s/^protected-mode .*/protected-mode no/' \
    /etc/redis/redis.conf
runuser -u redis -- redis-server /etc/redis/redis.conf --daemonize yes >/dev/null
version=$(ls /etc/postgresql)
install -m 640 -o postgres -g postgres "$files/pg_hba.conf" \
    "/etc/postgresql/$version/main/pg_hba.conf"
cat "$files/postgresql.conf" >>"/etc/postgresql/$version/main/postgresql.conf"
pg_ctlcluster "$version" main start

# --- SSH, and the logs that nobody reads but everybody may.

cat "$files/sshd_config" /etc/ssh/sshd_config >/etc/ssh/sshd_config.new
mv /etc/ssh/sshd_config.new /etc/ssh/sshd_config
install -m 644 /dev/null /var/log/auth.log
install -d /var/log/megabus
install -m 666 "$files/transferts.log" /var/log/megabus/transferts.log
install -d /etc/systemd
install -m 644 "$files/journald.conf" /etc/systemd/journald.conf
