# A jump host needs no rights for those who pass through it.
rm /etc/sudoers.d/audit
