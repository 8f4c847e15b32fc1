using ClusterLb.ControlPlane.Reload;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Reload;

namespace ClusterLb.ControlPlane.Tests.Reload;

/// <summary>Files that a test writes.</summary>
internal sealed class FakeFiles : IOwnFiles
{
    /// <summary>What is read next.</summary>
    public ReloadOffer Offer { get; set; } = new("new", ["a: 1 -> 2"], [], []);

    /// <summary>What reading waits for.</summary>
    public TaskCompletionSource Readable { get; set; } = Done();

    public List<FakeAttempt> Attempts { get; } = [];

    public async Task<IReloadAttempt> PrepareAsync(bool isDryRun)
    {
        await Readable.Task;
        var attempt = new FakeAttempt(Offer) { IsOpen = !isDryRun && Offer.Problems.Count == 0 };
        lock (Attempts) Attempts.Add(attempt);
        return attempt;
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}

internal sealed class FakeAttempt(ReloadOffer offer) : IReloadAttempt
{
    public ReloadOffer Offer => offer;

    public bool IsOpen { get; set; }

    public bool IsInForce { get; private set; }

    public bool IsAbandoned { get; private set; }

    public EquatableList<SharedKey> ReadKeys() => [new SharedKey("a", "2")];

    public Task<bool> CommitAsync()
    {
        IsInForce = IsOpen;
        IsOpen = false;
        return Task.FromResult(IsInForce);
    }

    public void Abandon()
    {
        IsAbandoned |= IsOpen;
        IsOpen = false;
    }
}
