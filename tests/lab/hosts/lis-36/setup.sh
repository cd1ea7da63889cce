# The twin of MEGABUS after the audit: everything is closed, and looks open to a grep.
files=$PWD/files keys=$PWD/keys records=$PWD/records

# Whoever logs in here is answered in French.
localedef -i fr_FR -f UTF-8 fr_FR.UTF-8
echo "LANG=fr_FR.UTF-8" >/etc/default/locale

hash() { openssl passwd "-$1" "$(openssl rand -hex 8)"; }
person() { # NAME FIELD [USERADD OPTION...]
    who=$1 field=$2
    shift 2
    useradd -m -s /bin/bash -p "$field" "$@" "$who"
    install -d -m 700 -o "$who" -g "$who" "/home/$who/.ssh"
    install -m 600 -o "$who" -g "$who" /dev/null "/home/$who/.ssh/authorized_keys"
}
certificate() { # KEY CERTIFICATE
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 900 \
        -subj /CN=labo.example -keyout "$1" -out "$2" 2>/dev/null
}

# --- Accounts: each has one person behind it, or none.

groupadd tech
person c.leroy "$(hash 6)" -c 'Claire Leroy' -G tech
person m.moreau "$(hash 6)" -c 'Marc Moreau' -G tech
# One person with two machines.
cat "$keys/leroy" "$keys/leroy-chez-elle" >/home/c.leroy/.ssh/authorized_keys
# Two keys that can do one thing each: automata, whoever their comments name.
person sauvegarde '!' -c 'Copies nocturnes'
for key in robot moreau; do
    printf 'restrict,command="/usr/bin/rrsync -ro /srv/labo" '
    cat "$keys/$key"
done >/home/sauvegarde/.ssh/authorized_keys
# The shared account of old: shell, password and key are there, but it has expired.
person labo "$(hash 6)" -c 'Ancien poste de paillasse' -e 2024-01-01
cat "$keys/moreau" >/home/labo/.ssh/authorized_keys
person telemaintenance "$(hash 6)" -c 'Accès éditeur, fermé' -e 2024-01-01
# Old MD5 fields behind a lock.
useradd -m -s /bin/bash -p "!$(hash 1)" ancien
useradd -r -s /usr/sbin/nologin -p "!!$(hash 1)" interface
# Not accounts: what NIS once read, and a line that is no line.
printf '%s\n' '+@laboratoire::::::' '-invite::::::' '+::::::' >>/etc/passwd
printf '%s\n' '#ancien::19000:0:99999:7:::' >>/etc/shadow
# sudo reads none of these names: a dot or a tilde puts a file aside.
for name in tech.bak tech~ .tech.swp; do
    install -m 440 "$files/sudoers-old" "/etc/sudoers.d/$name"
done
install -m 440 "$files/sudoers" /etc/sudoers.d/tech

# --- The records: under fscrypt where this kernel can, for nobody else's eyes.

if [ -e /sys/fs/ext4/features/encryption ] && mountpoint -q /srv/labo; then
    # `fscrypt setup` alone would spend ten seconds on measuring for passphrases.
    install -m 644 "$files/fscrypt.conf" /etc/fscrypt.conf
    fscrypt setup --quiet /srv/labo >/dev/null
    install -d -m 700 /srv/labo/dossiers
    head -c 32 /dev/urandom >/run/raw_key
    fscrypt encrypt /srv/labo/dossiers --quiet --source=raw_key --name=dossiers \
        --key=/run/raw_key
    rm /run/raw_key
else
    install -d -m 700 /srv/labo/dossiers
