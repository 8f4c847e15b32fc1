using System.Net;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class RingEpochTests
{
    private static readonly PoolConfig s_pool = Configs.PoolOf(At(1), At(2), At(3)) with { Balance = "consistent-hash" };

    [Fact]
    public void Nodes_that_hash_alike_have_the_same_epoch_whatever_the_order_and_addresses_in_their_files()
    {
        var reordered = s_pool with
        {
            Backends = [s_pool.Backends[2], s_pool.Backends[0] with { EndPoint = At(9), Address = "elsewhere:9" },
            s_pool.Backends[1]]
        };

        Assert.Equal(RingEpoch.Of(s_pool), RingEpoch.Of(reordered));
        Assert.Equal(RingEpoch.Of([s_pool, Configs.Pool with { Name = "z" }]), RingEpoch.Of([Configs.Pool with { Name = "z" }, reordered]));
    }

    [Fact]
    public void Whatever_moves_a_key_changes_it()
    {
        PoolConfig[] others =
        [
            s_pool with { Backends = [s_pool.Backends[0], s_pool.Backends[1]] },
            s_pool with { Backends = [s_pool.Backends[0], s_pool.Backends[1], s_pool.Backends[2] with { Weight = 2 }] },
            s_pool with { Backends = [s_pool.Backends[0], s_pool.Backends[1], s_pool.Backends[2] with { Name = "b4" }] },
            s_pool with { Hash = s_pool.Hash with { Algorithm = HashAlgorithm.Ring } },
            s_pool with { Hash = s_pool.Hash with { VirtualNodes = 151 } },
            s_pool with { Balance = "ip-hash" },
        ];

        Assert.Equal(others.Length + 1, others.Append(s_pool).Select(RingEpoch.Of).Distinct().Count());
    }

    private static IPEndPoint At(int port) => new(IPAddress.Loopback, port);
}
