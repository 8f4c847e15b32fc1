using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ClusterLb.Core.Sessions;
using ClusterLb.Redis.Tests.Servers;
using ClusterLb.Testing;
using static ClusterLb.Redis.Tests.TestStores;

namespace ClusterLb.Redis.Tests;

public sealed class OutageTests
{
    private static readonly TimeSpan s_budget = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_documentBudget = TimeSpan.FromMilliseconds(950);

    /// <summary>Less than the client library waits for an answer by itself, which is half a second.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task A_Redis_that_is_killed_and_comes_back_gets_what_waited()
    {
        await using var server = await RedisServer.StartAsync();
        var (log, returns) = (new RecordedLog(), 0);
        await using var store = await ConnectAsync(server.Config, log);
        store.OnReturn(() => Interlocked.Increment(ref returns));
        await Eventually.Is(() => Volatile.Read(ref returns) == 1);

        await server.KillAsync();
        await AnswersNothingInTimeAsync(store);
        await Eventually.Is(() => !store.IsUp);
        var calls = store.Read().Calls;
        for (ulong i = 1; i <= 1_000; i++) store.Put(Bind(i, 7));
        for (var i = 0; i < 20; i++) await AnswersNothingInTimeAsync(store);
        Assert.Equal(calls, store.Read().Calls);
        Assert.Equal(1_000, store.Read().QueueLength);

        await server.StartAsync();
        await Eventually.Is(() => Volatile.Read(ref returns) == 2);
        await store.WrittenAsync();
        Assert.Equal("1001", await server.CliAsync("DBSIZE"));
        Assert.True(store.IsUp);
        Assert.Equal(["Information 200", "Warning 201", "Information 200", "Warning 202"],
            log.Lines.Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_Redis_that_stands_still_for_3_s_costs_each_caller_its_budget_until_nobody_asks()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server.Config);

        await server.FreezeAsync();
        var frozen = Stopwatch.GetTimestamp();
        while (store.IsUp) await TakesAtMostAsync(async () => Assert.Null(await store.ClaimAsync(Bind(99_999, 7), s_budget)), s_budget);
        // A probe may have been one of the three.
        Assert.InRange(store.Read().Timeouts, 2, 3);
        for (ulong i = 1; i <= 1_000; i++) store.Put(Bind(i, 7));
        var calls = store.Read().Calls;
        while (Stopwatch.GetElapsedTime(frozen) < TimeSpan.FromSeconds(3))
        {
            Assert.False(store.IsUp);
            await AnswersNothingInTimeAsync(store);
            await Task.Delay(10);
        }

        Assert.Equal(calls, store.Read().Calls);
        await server.ThawAsync();
        await Eventually.Is(() => store.IsUp);
        await store.WrittenAsync();
        Assert.Equal(7UL, (await store.FoundAsync(1_000)).Backend);
    }

