using System.Diagnostics;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Stores;
using ClusterLb.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterLb.Redis.Tests;

internal static class TestStores
{
    /// <summary>More than any answer of this machine takes, for tests that are not about time.</summary>
    public static readonly TimeSpan Patient = TimeSpan.FromSeconds(5);

    /// <summary>For what comes only after one that was asked in vain.</summary>
    private static readonly TimeSpan s_mostPatient = TimeSpan.FromSeconds(60);

    public static uint Now => (uint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public static RedisStore Create(RedisConfig config, RecordedLog? log = null, int queueCapacity = RedisStore.DefaultQueueCapacity) =>
        new(config, TimeProvider.System, log is null ? NullLogger.Instance : log, queueCapacity);

    /// <summary>One that has found its Redis.</summary>
    public static async Task<RedisStore> ConnectAsync(RedisConfig config, RecordedLog? log = null)
    {
        var store = Create(config, log);
        await Eventually.Is(() => store.IsUp);
        return store;
    }

    /// <summary>A session that lives for an hour.</summary>
    public static Binding Bind(ulong session, ulong backend, uint version = 0) =>
        new(new SessionKey(session), backend, version, Now + 3_600);

    /// <summary>Asks again when a machine that stood still cost the answer; whoever has claimed a session is told so again.</summary>
    public static Task<Binding> ClaimedAsync(this IBindingStore store, Binding claim) =>
        AnswerAsync(() => store.ClaimAsync(claim, Patient));

    public static Task<Binding> FoundAsync(this IBindingStore store, ulong session) =>
        AnswerAsync(() => store.FindAsync(new SessionKey(session), Patient));

    /// <inheritdoc cref="ClaimedAsync(IBindingStore, Binding)"/>
    public static Task<byte[]> ClaimedAsync(this IDocumentStore store, string name, byte[] content) =>
        DocumentAsync(() => store.ClaimAsync(name, content));

    /// <summary>Asks again when a machine that stood still cost the answer.</summary>
    public static Task<byte[]> ReadUntilAnsweredAsync(this IDocumentStore store, string name) => DocumentAsync(() => store.ReadAsync(name));

    /// <summary>Writes again when a machine that stood still cost the answer.</summary>
    public static Task KeptAsync(this IDocumentStore store, string name, byte[] content) =>
        Eventually.Is(() => store.WriteAsync(name, content));

    /// <summary>Waits until a store holds exactly this.</summary>
    public static async Task HoldsAsync(this IBindingStore store, Binding binding)
    {
        Binding? found = null;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < s_mostPatient; await Task.Delay(5))
        {
            found = await store.FindAsync(binding.Session, Patient);
            if (found == binding) return;
        }

        Assert.Equal(binding, found);
    }

    private static async Task<Binding> AnswerAsync(Func<Task<Binding?>> ask)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < s_mostPatient; await Task.Delay(50))
        {
            if (await ask() is { } answer) return answer;
        }

        throw new TimeoutException("it never answered");
    }

    private static async Task<byte[]> DocumentAsync(Func<Task<byte[]?>> ask)
    {
        byte[]? answer = null;
        await Eventually.Is(async () => (answer = await ask()) is not null);
        return answer!;
    }

    /// <summary>Waits for longer than others: Sentinels wait for each other, and for longer when the machine is busy.</summary>
    public static async Task UpAsync(this RedisStore store)
    {
        for (var began = Stopwatch.GetTimestamp(); !store.IsUp; await Task.Delay(20))
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, s_mostPatient);
    }

    /// <summary>Waits until nothing waits to be written.</summary>
    public static Task WrittenAsync(this RedisStore store) => Eventually.Is(() => store.Read().QueueLength == 0);
}
