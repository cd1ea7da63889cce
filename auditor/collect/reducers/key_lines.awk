# Shell scripts and crontabs: where each line takes the key of a backup from. Only the
# kind of line and a path travel, a tab between: inline (the passphrase stands there),
# file PATH, elsewhere (another program or whoever calls gives it), public (encrypted for
# a public key), output PATH (where the backup goes), sourced PATH (read by the script).
# A path that can't be told is "_"; of an output only its folder is told.
BEGIN {
  APOS = sprintf("%c", 39)
  SECRET = "^(BORG_PASSPHRASE|BORG_NEW_PASSPHRASE|RESTIC_PASSWORD|PASSPHRASE|GPG_PASSPHRASE)$"
  TOOLS = "^(openssl|gpg2?|r?age|restic|borg|7z[arz]?|zip|ccrypt|cryptsetup)$"
  k_rules = "openssl -pass given openssl -passin given openssl -passout given" \
    " openssl -k secret openssl -K secret openssl -kfile file openssl -out output" \
    " openssl -encrypt public gpg --passphrase secret gpg --passphrase-file file" \
    " gpg --passphrase-fd stream gpg --encrypt public gpg -o output" \
    " gpg --output output age -r public age --recipient public age -R public" \
    " age --recipients-file public age -i file age --identity file age -o output" \
    " age --output output restic -p file restic --password-file file" \
    " restic --password-command command restic -r store restic --repo store" \
    " zip -P secret zip --password secret ccrypt -k file ccrypt -K secret" \
    " cryptsetup -d file cryptsetup --key-file file"
  m = split(k_rules, w, " ")
  for (i = 1; i <= m; i += 3) rule[w[i] " " w[i + 1]] = w[i + 2]
}
function say(kind, path) { out(at, kind (path == "" ? "" : "\t" esc(path))) }
function add(c) {
  if (!within) { word[++count] = ""; sign[count] = 0; within = 1 }
  word[count] = word[count] c
}
function operator(c) { word[++count] = c; sign[count] = 1; within = 0 }
# Words and operators of a line; a dollar that is no expansion becomes the byte 1.
function words(s,   i, c, q, depth, tick) {
  count = within = depth = tick = 0
  q = ""
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    if (depth > 0 || tick) {
      add(c)
      if (c == "(") depth++
      else if (c == ")" && depth > 0) depth--
      else if (c == "`") tick = 0
    }
    else if (q == APOS) {
      if (c == q) q = ""
      else add(c == "$" ? "\001" : c)
    }
    else if (c == "\\") { c = substr(s, ++i, 1); add(c == "$" ? "\001" : c) }
    else if (c == "$" && substr(s, i + 1, 1) == "(") { add("$("); depth = 1; i++ }
    else if (c == "`") { add(c); tick = 1 }
    else if (c == "\"" || (c == APOS && q == "")) {
      if (q == "") { add(""); q = c } else q = ""
    }
    else if (q != "") add(c)
    else if (c ~ /[ \t\r]/) within = 0
    else if (c == "#" && !within) return
    else if (c ~ /[<>]/) {
      while (substr(s, i + 1, 1) ~ /[<>&]/) c = c substr(s, ++i, 1)
      operator(c)
    }
    else if (c ~ /[;&|()]/) operator(c)
    else add(c)
  }
}
function resolved(v,   r, name) {
  r = ""
  while (match(v, /[$]([{][A-Za-z_][A-Za-z0-9_]*[}]|[A-Za-z_][A-Za-z0-9_]*)/)) {
    name = substr(v, RSTART + 1, RLENGTH - 1)
    gsub(/[{}]/, "", name)
    r = r substr(v, 1, RSTART - 1) ((name in value) ? value[name] : "$" name " ")
    v = substr(v, RSTART + RLENGTH)
  }
  return r v
}
function path_of(v) {
  v = resolved(v)
  if (v !~ /^[\/$`]/) { sub(/^[.]\//, "", v); v = folder "/" v }
  return v ~ /^\/[A-Za-z0-9_.\/@:+,=-]*$/ ? v : "_"
}
function goes_to(v) {
  v = resolved(v)
  gsub(/[$][(][^)]*[)]|`[^`]*`|[$][A-Za-z0-9_]+ ?/, "_", v)
  if (v == "/dev/null" || v == "-" || v == "") return
  sub(/[^\/]*$/, "_", v)
  v = path_of(v)
  if (v != "_") say("output", v)
}
function read_by(v) { # the file that a command such as cat prints; "" for others
  if (v !~ /^[ \t]*(cat[ \t]|<)/) return ""
  sub(/^[ \t]*(cat|<)[ \t]*/, "", v)
  gsub(/"/, "", v)
  sub(/[ \t|;].*$/, "", v)
  return v
}
function command_gives(v,   from) {
  from = read_by(v)
  if (from != "") say("file", path_of(from)); else say("elsewhere")
}
function secret(v) {
  v = resolved(v)
  if (v == "") return
  if (v ~ /^[$][(].*[)]$/) command_gives(substr(v, 3, length(v) - 3))
  else if (v ~ /^`.*`$/) command_gives(substr(v, 2, length(v) - 2))
  else say(v ~ /[$`]/ ? "elsewhere" : "inline")
}
function stream() { # what comes by standard input or another descriptor
  if (here != "") secret(here)
  else if (input != "") say("file", path_of(input))
  else if (piped) secret(echoed)
  else say("elsewhere")
}
function given(v) { # openssl-passphrase-options(1)
  if (v ~ /^pass:/) secret(substr(v, 6))
  else if (v ~ /^file:/) say("file", path_of(substr(v, 6)))
  else if (v ~ /^env:/) secret("$" substr(v, 5))
  else stream()
}
function assign(name, v) {
  value[name] = resolved(v)
  if (name ~ SECRET) secret(v)
  else if (name == "RESTIC_PASSWORD_FILE") say("file", path_of(v))
  else if (name ~ /^(BORG_PASSCOMMAND|RESTIC_PASSWORD_COMMAND)$/)
    command_gives(resolved(v))
  else if (name ~ /^(BORG_REPO|RESTIC_REPOSITORY)$/) stored(v)
}
function stored(v) { v = path_of(v); if (v != "_") say("output", v) }
function take(name, v,   how) {
  how = rule[tool " " name]
  if (how == "given") given(v)
  else if (how == "secret") secret(v)
  else if (how == "file") say("file", path_of(v))
  else if (how == "stream") stream()
  else if (how == "command") command_gives(resolved(v))
  else if (how == "output") goes_to(v)
  else if (how == "store") stored(v)
  else if (how == "public") say("public")
}
function encrypts(from, to,   i) {
  if (tool != "openssl" && tool != "gpg") return tool != ""
  for (i = from; i <= to; i++) {
    if (tool == "openssl" && word[i] ~ /^(enc|smime|cms)$/) return 1
    if (tool == "gpg" && word[i] ~ /^(-[a-zA-Z]*[cde][a-zA-Z]*|--(symmetric|encrypt|decrypt))$/)
      return 1
  }
  return 0
}
function command(from, to,   i, c, name) {
  tool = input = here = target = ""
  for (i = from; i <= to; i++) {
    c = word[i]
    if (sign[i]) {
      if (c == "<") input = word[i + 1]
      else if (c == "<<<") here = word[i + 1]
      else if (c ~ /^>+$/) target = word[i + 1]
      i++
      continue
    }
    if (match(c, /^[A-Za-z_][A-Za-z0-9_]*=/))
      assign(substr(c, 1, RLENGTH - 1), substr(c, RLENGTH + 1))
    name = c
    sub(/^.*\//, "", name)
    if (tool == "" && name ~ TOOLS) tool = name
    if (c == "cd" && i < to) folder = path_of(word[i + 1])
    if ((c == "." || c == "source") && i < to && word[i + 1] ~ /\//)
      if (path_of(word[i + 1]) != "_") say("sourced", path_of(word[i + 1]))
  }
  sub(/^gpg2$/, "gpg", tool); sub(/^rage$/, "age", tool); sub(/^7z.$/, "7z", tool)
  if (!encrypts(from, to)) return
  for (i = from; i <= to; i++) {
    c = word[i]
    if (sign[i]) i++
    else if (tool == "gpg" && c ~ /^-[a-zA-Z]*e[a-zA-Z]*$/) say("public")
    else if (tool == "7z" && c ~ /^-p./) secret(substr(c, 3))
    else if (match(c, /^--[a-z-]+=/))
      take(substr(c, 1, RLENGTH - 1), substr(c, RLENGTH + 1))
    else if ((tool " " c) in rule) take(c, i < to ? word[i + 1] : "")
  }
  if (target != "" && target !~ /^[0-9]$/) goes_to(target)
}
function line(s,   i, from, c) {
  words(s)
  from = 1
  for (i = 1; i <= count + 1; i++) {
    if (i <= count && !(sign[i] && word[i] ~ /^[;&|()]/)) continue
    if (i > from) {
      command(from, i - 1)
      piped = (i <= count && word[i] == "|" && word[from] ~ /^(echo|printf)$/)
      echoed = word[i - 1]
    }
    from = i + 1
  }
}
{
  if (glue) held = held $0; else { held = $0; at = NR }
  glue = (held ~ /\\$/)
  if (glue) { held = substr(held, 1, length(held) - 1); next }
  if (held !~ /^[ \t]*(#|$)/) line(held)
}
END { if (glue) line(held) }
