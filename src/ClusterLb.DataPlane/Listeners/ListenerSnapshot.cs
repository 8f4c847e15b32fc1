namespace ClusterLb.DataPlane.Listeners;

/// <summary>The counters of one listener, of all loops.</summary>
public sealed record ListenerSnapshot(
    string Name, long Accepted, long Active, long AcceptFailures, long ClientRejections, long Evictions,
    long BytesReceived, long BytesSent, IReadOnlyDictionary<int, long> OwnAnswers)
{
    internal static ListenerSnapshot Of(LoopListener[] loops)
    {
        var answers = new SortedDictionary<int, long>();
        foreach (var loop in loops) loop.Protocol.Traffic.OwnAnswers.AddTo(answers);
        return new ListenerSnapshot(
            loops[0].Config.Name,
            loops.Sum(loop => Volatile.Read(ref loop.Counters.Accepted)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.Active)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.AcceptFailures)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.ClientRejections)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.Evictions)),
            loops.Sum(loop => Volatile.Read(ref loop.Protocol.Traffic.BytesReceived)),
            loops.Sum(loop => Volatile.Read(ref loop.Protocol.Traffic.BytesSent)),
            answers);
    }
}
