using System.Globalization;
using ClusterLb.Core.Sessions;
using ClusterLb.Redis.Tests.Servers;
using CsCheck;
using static ClusterLb.Redis.Tests.TestStores;

namespace ClusterLb.Redis.Tests;

public sealed class BindingTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private RedisStore _store = null!;
    private RedisStore _other = null!;

    [Fact]
    public async Task A_free_session_is_claimed_and_another_node_finds_it()
    {
        var claim = Bind(1, 7);

        Assert.Equal(default(Binding), await _store.FoundAsync(claim.Session.Value));
        Assert.Equal(claim, await _store.ClaimedAsync(claim));
        Assert.Equal(claim, await _other.FoundAsync(claim.Session.Value));
        Assert.Equal(claim, await _other.ClaimedAsync(Bind(1, 8)));
    }

    [Fact]
    public async Task Of_two_nodes_that_claim_at_once_one_wins_and_both_are_told_the_same()
    {
        var ours = new List<Task<Binding>>();
        var theirs = new List<Task<Binding>>();
        for (ulong i = 1; i <= 500; i++)
        {
            ours.Add(_store.ClaimedAsync(Bind(i, 7)));
            theirs.Add(_other.ClaimedAsync(Bind(i, 8)));
        }

        var told = await Task.WhenAll(ours);
        Assert.Equal(told, await Task.WhenAll(theirs));
        Assert.All(told, binding => Assert.True(binding is { Backend: 7 or 8 }));
    }

    [Fact]
    public async Task An_evicted_session_is_told_as_such()
    {
        var evicted = Bind(1, 0, version: 3);
        _store.Put(evicted);
        await _other.HoldsAsync(evicted);

        Assert.Equal(evicted, await _other.ClaimedAsync(Bind(1, 7)));
    }

    [Fact]
    public async Task What_has_expired_but_is_kept_yet_is_none_and_is_claimed_by_one()
    {
        for (ulong i = 1; i <= 50; i++) await WriteAsync(i, BindingText.Write(Bind(i, 9, version: 5) with { ExpiresAt = Now - 1 }));
        Assert.Equal(default(Binding), await _store.FoundAsync(1));

        var ours = Enumerable.Range(1, 50).Select(i => _store.ClaimedAsync(Bind((ulong)i, 7))).ToList();
        var theirs = Enumerable.Range(1, 50).Select(i => _other.ClaimedAsync(Bind((ulong)i, 8))).ToList();

        var told = await Task.WhenAll(ours);
        Assert.Equal(told, await Task.WhenAll(theirs));
        Assert.All(told, binding => Assert.True(binding is { Backend: 7 or 8, Version: 0 }));
    }

    [Fact]
    public async Task What_cannot_be_read_is_replaced()
    {
        await WriteAsync(1, "something else");
        await WriteAsync(2, "something else");
        await server.CliAsync("RPUSH", KeyOf(3), "a list");

        Assert.Equal(default(Binding), await _store.FoundAsync(1));
        Assert.Equal(Bind(1, 7).Backend, (await _store.ClaimedAsync(Bind(1, 7))).Backend);
        foreach (var binding in (Binding[])[Bind(2, 7), Bind(3, 7)])
        {
            _store.Put(binding);
            await _other.HoldsAsync(binding);
        }
    }

    [Theory]
    [InlineData(7, 1, 6, 2, true)]
    [InlineData(7, 2, 8, 1, false)]
    [InlineData(7, 1, 8, 1, true)]
    [InlineData(7, 1, 6, 1, false)]
    [InlineData(7, 1, 0, 2, true)]
    [InlineData(0, 2, 7, 1, false)]
    [InlineData(0xF000000000000001, 1, 0x0FFFFFFFFFFFFFFF, 1, false)]
    [InlineData(0x7FFFFFFFFFFFFFFF, 1, 0x8000000000000000, 1, true)]
    public async Task What_is_put_replaces_only_what_it_overrules(ulong heldBackend, uint heldVersion, ulong backend, uint version,
        bool isReplaced)
    {
        var (held, put) = (Bind(1, heldBackend, heldVersion), Bind(1, backend, version) with { ExpiresAt = Now + 7_200 });
        Assert.Equal(isReplaced, put.Overrules(held));
        Assert.Equal(held, await _store.ClaimedAsync(held));

        _store.Put(put);
        await _store.WrittenAsync();

        Assert.Equal(isReplaced ? put : held, await _other.FoundAsync(held.Session.Value));
    }

    [Fact]
    public async Task Redis_keeps_the_same_of_many_as_a_table_does()
    {
        var now = Now;
        var gen = Gen.Select(Gen.ULong[1, 40], Gen.ULong[0, 3], Gen.UInt[0, 3], Gen.UInt[now + 100, now + 105]).Array[1_000];
        var (table, said) = (new BindingTable(10_000), gen.Single());
        foreach (var (session, backend, version, expiresAt) in said)
        {
            var binding = new Binding(new SessionKey(session), backend, version, expiresAt);
            table.Put(binding, now);
            (session % 2 == expiresAt % 2 ? _store : _other).Put(binding);
        }

        await _store.WrittenAsync();
        await _other.WrittenAsync();
        foreach (var session in said.Select(one => new SessionKey(one.Item1)).Distinct())
        {
            Assert.True(table.TryGet(session, now, out var kept));
            Assert.Equal(kept, await _store.FoundAsync(session.Value));
        }
    }

    [Fact]
    public async Task Every_binding_is_deleted_by_Redis_within_10_s_of_its_end()
    {
        await _store.ClaimedAsync(Bind(9_000, 7));
        _store.Put(Bind(9_001, 7));
        await _store.WrittenAsync();

        Assert.InRange(await TimeToLiveAsync(9_000), 3_595_000, 3_610_000);
        Assert.InRange(await TimeToLiveAsync(9_001), 3_595_000, 3_610_000);
    }

    [Fact]
    public async Task A_use_renews_it_and_an_older_one_does_not_shorten_it()
    {
        var binding = Bind(1, 7);
        await _store.ClaimedAsync(binding);

        var renewed = binding with { ExpiresAt = binding.ExpiresAt + 1_000 };
        _store.Put(renewed);
        await _other.HoldsAsync(renewed);
        Assert.InRange(await TimeToLiveAsync(1), 4_595_000, 4_610_000);

        _store.Put(binding);
        await _store.WrittenAsync();
        Assert.Equal(renewed, await _other.FoundAsync(binding.Session.Value));
        Assert.InRange(await TimeToLiveAsync(1), 4_590_000, 4_610_000);
    }

    [Fact]
    public async Task What_has_expired_while_it_waited_is_not_written()
    {
        _store.Put(Bind(1, 7) with { ExpiresAt = Now });
        await _store.WrittenAsync();

        Assert.Equal(default(Binding), await _store.FoundAsync(1));
        Assert.Equal("0", await server.CliAsync("EXISTS", KeyOf(1)));
    }

    [Fact]
    public async Task A_server_that_forgot_the_script_is_told_it_again()
    {
        _store.Put(Bind(1, 7));
        await _store.WrittenAsync();
        await server.CliAsync("SCRIPT", "FLUSH");

        var bindings = Enumerable.Range(1, 100).Select(i => Bind((ulong)i, 8)).ToList();
        foreach (var binding in bindings) _store.Put(binding);
        foreach (var binding in bindings) await _other.HoldsAsync(binding);
        Assert.Equal(0, _store.Read().Failures);
    }

    [Fact]
    public async Task Once_known_the_script_is_called_by_its_hash()
    {
        _store.Put(Bind(1, 7));
        await _store.WrittenAsync();
        await server.CliAsync("CONFIG", "RESETSTAT");

        for (ulong i = 1; i <= 100; i++) _store.Put(Bind(i, 8));
        await _store.WrittenAsync();

        var asked = await server.CliAsync("INFO", "commandstats");
        Assert.Contains("cmdstat_evalsha:calls=100,", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("cmdstat_eval:", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_is_written_when_the_store_is_given_up()
    {
        var store = await ConnectAsync(server.Config with { Prefix = _prefix });
        for (ulong i = 1; i <= 5_000; i++) store.Put(Bind(i, 7));

        await store.DisposeAsync();

        for (ulong i = 1; i <= 5_000; i += 499) Assert.Equal(7UL, (await _other.FoundAsync(i)).Backend);
        Assert.Null(await store.FindAsync(new SessionKey(1), Patient));
    }

    [Fact]
    public async Task Clusters_with_different_prefixes_share_a_server()
    {
        await using var stranger = await ConnectAsync(server.Config with { Prefix = $"{_prefix}2" });
        await _store.ClaimedAsync(Bind(1, 7));

        Assert.Equal(default(Binding), await stranger.FoundAsync(1));
        Assert.Equal("1", await server.CliAsync("EXISTS", $"{_prefix}:sess:{{0000000000000001}}"));
        Assert.Equal("1", await server.CliAsync("EXISTS", $"{_prefix}2:alive"));
    }

    [Fact]
    public async Task Calls_are_counted()
    {
        var before = _store.Read();
        await _store.ClaimedAsync(Bind(1, 7));
        await _store.FoundAsync(1);
        _store.Put(Bind(1, 8));
        await _store.WrittenAsync();

        var after = _store.Read();
        Assert.Equal((3, 1, 0, 0), (after.Calls - before.Calls, after.Written - before.Written, after.Failures, after.Timeouts));
        Assert.Equal((BreakerState.Closed, 0, 0), (after.Breaker, after.QueueLength, after.Dropped));
    }

    public async Task InitializeAsync() =>
        (_store, _other) = (await ConnectAsync(server.Config with { Prefix = _prefix }),
        await ConnectAsync(server.Config with { Prefix = _prefix }));

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _other.DisposeAsync();
    }

    private string KeyOf(ulong session) => $"{_prefix}:sess:{{{new SessionKey(session)}}}";

    private Task<string> WriteAsync(ulong session, string text) => server.CliAsync("SET", KeyOf(session), text);

    private async Task<long> TimeToLiveAsync(ulong session) =>
        long.Parse(await server.CliAsync("PTTL", KeyOf(session)), CultureInfo.InvariantCulture);
}
