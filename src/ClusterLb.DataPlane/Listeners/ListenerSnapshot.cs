using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>The counters of one listener, of all loops.</summary>
/// <param name="OwnAnswers">By status; <see cref="OtherCodes"/> = those past the first 64.</param>
/// <param name="Routes">Requests by route, in the order of the file, and by class of status, 1xx to 5xx.</param>
public sealed record ListenerSnapshot(
    string Name, long Accepted, long Active, long AcceptFailures, long ClientRejections, long Evictions,
    long BytesReceived, long BytesSent, IReadOnlyDictionary<int, long> OwnAnswers, IReadOnlyDictionary<string, long[]> Routes)
{
    /// <summary>Of no response: stands for codes that are too many to tell apart, here and of backends.</summary>
    public const int OtherCodes = StatusCounts.Others;

    internal static ListenerSnapshot Of(LoopListener[] loops)
    {
        var answers = new SortedDictionary<int, long>();
        var routes = new Dictionary<string, long[]>();
        foreach (var loop in loops)
        {
            loop.Protocol.Traffic.OwnAnswers.AddTo(answers);
            loop.Protocol.Traffic.Routes.AddTo(routes);
        }

        return new ListenerSnapshot(
            loops[0].Config.Name,
            loops.Sum(loop => Volatile.Read(ref loop.Counters.Accepted)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.Active)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.AcceptFailures)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.ClientRejections)),
            loops.Sum(loop => Volatile.Read(ref loop.Counters.Evictions)),
            loops.Sum(loop => Volatile.Read(ref loop.Protocol.Traffic.BytesReceived)),
            loops.Sum(loop => Volatile.Read(ref loop.Protocol.Traffic.BytesSent)),
            answers,
            routes);
    }
}
