# What the vendor's image holds.
cp files/os-release /etc/os-release
printf '%s:x:0:\n' root >/etc/group
printf 'operateur:x:500:\n' >>/etc/group
# No shadow file: the field stands where everybody reads it.
field=$(mkpasswd -m md5 "$(head -c 6 /dev/urandom | hexdump -e '"%02x"')")
printf 'root:*:0:0:root:/root:/bin/sh\n' >/etc/passwd
printf 'operateur:%s:500:500:Console:/home/operateur:/bin/sh\n' "$field" >>/etc/passwd
chmod 644 /etc/passwd
mkdir -p /home/operateur
chown 500:500 /home/operateur
printf '/bin/sh\n' >/etc/shells
printf '127.0.0.1 localhost\n' >/etc/hosts
hostname >/etc/hostname

# Messages of the analysers, waiting for the LIS, readable by whoever is on the box.
mkdir -p /data/echanges
cp records/exports/oru_20200914.hl7 /data/echanges/
chmod 755 /data /data/echanges
chmod 644 /data/echanges/*

mkdir -p -m 700 /root/.ssh /etc/dropbear
cp audit_key /root/.ssh/authorized_keys
chmod 600 /root/.ssh/authorized_keys
dropbearconvert openssh dropbear host_key /etc/dropbear/dropbear_ed25519_host_key 2>&1
# In memory only, like everything this image logs.
syslogd -C64
# -g: no password for root.
dropbear -g -r /etc/dropbear/dropbear_ed25519_host_key
