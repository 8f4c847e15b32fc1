using System.Runtime.CompilerServices;
using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Balancing;

/// <summary>All that a picker may look at.</summary>
public readonly ref struct PickRequest(Eligibility eligible, in Tried tried, bool hasKey, ulong key, long nowMilliseconds)
{
    private readonly ref readonly Tried _tried = ref tried;

    public Eligibility Eligible { get; } = eligible;

    /// <summary>Backends this request may not get again.</summary>
    public ref readonly Tried Tried => ref _tried;

    /// <summary>False when the request lacks the configured hash key; hash policies then fall back to p2c.</summary>
    public bool HasKey { get; } = hasKey;

    /// <summary><c>StableHash</c> of the hash key; the same on every node.</summary>
    public ulong Key { get; } = key;

    /// <summary>Monotonic milliseconds of the loop; a picker calls no clock.</summary>
    public long NowMilliseconds { get; } = nowMilliseconds;

    /// <summary>Eligible, not tried before, not full.</summary>
    public bool Accepts(Backend backend) => Eligible.Contains(backend) && AcceptsCandidate(backend);

    /// <summary>As <see cref="Accepts"/>, of one that was found among <see cref="Balancing.Eligibility.Candidates"/>.</summary>
    public bool AcceptsCandidate(Backend candidate) => !Tried.Contains(candidate) && !candidate.IsFull;
}

/// <summary>The backends one request was already sent to; a value without allocation.</summary>
public struct Tried
{
    private Slots _slots;
    private int _count;

    public readonly int Count => _count;

    public readonly bool Contains(Backend backend)
    {
        for (var i = 0; i < Math.Min(_count, Slots.Length); i++)
        {
            if (_slots[i] == backend.Index) return true;
        }

        return false;
    }

    /// <summary>Remembers the last 16; a request is never tried more often than that (retry.attempts is at most 10).</summary>
    public void Add(Backend backend) => _slots[_count++ % Slots.Length] = backend.Index;

    /// <summary>The same servers as members of the pool that has taken theirs' place; those it does not have are left out.</summary>
    /// <param name="before">The members that these were of.</param>
    /// <param name="after">Of the pool in its place.</param>
    public readonly Tried Among(IReadOnlyList<Backend> before, IReadOnlyList<Backend> after)
    {
        var same = default(Tried);
        for (var i = 0; i < Math.Min(_count, Slots.Length); i++)
        {
            foreach (var backend in after)
            {
                if (backend.IsSameServerAs(before[_slots[i]])) same.Add(backend);
            }
        }

        return same;
    }

    [InlineArray(Length)]
    private struct Slots
    {
        public const int Length = 16;
        private int _first;
    }
}
