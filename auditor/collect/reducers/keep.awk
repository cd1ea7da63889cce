# The file whole, but for blank lines: only for facts that say why all of it counts.
!/^[ \t\r]*$/ { out(NR, esc($0)) }
