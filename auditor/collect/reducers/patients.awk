# What the search of PatientData found: only counts leave. A record is a letter and what
# follows it: R a folder begins, b its walk began, z the status of its find, x a folder
# that is closed to us, h a source as it is, f a file. Each file is read once, 4 MiB of
# it, unpacked when it is packed.
function stopped(   now, rs) { # why no more files are read, or ""
  if (why == "" && read_bytes >= budget) why = "truncated"
  if (why == "" && files >= most) why = "truncated"
  if (why == "" && (files >= next_file || read_bytes >= next_byte)) {
    next_file = files + 1000; next_byte = read_bytes + 1048576
    rs = RS
    RS = "\n"
    "date +%s" | getline now
    close("date +%s")
    RS = rs
    if (now + 0 > until + 0) why = "timed_out"
  }
  return why
}
function unpacker(p) {
  p = tolower(p)
  if (p ~ /\.(gz|tgz|z)$/) return "gzip -dc"
  if (p ~ /\.(bz2|tbz2?)$/) return "bzip2 -dc"
  if (p ~ /\.(xz|txz|lzma)$/) return "xz -dc"
  if (p ~ /\.(zst|tzst)$/) return "zstd -dcq"
  if (p ~ /\.(zip|xlsx|docx|pptx|ods|odt|jar)$/) return unzip
  return ""
}
function command_for(tool) { # the first 4 MiB without zero bytes, or a word why not
  if (tool == "") tool = "cat"
  if (tool ~ /^unzip/) tool = tool " " quoted(path) # it reads no standard input
  return "{ if [ -r " quoted(path) " ]; then " tool " <" quoted(path) " 2>/dev/null; r=$?; " \
    "case $r in 0|82|141) ;; *) printf \"\\n%s\" " nonce "f; esac; " \
    "else echo " nonce "d; fi; } | head -c 4194304 | tr -d \"\\000\""
}
function examine(   tool, said, line) { # reads the file at path
  fresh()
  tool = unpacker(path)
  if (tool != "" && !(substr(tool, 1, index(tool, " ") - 1) in have)) {
    lose("no_tool", path)
    return
  }
  RS = "[\r\n]"
  said = ""
  if (tool == "" && stat[4] <= 4194304) said = plainly()
  if (said == "" && (tool != "" || stat[4] > 4194304 || wide)) said = piped(command_for(tool))
  RS = nonce
  if (said == "denied" && system("test -e " quoted(path)) != 0) said = "gone"
  if (said ~ /denied|failed/) lose(said, path)
}
function plainly(   line, r) {
  while ((r = (getline line < path)) > 0) {
    if (!begun && line ~ /^(\377\376|\376\377)/) { wide = 1; break } # UTF-16
    text(line)
    if (read_bytes >= next_byte && stopped() != "") { skipped[folder] = why; break }
  }
  close(path)
  return r < 0 ? "denied" : ""
}
function piped(command,   line, said) {
  while ((command | getline line) > 0) {
    if (line == nonce "d") said = "denied"
    else if (line == nonce "f") said = "failed"
    else text(line)
    if (read_bytes >= next_byte && stopped() != "") { skipped[folder] = why; break }
  }
  close(command)
  return said
}
function fresh() {
  begun = hl7 = wide = bytes = candidates = strict = distinct = context = synthetic = 0
  msh = pid = trial = 0
  last = ""
  split("", known)
}
# All work is on pieces of 2000 and what follows them: BusyBox awk measures the whole
# string at each substr.
function text(s,   n, i, used, q) {
  n = length(s)
  bytes += n + 1
  read_bytes += n + 1
  if (!n) return
  if (!begun) { begun = 1; hl7 = (s ~ /^(\357\273\277)?\013?(MSH\|\^~\\&|FHS\||BHS\|)/) }
  if (hl7) segment(s)
  for (i = 1; i <= n; i += used) {
    q = (n > 2000) ? substr(s, i, 2041) : s
    used = cut(q, n - i + 1)
    joint = i > 1 ? "" : " "
    piece(q, used)
    last = substr(q, used > 40 ? used - 39 : 1, used > 40 ? 40 : used)
  }
}
function segment(s) { # the numbers of fields are those of HL7 v2
  sub(/^(\357\273\277)?\013/, "", s)
  if (s ~ /^MSH\|/) {
    msh++
    split(s, w, /[|]/)
    if (w[11] ~ /^[TD]/) trial++
  } else if (s ~ /^PID\|/) {
    split(s, w, /[|]/)
    if (w[4] ~ /[^\^~&]/ || w[6] ~ /[^\^~&]/) pid++
  }
}
function cut(q, n,   k) { # how long the piece is: no number crosses its end
  if (n <= 2000) return n
  for (k = 2000; k > 1940; k--) if (substr(q, k, 1) !~ /[0-9ABab .\302\240-]/) return k
  return 2000
}
# The form of a NIR and its key in the usual groups, a blank, dot, hyphen or no-break
# space allowed between them. A literal: BusyBox awk compiles a regular expression in a
# variable at each call, which took 17 times as long.
function form(s) {
  return match(s, /[1-8][ .\302\240-]?\240?[0-9][0-9][ .\302\240-]?\240?[0-9][0-9][ .\302\240-]?\240?[0-9][0-9ABab][ .\302\240-]?\240?[0-9][0-9][0-9][ .\302\240-]?\240?[0-9][0-9][0-9][ .\302\240-]?\240?[0-9][0-9]/)
}
function piece(q, used,   r, at, start, size, before, behind) {
  r = used < length(q) ? substr(q, 1, used) : q
  at = 1 # where r begins in q
  while (form(r)) {
    start = at + RSTART - 1; size = RLENGTH
    before = start > 1 ? substr(q, start - 1, 1) : (joint == "" ? substr(last, length(last)) : "")
    behind = substr(q, start + size, 1)
    if (before ~ /[0-9A-Za-z]/ || behind ~ /[0-9A-Za-z]/) {
      r = substr(r, RSTART + 1)
      at = start + 1
      if (!match(r, /[^0-9A-Za-z]/)) return
      r = substr(r, RSTART)
      at += RSTART - 1
    } else {
      r = substr(r, RSTART + size)
      at = start + size
      number(q, start, size)
    }
  }
}
function number(q, start, size,   d) {
  d = toupper(substr(q, start, size))
  gsub(/[^0-9AB]/, "", d)
  if (substr(d, 7, 1) ~ /[AB]/ && substr(d, 6, 1) != "2") return
  candidates++
  if (!valid(d)) return
  strict++
  if ((substr(d, 8) "/" substr(d, 1, 7)) in vectors) { synthetic++; return }
  if (!(d in known)) { known[d] = 1; distinct++ }
  if (spoken(q, start, size)) context++
}
function valid(d,   a, m) {
  # The "1" before keeps BusyBox awk from taking a leading zero for octal.
  m = ("1" substr(d, 4, 2)) - 100
  if (substr(d, 1, 1) !~ /[123478]/ || m < 1 || (m > 12 && m < 20) || (m > 42 && m < 50))
    return 0
  if (substr(d, 6, 2) == "00" || substr(d, 11, 3) == "000") return 0
  a = substr(d, 1, 7)
  sub(/2A$/, "19", a)
  sub(/2B$/, "18", a)
  m = 97 - ((a % 97) * 1000000 + ("1" substr(d, 8, 6)) - 1000000) % 97
  return m == ("1" substr(d, 14, 2)) - 100
}
function spoken(q, start, size,   c) { # a word for the number within 40 characters
  c = start > 40 ? substr(q, start - 40, 40) : last joint substr(q, 1, start - 1)
  if (start <= 40 && length(c) > 40) c = substr(c, length(c) - 39)
  c = tolower(" " c " " substr(q, start + size, 40) " ")
  gsub(/\302\240|\240/, " ", c)
  gsub(/[^ -~\t]+/, "e", c)
  return c ~ /[^a-z0-9](nir|nss|insee|ins|secu|securite sociale|num_secu|no_ss|assure|matricule|vitale)[^a-z0-9]/
}
function say(   t) {
  t = barrier(path, "") " " stat[1] " " stat[2] " " stat[3] " " stat[4] " " stat[5] "\t" bytes " " \
    candidates " " strict " " distinct " " context " " synthetic " " msh " " pid " " trial \
    "\t" named(path)
  if ((told += length(t) + 12) > 900000) { full[folder] = 1; return }
  hits[folder] = hits[folder] " " (++hit_count[folder] + 1) "\tfile\t" t "\n"
}
BEGIN {
  n = split(tools, w, " ")
  for (i = 1; i <= n; i++) have[w[i]] = 1
  # Numbers that tests everywhere use, turned round: no argument of a process of ours
  # may look like somebody's number.
  n = split("90012349/2871275 90004542/1760312 90004547/176032A 90100792/284072B", w, " ")
  for (i = 1; i <= n; i++) vectors[w[i]] = 1
}
NR == 1 { next }
{ sub(/\n$/, ""); letter = substr($0, 1, 1); rest = substr($0, 2) }
letter == "R" { folder = ++folders; heads[folder] = rest; next }
letter == "b" { began[folder] = 1; next }
letter == "z" { rc[folder] = status_of(rest); next }
letter == "x" { lose("denied", rest); next }
letter == "h" { heads[++folders] = rest; ready[folders] = 1; next }
!stat_of(rest) { bad[folder] = 1; next }
path in seen { next }
{
  seen[path] = 1
  began[folder] = 1
  if (stopped() != "") { skipped[folder] = why; next }
  files++
  count[folder]++
  if (stat[4] == 0) next
  examine()
  sum[folder] += bytes
  if (strict || msh) say()
}
END {
  for (i = 1; i <= folders; i++) {
    if (ready[i]) { print heads[i]; continue }
    state = began[i] || rc[i] > 1 || rc[i] == "" ? ended(rc[i]) : "failed"
    if (state == "ok" && bad[i]) state = "failed"
    if (skipped[i] != "") state = skipped[i]
    if (state == "ok" && full[i]) state = "truncated"
    print state "\tsearch\t" heads[i] "\t" (rc[i] == "" ? "-" : rc[i])
    print " 1\ttotal\t" (count[i] + 0) " " (sum[i] + 0)
    printf "%s", hits[i]
  }
  tell()
}
