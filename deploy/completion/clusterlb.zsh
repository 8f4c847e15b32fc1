#compdef clusterlb
# Lets zsh complete commands, options and names of clusterlb. It is what `clusterlb completion zsh` prints.
_clusterlb() {
    local -a found
    # The program is asked by the name that it was typed by, about what follows it.
    found=(${(f)"$($words[1] complete -- "${(j: :)words[2,CURRENT-1]} $PREFIX" 2>/dev/null)"})
    # Where it offers nothing, files are.
    if (( $#found )); then compadd -- $found; else _files; fi
}

# In a folder of $fpath it is the function itself, else it defines it.
if [[ ${funcstack[1]} == _clusterlb ]]; then _clusterlb; else compdef _clusterlb clusterlb; fi
