# Who is told: "set alert ADDRESS" of monit, and the elements of declared names of an
# XML file such as Wazuh's, as "NAME = TEXT". Nothing else: passwords stand around them.
{
  line = $0
  if (comment) {
    if (!(p = index(line, "-->"))) next
    line = substr(line, p + 3); comment = 0
  }
  while ((p = index(line, "<!--")) > 0) {
    rest = substr(line, p + 4)
    line = substr(line, 1, p - 1)
    if ((q = index(rest, "-->")) > 0) line = line substr(rest, q + 3)
    else { comment = 1; break }
  }
}
line ~ /^[ \t]*[Ss][Ee][Tt][ \t]+[Aa][Ll][Ee][Rr][Tt][ \t]/ {
  split(stripped(line), w, /[ \t]+/)
  out(NR, "set alert = " esc(w[3]))
  next
}
match(line, /<[a-z_]+>[^<]*<\//) {
  line = substr(line, RSTART + 1, RLENGTH - 3)
  p = index(line, ">")
  name = substr(line, 1, p - 1)
  if (bare(name) in declared) out(NR, esc(name) " = " esc(stripped(substr(line, p + 1))))
}
