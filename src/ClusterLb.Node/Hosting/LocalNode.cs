using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.DataPlane;
using ClusterLb.Node.Lifecycle;

namespace ClusterLb.Node.Hosting;

/// <summary>What the control plane knows of the process around it, and may do to it.</summary>
/// <param name="zoneSerial">Of the cluster's zone as it is known here; 0 = there is none.</param>
internal sealed class LocalNode(
    TableOwner tables, NodeState state, DataPlaneHost dataPlane, Func<uint> zoneSerial, TimeProvider time) : ILocalNode
{
    /// <summary>Summing all loops is work; rates over less would jump.</summary>
    private static readonly TimeSpan s_readingLasts = TimeSpan.FromSeconds(1);

    private readonly Lock _reading = new();
    private long _readAt;
    private long _requests;
    private double _rate;

    public NodeFacts Read()
    {
        var (config, ring) = tables.InForce;
        var uptime = (long)state.Uptime.TotalMilliseconds;
        return new(state.Word, config.Fingerprint, config.Node.EventLoops, dataPlane.ActiveClients, Rate(), uptime, ring)
        {
            Version = ProductVersion.Text,
            Addresses = config.Dns.AddressesForClients(),
            IsUnready = state.IsUnready,
            ZoneSerial = zoneSerial(),
            IsNameServer = config.Dns.Bind is not null,
        };
    }

    public bool IsServing => state.IsServing;

    public void Drain()
    {
        state.IsDrained = true;
        dataPlane.BeginDrain();
    }

    public void Ready()
    {
        state.IsDrained = false;
        dataPlane.EndDrain();
    }

    private double Rate()
    {
        lock (_reading)
        {
            var elapsed = time.GetElapsedTime(_readAt);
            if (_readAt != 0 && elapsed < s_readingLasts) return _rate;
            var requests = dataPlane.Requests;
            if (_readAt != 0) _rate = Math.Round((requests - _requests) / elapsed.TotalSeconds, 1);
            (_readAt, _requests) = (time.GetTimestamp(), requests);
            return _rate;
        }
    }
}
