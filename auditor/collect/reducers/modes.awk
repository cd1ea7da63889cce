# stat -c "$N %f %u %g %n" of many files: one line a record, whose name may hold line
# feeds. N, the run's nonce, starts each, so no name can pretend to be another record.
function flush() { if (held != "") out(++m, esc(held)); held = "" }
BEGIN { nonce = substr(mark, 2, length(mark) - 5) " " }
index($0, nonce) == 1 { flush(); held = substr($0, length(nonce) + 1); next }
{ held = held "\n" $0 }
END { sub(/\n$/, "", held); flush() }
