using System.Net;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class TypedKeyTests
{
    [Fact]
    public void A_source_is_hashed_by_its_bytes_in_network_order() =>
        Assert.Equal(StableHash.Of(IPAddress.Parse("10.1.2.3").GetAddressBytes()), TypedKey.Hash(HashKeyKind.SourceIp, "10.1.2.3"));

    [Fact]
    public void An_IPv4_client_of_a_dual_stack_listener_is_the_same_client() =>
        Assert.Equal(TypedKey.Hash(HashKeyKind.SourceIp, "10.1.2.3"), TypedKey.Hash(HashKeyKind.SourceIp, "::ffff:10.1.2.3"));

    [Fact]
    public void A_source_that_is_no_address_is_no_key() => Assert.Null(TypedKey.Hash(HashKeyKind.SourceIp, "alice"));

    [Fact]
    public void Headers_cookies_and_paths_are_hashed_as_they_are() =>
        Assert.All([HashKeyKind.Header, HashKeyKind.Cookie, HashKeyKind.Path], kind => Assert.Equal(StableHash.Of("alice"), TypedKey.Hash(kind, "alice")));

    [Theory]
    [InlineData("ip-hash", HashKeyKind.SourceIp)]
    [InlineData("consistent-hash", HashKeyKind.Header)]
    [InlineData("p2c", null)]
    public void Only_policies_that_hash_have_a_key(string policy, HashKeyKind? kind) =>
        Assert.Equal(kind, TypedKey.KindOf(Configs.Pool with { Balance = policy, Hash = Configs.Pool.Hash with { Key = HashKeyKind.Header } }));
}
