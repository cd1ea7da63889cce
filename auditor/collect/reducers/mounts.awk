# mountinfo of proc(5): "WALK ID PARENT DEVICE ROOT POINT TYPE SOURCE OPTIONS SUPER",
# tabs between. WALK is how a search takes the mount: walk; system (the kernel's own views);
# layers (a container seen a second time); away (elsewhere, or of a kind that may hang).
# Of the options of a file system only declared ones keep their value, and a source that
# is an address loses the account in it.
BEGIN {
  split("proc sysfs cgroup cgroup2 devpts tracefs debugfs securityfs pstore bpf mqueue hugetlbfs configfs fusectl binfmt_misc rpc_pipefs nsfs nfsd efivarfs selinuxfs smackfs resctrl fuse.lxcfs fuse.portal fuse.gvfsd-fuse", w, " ")
  for (i in w) system_[w[i]] = 1
  split("ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs bcachefs vfat msdos exfat ntfs ntfs3 fuseblk iso9660 udf squashfs erofs hfsplus nilfs2 ubifs jffs2 tmpfs ramfs devtmpfs overlay aufs rootfs ecryptfs", w, " ")
  for (i in w) local_[w[i]] = 1
}
function plain(s,   r, n) { # \040 is a blank
  r = ""
  while (match(s, /\\[0-7][0-7][0-7]/)) {
    n = substr(s, RSTART + 1, 1) * 64 + substr(s, RSTART + 2, 1) * 8 + substr(s, RSTART + 3, 1)
    r = r substr(s, 1, RSTART - 1) sprintf("%c", n)
    s = substr(s, RSTART + 4)
  }
  return esc(r s)
}
function way(type, source, point) {
  if (point == "/") return "walk"
  if (type in system_) return "system"
  if (type == "overlay" && point ~ /\/(docker|containers|containerd|crio|k3s)\/.*\/(merged|rootfs)$/) return "layers"
  if (type in local_ || source ~ /^\/dev\//) return "walk"
  return "away"
}
function bared(options,   n, w, i, p, r) {
  n = split(options, w, ",")
  r = ""
  for (i = 1; i <= n; i++) {
    p = index(w[i], "=")
    if (p && !(bare(substr(w[i], 1, p - 1)) in declared)) w[i] = substr(w[i], 1, p) "_"
    r = r (i > 1 ? "," : "") w[i]
  }
  return r
}
{
  for (i = 7; i <= NF && $i != "-"; i++) ;
  if (i + 2 > NF) { bad = 1; next }
  source = $(i + 2)
  sub(/\/\/[^\/@]*@/, "//_@", source)
  out(NR, way($(i + 1), source, $5) "\t" $1 "\t" $2 "\t" $3 "\t" plain($4) "\t" plain($5) "\t" esc($(i + 1)) "\t" plain(source) "\t" esc($6) "\t" plain(bared($(i + 3))))
}
