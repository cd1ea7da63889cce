# For the reducers of the two searches: records begin with the nonce, so a name may hold
# a newline; MODE UID GID SIZE MTIME PATH is what `stat -c "%f %u %g %s %Y %n"` says.
BEGIN { RS = nonce; QUOTE = sprintf("%c", 39) }
function quoted(path) {
  gsub(QUOTE, QUOTE "\\" QUOTE QUOTE, path)
  return QUOTE path QUOTE
}
function stat_of(record) { # sets stat[1..5] and path; false for another shape
  if (record !~ /^[0-9a-f]+ [0-9]+ [0-9]+ [0-9]+ -?[0-9]+ \//) return 0
  split(record, stat, " ")
  path = substr(record, index(record, "/"))
  return 1
}
# Of a mode in hex, the last digit holds what others may do, and x of the group.
function passes(folder, group,   command, said, mode) { # others, or members of a group
  if (!(folder in folder_mode)) {
    command = "stat -c \"%f %g\" " quoted(folder) " 2>/dev/null"
    said = ""
    rs = RS
    RS = "\n"
    command | getline said
    close(command)
    RS = rs
    split(said, w, " ")
    folder_mode[folder] = w[1]
    folder_group[folder] = w[2]
  }
  mode = folder_mode[folder]
  if (group != "" && group == folder_group[folder])
    return substr(mode, length(mode)) ~ /[89a-f]/
  return substr(mode, length(mode)) ~ /[13579bdf]/
}
# How many names long the path of the deepest folder above is that others, or members of
# a group, may not enter; 0 is the root folder, "-" is none.
function barrier(p, group,   depth) {
  depth = gsub(/\//, "/", p)
  while (depth > 0) {
    sub(/\/[^\/]*$/, "", p)
    depth--
    if (!passes(p == "" ? "/" : p, group)) return depth
  }
  return "-"
}
# What may be a NIR in a name, with its key or without, stays on the host. The regular
# expression is a literal: BusyBox awk compiles one in a variable at each call.
function shape(s) {
  return match(s, /[1-8][ .\302\240-]?\240?[0-9][0-9][ .\302\240-]?\240?[0-9][0-9][ .\302\240-]?\240?[0-9][0-9ABab][ .\302\240-]?\240?[0-9][0-9][0-9][ .\302\240-]?\240?[0-9][0-9][0-9]([ .\302\240-]?\240?[0-9][0-9])?/)
}
function named(s,   r, n, before) {
  r = ""
  while (shape(s)) {
    n = RSTART + RLENGTH
    before = RSTART > 1 ? substr(s, RSTART - 1, 1) : substr(r, length(r))
    if (before ~ /[0-9]/ || substr(s, n, 1) ~ /[0-9]/) {
      r = r substr(s, 1, RSTART)
      s = substr(s, RSTART + 1)
    } else {
      r = r substr(s, 1, RSTART - 1) "_"
      s = substr(s, n)
    }
  }
  return esc(r s)
}
# A source of its own for each of the first 20 paths that could not be read, then a count.
function lose(status, path) {
  if (++lost[status] <= 20) losses[++l_count] = status "\tsearch\t" named(path) "\t-"
}
function tell(   i, s) {
  for (i = 1; i <= l_count; i++) print losses[i]
  for (s in lost)
    if (lost[s] > 20) print s "\tsearch\tand " (lost[s] - 20) " more\t-"
}
# A stat that outlives its find may write behind the status.
function status_of(rest) { return match(rest, /^[0-9]+/) ? substr(rest, 1, RLENGTH) : "" }
function ended(rc) { # how a find that ended so has read
  if (rc == 124 || rc == 137 || rc == 143) return "timed_out"
  if (rc == "") return "truncated"
  if (rc == 127) return "no_tool"
  return rc > 1 ? "failed" : "ok" # 1: a file went away between find and stat
}
