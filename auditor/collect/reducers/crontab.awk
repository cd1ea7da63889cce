# A crontab: "WHEN USER WORD..." with tabs between, for each job that is no comment.
# Options: system (the line names a user), script (a script of cron.daily: no time).
# Of a command stay the programs, paths, ages, and the options of find and rm; passwords
# stand in the other words, which become `_`.
function kept(w, first, before) {
  gsub(/["\047]/, "", w)
  if (w ~ /^(;|&&|\|\|?|[{}()!]|>|>>|2>&1|\/dev\/null)$/) return w
  if (w ~ /^[&]?[0-9]?>+\/dev\/null;?$/) return ">/dev/null"
  if (w ~ /^\//) return w
  if (w ~ /^-(mtime|mmin|ctime|atime|delete|exec|execdir|type|name|depth|maxdepth|mindepth|newermt|r|R|f|rf|fr|P)$/) return w
  if (before ~ /^-(mtime|mmin|ctime|atime|maxdepth|mindepth)$/ && w ~ /^[-+]?[0-9]+$/) return w
  if (w ~ /^--/) { sub(/=.*/, "=_", w); return w }
  if (w ~ /^-.$/) return w
  if (w ~ /^-./) return substr(w, 1, 2) "_"
  if (first && w ~ /^[A-Za-z0-9_.-]+$/) return w
  return "_"
}
function job(s, when, user,   n, w, i, t, first) {
  n = split(s, w, /[ \t]+/)
  t = ""
  first = 1
  for (i = 1; i <= n; i++) {
    if (w[i] == "") continue
    if (first && w[i] ~ /^[A-Za-z_][A-Za-z0-9_]*=/) { t = t "\t_"; continue }
    t = t "\t" esc(kept(w[i], first, w[i - 1]))
    first = (w[i] ~ /(^|[^\\])(;|&&|\||\()$/ || w[i] ~ /^(-exec|-execdir|xargs|then|do|else|nice|ionice|sudo|env|exec|time|!)$/)
  }
  out(NR, when "\t" user t)
}
{
  s = stripped($0)
  if (s == "" || s ~ /^#/) next
  if (has("script")) { job(s, "-", "-"); next }
  if (s ~ /^[A-Za-z_][A-Za-z0-9_]*[ \t]*=/) next
  fields = (s ~ /^@/) ? 1 : 5
  when = ""
  for (i = 1; i <= fields; i++) {
    if (!match(s, /[ \t]+/)) { s = ""; break }
    when = when (i > 1 ? " " : "") substr(s, 1, RSTART - 1)
    s = substr(s, RSTART + RLENGTH)
  }
  user = "-"
  if (has("system") && match(s, /[ \t]+/)) {
    user = substr(s, 1, RSTART - 1)
    s = substr(s, RSTART + RLENGTH)
  }
  if (s != "") job(s, esc(when), esc(user))
}
