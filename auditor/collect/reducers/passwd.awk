# Colon files: of a password field only its state word stays, and no person's name.
# Without option passwd(5): NAME STATE UID GID HOME SHELL. Options: shadow for shadow(5)
# (NAME STATE CHANGED MAXIMUM INACTIVE EXPIRES, in days), group for group(5) (NAME STATE
# GID MEMBERS). A name that could be a hash makes no sense of the file.
function state(f) {
  if (f == "") return "empty"
  if (f ~ /^!/) return "locked"
  if (f ~ /^\$1\$/) return "md5"
  if (f ~ /^\$2[abxy]?\$/) return "bcrypt"
  if (f ~ /^\$5\$/) return "sha256"
  if (f ~ /^\$6\$/) return "sha512"
  if (f ~ /^\$y\$/) return "yescrypt"
  if (f ~ /^\$gy\$/) return "gost-yescrypt"
  if (f ~ /^\$7\$/) return "scrypt"
  if (f ~ /^\$argon2/) return "argon2"
  if (f ~ /^\$/) return "other"
  if (f ~ /^_/ && length(f) == 20) return "bsdi"
  if (length(f) == 13 && f !~ /[^.\/0-9A-Za-z]/) return "des"
  return (f == "x") ? "x" : "none" # no password ever gives such a field
}
function number(s) { return (s ~ /^-?[0-9]+$/ || s == "") ? s : "_" }
/^[ \t]*#/ || !/:/ { next }
{
  n = split($0, f, ":")
  if (f[1] !~ /^[^$\/]*[$]?$/) { bad = 1; next }
  line = esc(f[1]) "\t" state(f[2])
  if (has("group")) line = line "\t" number(f[3]) "\t" esc(f[4])
  else if (has("shadow"))
    line = line "\t" number(f[3]) "\t" number(f[5]) "\t" number(f[7]) "\t" number(f[8])
  else line = line "\t" number(f[3]) "\t" number(f[4]) "\t" esc(f[6]) "\t" esc(f[7])
  out(NR, line)
}
