rm /etc/sudoers.d/audit