    [Fact]
    public async Task Not_even_the_thread_of_a_caller_waits_for_a_Redis_that_takes_nothing_off_the_wire()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server.Config);
        var content = new byte[1_000_000];
        await server.FreezeAsync();

        // A write that waited would wait for as long as the server is frozen, which is until the test ends; fifty megabytes are copied
        // meanwhile.
        var writes = await Task.Run(() => Enumerable.Range(0, 50).Select(_ => store.WriteAsync("large", content)).ToList())
            .WaitAsync(TimeSpan.FromSeconds(30));
        Assert.All(await Task.WhenAll(writes).WaitAsync(TimeSpan.FromSeconds(30)), Assert.False);

        await server.ThawAsync();
        await Eventually.Is(() => store.IsUp);
        await Eventually.Is(() => store.WriteAsync("large", content));
    }

    [Fact]
    public async Task A_store_is_made_while_Redis_is_away_and_found_when_it_comes()
    {
        await using var server = new RedisServer();
        var (log, returns) = (new RecordedLog(), 0);
        await using var store = Create(server.Config, log);
        store.OnReturn(() => Interlocked.Increment(ref returns));
        store.Put(Bind(1, 7));
        await Eventually.Is(() => log.Says("Warning 201"));
        await AnswersNothingInTimeAsync(store);
        Assert.Equal(0, Volatile.Read(ref returns));

        await server.StartAsync();
        await Eventually.Is(() => Volatile.Read(ref returns) > 0);
        await store.WrittenAsync();
        Assert.Equal(7UL, (await store.FoundAsync(1)).Backend);
    }

    [Fact]
    public async Task All_nodes_notice_each_time_that_Redis_was_emptied()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = await ConnectAsync(server.Config);
        await using var other = await ConnectAsync(server.Config);
        var (ones, others) = (0, 0);
        one.OnReturn(() => Interlocked.Increment(ref ones));
        other.OnReturn(() => Interlocked.Increment(ref others));

        for (var times = 1; times <= 3; times++)
        {
            await Eventually.Is(() => Volatile.Read(ref ones) == times && Volatile.Read(ref others) == times);
            var began = Stopwatch.GetTimestamp();
            await server.CliAsync("FLUSHALL");
            await Eventually.Is(() => Volatile.Read(ref ones) == times + 1 && Volatile.Read(ref others) == times + 1);
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(30));
            Assert.True(one.IsUp && other.IsUp);
        }
    }

    [Fact]
    public async Task A_Redis_that_has_no_memory_left_is_asked_once_a_second()
    {
        await using var server = await RedisServer.StartAsync();
        var log = new RecordedLog();
        await using var store = await ConnectAsync(server.Config, log);

        await server.CliAsync("CONFIG", "SET", "maxmemory", "1");
        while (store.IsUp) Assert.Null(await store.ClaimAsync(Bind(1, 7), Patient));
        var began = Stopwatch.GetTimestamp();
        await server.CliAsync("CONFIG", "RESETSTAT");
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(2.5)) await AnswersNothingInTimeAsync(store);
        var set = (await server.CliAsync("INFO", "commandstats")).Split('\n')
            .Single(line => line.StartsWith("cmdstat_set:", StringComparison.Ordinal));
        var asked = int.Parse(Regex.Match(set, "rejected_calls=([0-9]+),").Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.InRange(asked, 1, 1 + (int)Math.Ceiling(Stopwatch.GetElapsedTime(began).TotalSeconds));
        Assert.True(log.Says("OOM"), string.Join('\n', log.Lines));

        await server.CliAsync("CONFIG", "SET", "maxmemory", "0");
        await Eventually.Is(() => store.IsUp);
        Assert.Equal(7UL, (await store.ClaimedAsync(Bind(1, 7))).Backend);
    }

    [Fact]
    public async Task When_too_many_wait_the_oldest_go_and_are_counted()
    {
        await using var server = new RedisServer();
        await using var store = Create(server.Config, queueCapacity: 1_000);
        for (ulong i = 1; i <= 1_500; i++) store.Put(Bind(i, 7));
        Assert.Equal((500, 1_000), (store.Read().Dropped, store.Read().QueueLength));

        await server.StartAsync();
        await Eventually.Is(() => store.IsUp);
        await store.WrittenAsync();
        Assert.Equal("1001", await server.CliAsync("DBSIZE"));
        Assert.Equal(default(Binding), await store.FoundAsync(500));
        Assert.Equal(7UL, (await store.FoundAsync(501)).Backend);
    }

    [Fact]
    public async Task A_store_without_Redis_is_given_up_at_once()
    {
        await using var server = new RedisServer();
        var store = Create(server.Config);
        store.Put(Bind(1, 7));
        var began = Stopwatch.GetTimestamp();

        await store.DisposeAsync();

        // Who waited for it would wait for ever.
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    /// <summary>One call of each kind.</summary>
    private static async Task AnswersNothingInTimeAsync(RedisStore store)
    {
        await TakesAtMostAsync(async () => Assert.Null(await store.ClaimAsync(Bind(99_999, 7), s_budget)), s_budget);
        await TakesAtMostAsync(async () => Assert.Null(await store.FindAsync(new SessionKey(99_999), s_budget)), s_budget);
        await TakesAtMostAsync(async () => Assert.Null(await store.ReadAsync("admin")), s_documentBudget);
        await TakesAtMostAsync(async () => Assert.False(await store.WriteAsync("admin", [1])), s_documentBudget);
        await TakesAtMostAsync(async () => Assert.Null(await store.ClaimAsync("admin", [1])), s_documentBudget);
    }

    /// <summary>Within its budget and the grace, by the timers of this process: those are late too when the machine stands still.</summary>
    private static async Task TakesAtMostAsync(Func<Task> call, TimeSpan budget)
    {
        var limit = LimitAsync(budget);
        var called = call();
        Assert.Same(called, await Task.WhenAny(called, limit));
        await called;
    }

    private static async Task LimitAsync(TimeSpan budget)
    {
        await Task.Delay(budget);
        await Task.Delay(s_grace);
    }
}
