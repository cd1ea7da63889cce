# What the search of FileTree found. A record is a letter and what follows it: b the walk
# began, z the end and the status of find, x a folder that is closed to us, l a link and t
# where it leads, r a served folder; else an entry with why it was emitted: p mode, u no
# owner, s name of a secret, n another name; v is added to a name in a served folder.
function word(path,   command, line, hex) { # what the first bytes say that it is
  command = "od -An -v -tx1 -N512 <" quoted(path) " 2>/dev/null"
  hex = ""
  RS = "\n"
  while ((command | getline line) > 0) hex = hex line
  close(command)
  RS = nonce
  gsub(/[ \t]/, "", hex)
  return hex == "" ? "unread" : magic(hex)
}
function magic(h) {
  if (h ~ /^6167652d656e6372797074696f6e2e6f7267/) return "age"
  if (h ~ /^53616c7465645f5f/) return "openssl"
  if (h ~ /^84..03|^85....03|^c1..03|^c1....03|^8c..04|^c3..04/) return "openpgp"
  if (h ~ /^4c554b53babe/) return "luks"
  if (h ~ /^53514c69746520666f726d61742033/) return "sqlite"
  if (h ~ /^1f8b/) return "gzip"
  if (h ~ /^425a68/) return "bzip2"
  if (h ~ /^fd377a585a00/) return "xz"
  if (h ~ /^28b52ffd/) return "zstd"
  if (h ~ /^504b0304/) return substr(h, 14, 1) ~ /[13579bdf]/ ? "zip_encrypted" : "zip"
  if (h ~ /^377abcaf271c/) return "7z"
  if (h ~ /^526172211a07/) return "rar"
  if (h ~ /^5047444d50/) return "pgdump"
  if (h ~ /^000100005374616e64617264/) return "access"
  if (h ~ /^d0cf11e0a1b11ae1/) return "ole"
  if (substr(h, 515, 10) == "7573746172") return "tar"
  return kind_of_text(decoded(h))
}
function decoded(h,   i, v, t) { # "" when it is no text
  t = ""
  for (i = 1; i < length(h); i += 2) {
    v = byte[substr(h, i, 2)]
    if (v < 9 || (v > 13 && v < 32) || v == 127) return ""
    t = t sprintf("%c", v)
  }
  return t
}
function kind_of_text(t,   low) {
  if (t == "") return "data"
  if (t ~ /^-----BEGIN (PGP MESSAGE|AGE ENCRYPTED FILE)/) return "openpgp"
  if (t ~ /^\013?(MSH\|\^~\\&|FHS\||BHS\|)/) return "hl7"
  low = tolower(t)
  if (low ~ /-- (mysql|mariadb) dump|postgresql database dump|insert into |create table /)
    return "sql"
  return "text"
}
function key(path,   line, found, shut, next_) { # plain, encrypted, none or unread
  found = 0; shut = 0; next_ = 0
  RS = "\n"
  while ((r = (getline line < path)) > 0) {
    if (next_) { # its cipher stands in the first bytes, in base64
      if (line !~ /^b3BlbnNzaC1rZXktdjEAAAAABG5vbmU/) shut = 1
      next_ = 0
    }
    if (line ~ /^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----/) {
      found++
      if (line ~ /ENCRYPTED/) shut = 1
      if (line ~ /OPENSSH/) next_ = 1
    }
    if (line ~ /^Proc-Type: 4,ENCRYPTED/) shut = 1
    if (line ~ /^PuTTY-User-Key-File/) found++
    if (line ~ /^Encryption: / && line !~ /none/) shut = 1
  }
  close(path)
  RS = nonce
  if (r < 0) return "unread"
  return found ? (shut ? "encrypted" : "plain") : "none"
}
function handed_out(   i) {
  for (i = 1; i <= root_count; i++) if (index(path, roots[i]) == 1) return 1
  return 0
}
function entry(why) {
  if (!(path in at)) {
    if (n >= most) { cut = 1; return }
    at[path] = ++n
    names[n] = path
    stats[n] = stat[1] " " stat[2] " " stat[3] " " stat[4] " " stat[5]
    said[n] = "-"; holds[n] = "-"; shut[n] = "? ?"
  }
  e = at[path]
  if (why ~ /[ns]/ && handed_out()) why = why "v"
  kinds[e] = kinds[e] why
  if (why ~ /[ns]/ && (stat[4] >= 1048576 || (why ~ /v/ && stat[4] > 1024)))
    said[e] = word(path)
  if (why ~ /s/ && stat[4] <= 65536) holds[e] = key(path)
  if (why ~ /v/ || said[e] != "-" || holds[e] == "plain")
    shut[e] = barrier(path, "") " " barrier(path, stat[3])
}
BEGIN {
  for (i = 0; i < 256; i++) byte[sprintf("%02x", i)] = i
}
NR == 1 { next }
{ sub(/\n$/, ""); letter = substr($0, 1, 1); rest = substr($0, 2) }
letter == "r" { roots[++root_count] = (rest == "/" ? "" : rest) "/"; next }
letter == "z" { rc = status_of(rest); next }
letter == "b" { began = 1; next }
letter == "x" { lose("denied", rest); next }
letter == "l" { link = rest; next }
letter == "t" { links[++m] = named(link) "\t" named(rest); next }
!stat_of(rest) { bad = 1; next }
{ entry(letter) }
function say(text) {
  if ((told += length(text) + 8) > 900000) { cut = 1; return }
  count++
  lines[count] = " " count "\t" text
}
END {
  for (i = 1; i <= m; i++) say("link\t" links[i])
  folder = ""
  for (i = 1; i <= n; i++) {
    p = named(names[i])
    base = p
    sub(/.*\//, "", base)
    p = substr(p, 1, length(p) - length(base))
    if (p != folder) { say("in\t" p); folder = p }
    say(kinds[i] " " stats[i] " " said[i] " " holds[i] " " shut[i] "\t" base)
  }
  state = began || rc > 1 || rc == "" ? ended(rc) : "failed"
  if (state == "ok" && bad) state = "failed"
  if (state == "ok" && cut) state = "truncated"
  print state "\tsearch\t/\t" (rc == "" ? "-" : rc)
  for (i = 1; i <= count; i++) print lines[i]
  tell()
}
