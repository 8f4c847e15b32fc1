using System.Net;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class KeySourceTests
{
    [Fact]
    public void A_source_is_hashed_by_its_bytes_in_network_order() =>
        Assert.Equal(StableHash.Of(IPAddress.Parse("10.1.2.3").GetAddressBytes()), KeySource.SourceIp.HashOf("10.1.2.3"));

    [Fact]
    public void An_IPv4_client_of_a_dual_stack_listener_is_the_same_client() =>
        Assert.Equal(KeySource.SourceIp.HashOf("10.1.2.3"), KeySource.SourceIp.HashOf("::ffff:10.1.2.3"));

    [Fact]
    public void A_source_that_is_no_address_is_no_key() => Assert.Null(KeySource.SourceIp.HashOf("alice"));

    [Fact]
    public void Headers_cookies_and_paths_are_hashed_as_they_are() => Assert.All(
        [HashKeyKind.Header, HashKeyKind.Cookie, HashKeyKind.Path],
        kind => Assert.Equal(StableHash.Of("alice"), new KeySource(kind, "").HashOf("alice")));

    [Theory]
    [InlineData("ip-hash", "source-ip")]
    [InlineData("consistent-hash", "header X-User")]
    [InlineData("p2c", null)]
    public void Only_policies_that_hash_have_a_key(string policy, string? source)
    {
        var pool = Configs.Pool with { Hash = Configs.Pool.Hash with { Key = HashKeyKind.Header, KeyName = "X-User" } };

        Assert.Equal(source, Policies.Default.Get(policy).KeyOf(pool)?.ToString());
    }
}
