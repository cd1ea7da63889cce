# systemctl show of sockets and services, a paragraph a unit. Of a live socket that
# listens on the network: "SERVICE ADDRESS:PORT"; of a service, in the order of
# inetd.conf: "SERVICE stream tcp nowait _ PROGRAM NAME [WORD...]", tabs between.
# Passwords may stand among the words: only paths and the names of options stay, and the
# path of --config.
function flush(   i, n, words, line, word) {
  if (service == "") { service = unit; sub(/[.]socket$/, "@0.service", service) }
  for (i = 1; i <= m && active == "active"; i++) out(at, esc(service) "\t" esc(listens[i]))
  if (argv != "") {
    n = split(argv, words, " ")
    line = esc(unit) "\tstream\ttcp\tnowait\t_\t" esc(words[1]) "\t" esc(words[1])
    for (i = 2; i <= n; i++) {
      word = words[i]
      if (word ~ /^--/) {
        if (word !~ /^--config=\/[A-Za-z0-9_.\/-]+$/) sub(/=.*/, "=_", word)
      }
      else if (word ~ /^-../) word = substr(word, 1, 2) "_"
      else if (word !~ /^[-\/]/) word = "_"
      line = line "\t" esc(word)
    }
    out(at, line)
  }
  unit = service = active = argv = ""
  m = 0
}
/^$/ { flush(); next }
{ at = NR; key = value = $0; sub(/=.*/, "", key); value = substr($0, length(key) + 2) }
key == "Id" { unit = value }
key == "ActiveState" { active = value }
key == "Triggers" { service = value; sub(/ .*/, "", service) }
key ~ /^Listen/ && value ~ /^[^\/@]*:[0-9]+ / { sub(/ .*/, "", value); listens[++m] = value }
key == "ExecStart" && argv == "" && value ~ /argv\[\]=/ {
  argv = value
  sub(/^.*argv\[\]=/, "", argv); sub(/ ; ignore_errors=.*/, "", argv)
}
END { flush() }
