using System.Collections.Concurrent;

namespace ClusterLb.Node.Logging;

/// <summary>
/// Bounds how often lines of one kind are written: so many in a window of 10 s that begins with the first of them; then they are counted,
/// and the count is said when the window ends. Its memory is bounded, too: kinds beyond the most it knows share one budget. Any thread.
/// </summary>
/// <param name="say">Writes how many lines of a kind were left out. Called by a sweep.</param>
internal sealed class LogLimiter(TimeProvider time, Action<LogKind, long> say)
{
    /// <summary>Of our own kinds, which are finite and say what an operator must know: as many backends may change at once.</summary>
    public const int OwnBudget = 100;

    /// <summary>Of the kinds of libraries, which say what strangers make them say.</summary>
    public const int ForeignBudget = 10;

    public const int MostKinds = 256;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private static readonly LogKind s_rest = new("other", LogLevel.Warning, "more kinds of lines than can be told apart");

    private readonly ConcurrentDictionary<LogKind, Budget> _budgets = new();
    private long _leftOut;

    /// <summary>Lines left out since the start.</summary>
    public long LeftOut => Volatile.Read(ref _leftOut);

    /// <summary>Whether one more may be written.</summary>
    public bool Admits(LogKind kind)
    {
        var now = time.GetTimestamp();
        if (!_budgets.TryGetValue(kind, out var budget))
        {
            // Our own kinds are finite, and what they say must not be crowded out.
            if (!kind.IsOwn && _budgets.Count >= MostKinds) kind = s_rest;
            budget = _budgets.GetOrAdd(kind, static (_, now) => new Budget(now), now);
        }

        if (budget.Take(kind.IsOwn ? OwnBudget : ForeignBudget)) return true;
        Interlocked.Increment(ref _leftOut);
        return false;
    }

    /// <summary>Says what was left out in windows that are over, and forgets them. Called once a second.</summary>
    public void Sweep() => Sweep(Window);

    /// <summary>Says what was left out so far, at the end.</summary>
    public void SweepAll() => Sweep(TimeSpan.Zero);

    private void Sweep(TimeSpan age)
    {
        foreach (var (kind, budget) in _budgets)
        {
            if (time.GetElapsedTime(budget.Began) < age) continue;
            _budgets.TryRemove(kind, out _);
            if (budget.Close() is var leftOut and > 0) say(kind, leftOut);
        }
    }

    private sealed class Budget(long began)
    {
        private readonly Lock _lock = new();
        private long _taken;
        private long _leftOut;

        public long Began => began;

        public bool Take(int most)
        {
            lock (_lock)
            {
                if (_taken < most)
                {
                    _taken++;
                    return true;
                }

                _leftOut++;
                return false;
            }
        }

        public long Close()
        {
            lock (_lock) return _leftOut;
        }
    }
}

/// <summary>Lines that are counted together.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Shape">What they have in common (<see cref="LogShape"/>).</param>
internal readonly record struct LogKind(string Category, LogLevel Level, string Shape)
{
    public bool IsOwn => Category.StartsWith("clusterlb", StringComparison.Ordinal);
}