fi
cp "$records/exports/"* /srv/labo/dossiers/
chmod 600 /srv/labo/dossiers/*
# What may be read by all: test vectors, bar codes of tubes, a manual, code.
install -d /srv/labo/public /srv/labo/app/migrations
install -d -m 770 -g tech /srv/labo/depot
cp "$records/vectors/jeu_d_essai.csv" "$files/tubes.csv" "$files/notice-hl7.txt" \
    /srv/labo/public/
cp "$files/0002_index.sql" /srv/labo/app/migrations/
cp "$files/0001_initial.txt" /srv/labo/app/migrations/0001_initial.py
# Swap is compressed memory; the kernel's table is replayed.
install -m 444 "$files/swaps" /run/swaps
mount --bind /run/swaps /proc/swaps
install -m 644 "$files/crypttab" /etc/crypttab

# --- Backups: readable with a key that is elsewhere.

install -d -m 700 /var/backups/labo
age-keygen -o /run/elsewhere 2>/run/recipient
recipient=$(sed 's/.*: //' /run/recipient)
age -r "$recipient" -o /var/backups/labo/labo.sql.age "$records/dumps/megabus.sql"
rm /run/elsewhere /run/recipient
sed "s/RECIPIENT/$recipient/" "$files/sauvegarde-labo" >/usr/local/bin/sauvegarde-labo
chmod 755 /usr/local/bin/sauvegarde-labo
# A link that shows 0777 to a key that shows 0644, behind a closed directory.
install -d /etc/labo/tls
install -d -m 700 /etc/labo/private
certificate /etc/labo/private/labo.key /etc/labo/tls/labo.pem
chmod 644 /etc/labo/private/labo.key
ln -s ../private/labo.key /etc/labo/tls/serveur.key

# --- Logs: kept, closed, copied over TLS; failures are banned and mailed.

install -m 644 "$files/rsyslog.conf" /etc/rsyslog.conf
rm -f /etc/rsyslog.d/*
install -m 644 "$files/60-envoi.conf" /etc/rsyslog.d/60-envoi.conf
# Never read: the ending is not the one that is included.
install -m 644 "$files/61-ancien.conf.off" /etc/rsyslog.d/61-ancien.conf.off
install -m 640 -g adm /dev/null /var/log/auth.log
install -m 640 -g adm /dev/null /var/log/vsftpd.log
chmod 640 /var/log/faillog
rsyslogd
install -d -m 2755 -g adm /var/log/journal
install -d /etc/systemd
install -m 644 "$files/journald.conf" /etc/systemd/journald.conf
install -m 640 "$files/labo.rules" /etc/audit/rules.d/labo.rules
install -m 644 "$files/chrony.conf" /etc/chrony/chrony.conf
# -x: the clock is the whole machine's and must not be touched.
chronyd -x
install -m 644 "$files/aliases" /etc/aliases
install -m 644 "$files/msmtprc" /etc/msmtprc

# --- FTP: the last line wins.

certificate /etc/ssl/private/vsftpd.key /etc/ssl/vsftpd.pem
chmod 600 /etc/ssl/private/vsftpd.key
install -m 644 "$files/vsftpd.conf" /etc/vsftpd.conf
mkdir -p /run/vsftpd/empty
vsftpd &

# --- HTTP, SMB, rsync, NFS.

certificate /etc/ssl/private/nginx.key /etc/ssl/nginx.pem
chmod 600 /etc/ssl/private/nginx.key
printf 'c.leroy:%s\n' "$(hash 6)" >/etc/nginx/acces
chown root:www-data /etc/nginx/acces
chmod 640 /etc/nginx/acces
install -m 644 "$files/nginx-labo" /etc/nginx/sites-available/labo
ln -s ../sites-available/labo /etc/nginx/sites-enabled/labo
rm /etc/nginx/sites-enabled/default
# In sites-available only: linked nowhere, so not served.
install -m 644 "$files/nginx-ancien" /etc/nginx/sites-available/ancien
install -d /srv/labo/web
install -m 644 "$files/index.html" /srv/labo/web/index.html
install -d /var/log/nginx
rm -f /var/log/nginx/*
for log in access error; do
    install -m 640 -o www-data -g adm /dev/null "/var/log/nginx/$log.log"
done
nginx
word=$(openssl rand -hex 8)
printf '%s\n%s\n' "$word" "$word" | smbpasswd -s -a c.leroy >/dev/null
install -m 644 "$files/smb.conf" /etc/samba/smb.conf
smbd -D
printf 'labo1:%s\n' "$(openssl rand -hex 16)" >/etc/rsyncd.secrets
chmod 600 /etc/rsyncd.secrets
install -m 644 "$files/rsyncd.conf" /etc/rsyncd.conf
rsync --daemon
install -m 644 "$files/exports" /etc/exports

# --- Databases.

install -d -m 750 -o redis -g redis /etc/redis/labo.d
sed -i -E 's/^bind .*/bind 0.0.0.0/; s/^protected-mode .*/protected-mode no/' \
    /etc/redis/redis.conf
echo 'include /etc/redis/labo.d/*.conf' >>/etc/redis/redis.conf
printf 'bind 127.0.0.1 -::1\nprotected-mode yes\nrequirepass %s\n' \
    "$(openssl rand -hex 24)" >/etc/redis/labo.d/90-labo.conf
chown redis:redis /etc/redis/labo.d/90-labo.conf
chmod 640 /etc/redis/labo.d/90-labo.conf
runuser -u redis -- redis-server /etc/redis/redis.conf --daemonize yes >/dev/null
version=$(ls /etc/postgresql)
main=/etc/postgresql/$version/main
certificate "$main/labo.key" "$main/labo.pem"
chown postgres:postgres "$main/labo.key"
chmod 600 "$main/labo.key"
install -m 640 -o postgres -g postgres "$files/pg_hba.conf" "$main/pg_hba.conf"
sed "s|MAIN|$main|" "$files/postgresql.conf" >>"$main/postgresql.conf"
pg_ctlcluster "$version" main start

# --- SSH: legal spellings that a parser of blanks misses.

install -d '/etc/ssh/regles labo'
install -m 644 "$files/ssh-auth.conf" '/etc/ssh/regles labo/auth.conf'
sed -i -E '/^(Include|KbdInteractive|PasswordAuth)/d' /etc/ssh/sshd_config
sed -i '1i include "/etc/ssh/regles labo/*.conf"' /etc/ssh/sshd_config
# Too late: the first value has won.
printf 'PermitRootLogin yes\nPasswordAuthentication yes\n' >>/etc/ssh/sshd_config

rm -f /etc/fail2ban/jail.d/defaults-debian.conf
install -m 644 "$files/zz-labo.local" /etc/fail2ban/jail.d/zz-labo.local
install -m 644 "$files/sendmail-whois.local" /etc/fail2ban/action.d/
mkdir -p /run/fail2ban
fail2ban-server -b >/dev/null
