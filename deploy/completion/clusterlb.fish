# Lets fish complete commands, options and names of clusterlb. It is what `clusterlb completion fish` prints.
function __clusterlb_complete
    set -l words (commandline -opc)
    # The program is asked by the name that it was typed by, about what follows it.
    set -l found ($words[1] complete -- (string join ' ' -- $words[2..] (commandline -ct)) 2>/dev/null)
    # Where it offers nothing, files are.
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end

complete -c clusterlb -f -a '(__clusterlb_complete)'
