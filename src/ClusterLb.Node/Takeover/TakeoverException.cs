namespace ClusterLb.Node.Takeover;

/// <summary>One process cannot take the place of the other; the message is one line for whoever started it.</summary>
internal sealed class TakeoverException(string message) : Exception(message)
{
    public static TakeoverException Foreign() => new("what is at the other end of the takeover socket is no clusterlb");
}
