using System.Net;
using ClusterLb.DataPlane.Http.Wire;

namespace ClusterLb.DataPlane.Tests.Http.Wire;

/// <summary>Listener rules and the heads they make.</summary>
internal static class Forwardings
{
    public static ForwardingRules Rules(bool sendForwarded = false, string trusted = "10.0.0.0/8", string sticky = "") => new()
    {
        Scheme = Requests.Bytes("http"),
        ViaToken = Requests.Bytes("clusterlb-lb1"),
        DefaultAuthority = Requests.Bytes("127.0.0.1:8080"),
        SendForwarded = sendForwarded,
        TrustedProxies = [IPNetwork.Parse(trusted)],
        Upgrades = [Requests.Bytes("websocket")],
        StickyHeader = Requests.Bytes(sticky),
    };

    public static Forwarding From(string client, bool sendForwarded = false, string sticky = "") =>
        new(Rules(sendForwarded, sticky: sticky), IPAddress.Parse(client));

    /// <summary>The head that goes upstream, with the framing as received.</summary>
    public static string Forward(string request, Forwarding? forwarding = null, bool upgrade = false)
    {
        var head = Requests.Accept(request);
        Span<byte> destination = new byte[4096];
        var written = RequestHeadWriter.Write(destination, Requests.Bytes(request), head, forwarding ?? From("192.0.2.7"), head.Body, upgrade);
        return Requests.Text(destination[..written]);
    }

    /// <summary>Its lines, without the last empty one.</summary>
    public static string[] Lines(string head)
    {
        Assert.EndsWith("\r\n\r\n", head, StringComparison.Ordinal);
        return head[..^4].Split("\r\n");
    }
}
