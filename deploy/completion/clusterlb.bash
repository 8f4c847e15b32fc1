# Lets bash complete commands, options and names of clusterlb. It is what `clusterlb completion bash` prints.
_clusterlb() {
    local line=${COMP_LINE:0:COMP_POINT}
    # The program is asked by the name that it was typed by, about what follows it.
    line=${line#*"${COMP_WORDS[0]}"}
    mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" complete -- "$line" 2>/dev/null)
}

# Where it offers nothing, files are.
complete -o default -F _clusterlb clusterlb
