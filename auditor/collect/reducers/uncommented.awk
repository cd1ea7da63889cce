# Lines as they stand, without those that are blank or a comment.
!/^[ \t]*(#|\r?$)/ { out(NR, esc($0)) }
