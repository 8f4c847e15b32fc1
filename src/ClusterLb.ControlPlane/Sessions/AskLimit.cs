using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// How many questions may be under way at a time, and so how many actors this node may cause anywhere. Any thread; nobody waits.
/// </summary>
/// <param name="most">At a time.</param>
internal sealed class AskLimit(int most)
{
    private static readonly Task<Binding?> s_none = Task.FromResult<Binding?>(null);

    private int _open;
    private long _refused;

    public int Open => Volatile.Read(ref _open);

    /// <summary>Questions for which there was no room.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Asks on another thread. When too many are under way nobody is asked, and the answer is none.</summary>
    public Task<Binding?> Run(Func<Task<Binding?>> ask)
    {
        if (Interlocked.Increment(ref _open) <= most) return Task.Run(() => RunAsync(ask));
        Interlocked.Decrement(ref _open);
        Interlocked.Increment(ref _refused);
        return s_none;
    }

    private async Task<Binding?> RunAsync(Func<Task<Binding?>> ask)
    {
        try
        {
            return await ask();
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
