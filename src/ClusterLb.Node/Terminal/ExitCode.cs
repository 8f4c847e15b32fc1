namespace ClusterLb.Node.Terminal;

/// <summary>What a command's exit code says.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The answer is no: a bad configuration, an address in use.</summary>
    public const int No = 1;

    /// <summary>It could not be asked: nobody answers, or the command line makes no sense.</summary>
    public const int CouldNotAsk = 2;
}
