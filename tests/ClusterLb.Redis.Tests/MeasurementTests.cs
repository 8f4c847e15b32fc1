using System.Diagnostics;
using System.Globalization;
using ClusterLb.Core.Sessions;
using ClusterLb.Redis.Tests.Servers;
using Xunit.Abstractions;
using static ClusterLb.Redis.Tests.TestStores;

namespace ClusterLb.Redis.Tests;

/// <summary>Figures rather than bounds: what is asserted is only that nothing is wrong by orders of magnitude.</summary>
public sealed class MeasurementTests(RedisServer server, ITestOutputHelper output) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task Claims_one_after_the_other()
    {
        await using var store = await ConnectAsync(server.Config with { Prefix = "claims" });
        for (ulong i = 1; i <= 1_000; i++) await store.ClaimAsync(Bind(1_000_000 + i, 7), Patient);
        var took = new double[10_000];
        var held = new double[took.Length];
        var unanswered = 0;
        for (var i = 0; i < took.Length; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var asked = store.ClaimAsync(Bind((ulong)i + 1, 7), Patient);
            held[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
            if (await asked is null) unanswered++;
            took[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        }

        Array.Sort(took);
        Array.Sort(held);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ClaimAsync, microseconds: p50 {took[5_000]:0}, p99 "
            + $"{took[9_900]:0}, p99.9 {took[9_990]:0}, most {took[^1]:0}, unanswered {unanswered}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"of which the caller's thread is held: p50 {held[5_000]:0}, p99 {held[9_900]:0}, most {held[^1]:0}"));
        Assert.InRange(took[9_900], 0, 100_000);
    }

    [Fact]
    public async Task Bindings_written_behind_and_claims_meanwhile()
    {
        const int Puts = 200_000;
        await using var store = await ConnectAsync(server.Config with { Prefix = "puts" });
        var before = long.Parse((await server.CliAsync("INFO", "memory")).Split('\n')
            .Single(line => line.StartsWith("used_memory:", StringComparison.Ordinal))[12..], CultureInfo.InvariantCulture);
        var began = Stopwatch.GetTimestamp();
        var putting = Task.Run(async () =>
        {
            for (ulong i = 1; i <= Puts; i++)
            {
                while (i % 1_000 == 0 && store.Read().QueueLength > 50_000) await Task.Delay(1);
                store.Put(new Binding(new SessionKey(i * 0x9E3779B97F4A7C15), 7, 0, Now + 3_600));
            }
        });
        var took = new List<double>();
        while (!putting.IsCompleted || store.Read().QueueLength > 0)
        {
            var asked = Stopwatch.GetTimestamp();
            await store.ClaimAsync(Bind((ulong)took.Count + 1, 7), Patient);
            took.Add(Stopwatch.GetElapsedTime(asked).TotalMicroseconds);
        }

        var elapsed = Stopwatch.GetElapsedTime(began);
        var after = long.Parse((await server.CliAsync("INFO", "memory")).Split('\n')
            .Single(line => line.StartsWith("used_memory:", StringComparison.Ordinal))[12..], CultureInfo.InvariantCulture);
        took.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Put, bindings written per second: "
            + $"{Puts / elapsed.TotalSeconds:0}; memory of Redis per binding, bytes: {(after - before) / (double)Puts:0}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ClaimAsync meanwhile, microseconds: p50 {took[took.Count / 2]:0}, "
            + $"p99 {took[took.Count * 99 / 100]:0}, most {took[^1]:0}, of {took.Count}"));
        Assert.Equal((Puts, 0), (store.Read().Written, store.Read().Dropped));
    }
}
