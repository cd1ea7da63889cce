# processes: "PID USER ARGV0 [WORD...]" without kernel threads, this audit's own
# processes, and those that carry it up to the session of the SSH server.
# Passwords stand in arguments: only paths and the names of options stay, and the path
# of --config.
{
  up[$1] = $2; program[$1] = $4
  if ($4 == "" || $4 ~ /^[[{]/) next
  line = $1 "\t" $3 "\t" esc($4)
  for (i = 5; i <= NF; i++) {
    word = $i
    if (word ~ /^--/) {
      if (word !~ /^--config=\/[A-Za-z0-9_.\/-]+$/) sub(/=.*/, "=_", word)
    }
    else if (word ~ /^-../) word = substr(word, 1, 2) "_" # -pPASSWORD
    else if (word !~ /^[-\/]/) word = "_"
    line = line "\t" esc(word)
  }
  pids[++m] = $1; kept[m] = line
}
END {
  for (p = up[own] + 0; p > 1 && !(p in ours) && program[p] !~ /sshd|dropbear/; p = up[p] + 0)
    ours[p] = 1
  for (i = 1; i <= m; i++) {
    p = pids[i]
    for (j = 0; j < 40 && p > 1 && p != own; j++) p = up[p] + 0
    if (p != own && !(pids[i] in ours)) out(i, kept[i])
  }
}
