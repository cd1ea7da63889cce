# From a list "PID PARENT USER ARGV0 [WORD...]" the listening SSH servers: PID NAME PATH
# and their options. Of an option with an argument (-f, -p, -o NAME=VALUE of a declared
# NAME) the argument stays, of any other "_": dropbear takes a password in one.
function takes(name, c) {
  return index(name == "sshd" ? "CEbcfghkopu" : "GIKPTWYbcdlpr", c) > 0
}
function kept(c, s,   name) {
  if (c == "f" || c == "p") return esc(s)
  if (c != "o") return "_"
  name = s; sub(/[= ].*/, "", name)
  return esc(name) "=" ((bare(name) in declared) ? esc(substr(s, length(name) + 2)) : "_")
}
{
  i = 4
  if ($i == "sshd:") { i++; if ($i !~ /^\//) next } # of a session: sshd: NAME [priv]
  path = $i; name = path; sub(/.*\//, "", name)
  if (name != "sshd" && name != "dropbear") next
  line = $1 "\t" name "\t" esc(path)
  for (i++; i <= NF && $i !~ /^\[/; i++) {
    if ($i !~ /^-./) continue
    for (j = 2; j <= length($i); j++) {
      c = substr($i, j, 1)
      line = line "\t-" esc(c)
      if (!takes(name, c)) continue
      rest = substr($i, j + 1)
      if (rest == "") rest = $(++i)
      line = line "\t" kept(c, rest)
      break
    }
  }
  out(NR, line)
}
