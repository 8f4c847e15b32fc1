namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>
/// What may be spent on one configuration, so that no file takes a process's memory, stack or time: a few lines of substitutions can
/// double a value thirty times.
/// </summary>
internal sealed class HoconBudget
{
    /// <summary>Values in values and substitutions of substitutions; far shallower than the stack.</summary>
    private const int MaxDepth = 256;

    /// <summary>Values, and four characters of joined text each; far more than any configuration has.</summary>
    private const long MaxSteps = 1_000_000;

    private int _depth;
    private long _steps;

    /// <exception cref="HoconException">It is spent.</exception>
    public void Enter(HoconPlace place)
    {
        Spend(1, place);
        if (++_depth > MaxDepth) throw new HoconException(place, $"values and substitutions lead to one another more than {MaxDepth} deep");
    }

    public void Leave() => _depth--;

    /// <exception cref="HoconException">It is spent.</exception>
    public void Spend(long steps, HoconPlace place)
    {
        _steps += steps;
        if (_steps > MaxSteps)
            throw new HoconException(place, "the configuration grows beyond a million values here; substitutions must not multiply so");
    }
}
