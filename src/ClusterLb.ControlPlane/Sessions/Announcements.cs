using Akka.Actor;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>Who waits until every peer has a binding: by the numbers of the batches it is on its way in. Time comes in.</summary>
/// <param name="patience">Milliseconds after which one is answered although not every peer has confirmed.</param>
internal sealed class Announcements(long patience)
{
    private static readonly TimeSpan s_leastPatience = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<long, Announcement> _byNumber = [];
    private readonly Queue<Announcement> _byAge = new();

    /// <summary>
    /// How long a node that does not confirm is waited for: as long as an answer that begins a session may wait for that, and at least 250
    /// ms.
    /// </summary>
    public static TimeSpan PatienceOf(SessionsConfig config) =>
        config.LearnTimeout > s_leastPatience ? config.LearnTimeout : s_leastPatience;

    /// <summary>Somebody waits.</summary>
    public bool Any => _byAge.Count > 0;

    /// <param name="numbers">Of one batch to every peer; not none.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public void Add(IReadOnlyList<Asker> askers, IReadOnlyCollection<long> numbers, long now)
    {
        var announcement = new Announcement(askers, [.. numbers], now);
        foreach (var number in numbers) _byNumber[number] = announcement;
        _byAge.Enqueue(announcement);
    }

    /// <summary>A peer has a batch, or is none any more.</summary>
    /// <returns>Who is to be answered now.</returns>
    public IReadOnlyList<Asker> Confirm(long number)
    {
        if (!_byNumber.Remove(number, out var announcement)) return [];
        announcement.Open.Remove(number);
        while (_byAge.TryPeek(out var oldest) && oldest.Open.Count == 0) _byAge.Dequeue();
        return announcement.Open.Count == 0 ? announcement.Askers : [];
    }

    /// <summary>Looks at the time.</summary>
    /// <returns>Who is to be answered although not every peer has confirmed.</returns>
    public IReadOnlyList<Asker> Expire(long now)
    {
        List<Asker>? late = null;
        while (_byAge.TryPeek(out var oldest) && (oldest.Open.Count == 0 || now - oldest.Since >= patience))
        {
            _byAge.Dequeue();
            if (oldest.Open.Count == 0) continue;
            foreach (var number in oldest.Open) _byNumber.Remove(number);
            (late ??= []).AddRange(oldest.Askers);
        }

        return late ?? [];
    }

    private sealed class Announcement(IReadOnlyList<Asker> askers, HashSet<long> open, long since)
    {
        public IReadOnlyList<Asker> Askers { get; } = askers;

        public HashSet<long> Open { get; } = open;

        public long Since { get; } = since;
    }
}

/// <param name="Binding">Which one was to be made known.</param>
internal readonly record struct Asker(IActorRef Ref, Binding Binding);
