using ClusterLb.Redis.Tests.Servers;
using ClusterLb.Testing;
using static ClusterLb.Redis.Tests.TestStores;

namespace ClusterLb.Redis.Tests;

public sealed class DocumentTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private RedisStore _store = null!;
    private RedisStore _other = null!;

    [Fact]
    public async Task A_document_is_read_as_it_was_written()
    {
        byte[] content = [0, 255, 13, 10, .. Enumerable.Range(0, 100_000).Select(i => (byte)i)];

        Assert.Empty(await _other.ReadUntilAnsweredAsync("admin"));
        await _store.KeptAsync("admin", content);
        Assert.Equal(content, await _other.ReadUntilAnsweredAsync("admin"));
        await _other.KeptAsync("admin", [1]);
        Assert.Equal([1], await _store.ReadUntilAnsweredAsync("admin"));
        Assert.Equal("-1", await server.CliAsync("TTL", $"{_prefix}:doc:admin"));
    }

    [Fact]
    public async Task Of_two_claims_one_wins_and_both_are_told_the_same()
    {
        var (one, other) = (_store.ClaimedAsync("keys", [1]), _other.ClaimedAsync("keys", [2]));

        Assert.Equal(await one, await other);
        Assert.Equal(await one, await _other.ReadUntilAnsweredAsync("keys"));
        Assert.Equal(await one, await _store.ClaimedAsync("keys", [3]));
    }

    [Fact]
    public async Task Who_asks_to_be_told_of_the_return_of_a_store_that_is_there_is_told_at_once()
    {
        var returns = 0;
        _store.OnReturn(() => Interlocked.Increment(ref returns));

        await Eventually.Is(() => Volatile.Read(ref returns) == 1);
    }

    [Fact]
    public async Task A_bug_of_who_is_told_is_logged_and_stops_nobody_else()
    {
        var (log, returns) = (new RecordedLog(), 0);
        await using var store = Create(server.Config with { Prefix = _prefix }, log);
        store.OnReturn(() => throw new InvalidOperationException("mine"));
        store.OnReturn(() => Interlocked.Increment(ref returns));

        await Eventually.Is(() => Volatile.Read(ref returns) == 1 && log.Says("Error 203") && log.Says("mine"));
        Assert.Empty(await store.ReadUntilAnsweredAsync("none"));
    }

    public async Task InitializeAsync() =>
        (_store, _other) = (await ConnectAsync(server.Config with { Prefix = _prefix }),
        await ConnectAsync(server.Config with { Prefix = _prefix }));

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _other.DisposeAsync();
    }
}
