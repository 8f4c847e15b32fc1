using System.Net;
using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>
/// Says in the log who knocks at the cluster port and is no node, and where this node knocks in vain: each once, however often it is tried
/// again. Outlives ActorSystems. Any thread.
/// </summary>
internal sealed class ClusterPortNotices(ILogger logger, TimeProvider time)
{
    /// <summary>A seed that nobody listens at may well be starting; that a member is gone is said by who watches the members.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What lasts is said again.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    /// <summary>Strangers are as many as they like.</summary>
    internal const int MostKnown = 1_024;

    // Strangers come at the same moment, and still are told once.
    private readonly Lock _lock = new();
    private readonly Dictionary<(IPAddress From, Refusal Why), long> _strangers = [];
    private readonly Dictionary<string, Silence> _silent = [];

    /// <summary>Somebody was not let in, for a reason that is worth a line.</summary>
    public void Refused(IPEndPoint from, Refusal refusal, string why)
    {
        if (!IsNews((from.Address, refusal))) return;
        logger.StrangerRefused(from.ToString(), why.ReplaceLineEndings(" "));
    }

    /// <summary>There is no connection with a node, or with what is at a node's address.</summary>
    /// <param name="place">HOST:PORT.</param>
    /// <param name="isForeign">Somebody is there who is no node of this cluster: that mends itself by no waiting.</param>
    public void DialFailed(string place, string why, bool isForeign)
    {
        if (IsNews(place, why, isForeign)) logger.DialFailed(place, why);
    }

    /// <summary>There is one now: what fails next is news again.</summary>
    public void Dialled(string place)
    {
        lock (_lock) _silent.Remove(place);
    }

    private bool IsNews((IPAddress From, Refusal Why) stranger)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_strangers.TryGetValue(stranger, out var told) && time.GetElapsedTime(told, now) < Pause) return false;
            if (_strangers.Count >= MostKnown) _strangers.Clear();
            _strangers[stranger] = now;
            return true;
        }
    }

    private bool IsNews(string place, string why, bool isForeign)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var silence = _silent.GetValueOrDefault(place) ?? new Silence(now, "", 0);
            var isDue = isForeign || time.GetElapsedTime(silence.Since, now) >= Patience;
            var isNew = silence.Told != why || time.GetElapsedTime(silence.ToldAt, now) >= Pause;
            if (_silent.Count >= MostKnown) _silent.Clear();
            _silent[place] = isDue && isNew ? silence with { Told = why, ToldAt = now } : silence;
            return isDue && isNew;
        }
    }

    /// <param name="Since">The first dial that failed.</param>
    /// <param name="Told">The last reason that was said; empty = none.</param>
    private sealed record Silence(long Since, string Told, long ToldAt);
}
