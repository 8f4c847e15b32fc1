namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>The text is not HOCON. The message says what was expected.</summary>
internal sealed class HoconException(HoconPlace place, string message) : Exception(message)
{
    public HoconPlace Place { get; } = place;

    public HoconProblem Problem => new(Place, Message);
}

/// <summary>One thing wrong, in one line.</summary>
internal sealed record HoconProblem(HoconPlace Place, string Message);
