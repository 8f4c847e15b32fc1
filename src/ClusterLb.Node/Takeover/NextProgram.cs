namespace ClusterLb.Node.Takeover;

/// <summary>
/// How the program that is installed now is started in the place of this process: as this one was, and told where to take over. Pure.
/// </summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">All that follow its name.</param>
internal sealed record NextProgram(string File, IReadOnlyList<string> Arguments)
{
    private const string Takeover = "--takeover";

    /// <param name="commandLine">Of this process, the program's name first.</param>
    /// <param name="running">The file that this process runs; its name may be gone, for another one was put in its place.</param>
    /// <param name="socket">Where this process can be asked for its place.</param>
    public static NextProgram Of(IReadOnlyList<string> commandLine, string running, string socket)
    {
        // By the name by which it was started, which may be a link that leads to another version now. A name without a folder was searched.
        var file = commandLine[0].Contains('/', StringComparison.Ordinal) ? commandLine[0] : running;
        var arguments = new List<string>();
        for (var i = 1; i < commandLine.Count; i++)
        {
            if (commandLine[i] == Takeover) i++;
            else if (!commandLine[i].StartsWith(Takeover + "=", StringComparison.Ordinal)) arguments.Add(commandLine[i]);
        }

        return new NextProgram(file, [.. arguments, Takeover, socket]);
    }
}
