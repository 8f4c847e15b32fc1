using System.Net;
using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

/// <summary>Clients, and the heads that backends get of them. 10.0.0.0/8 is trusted.</summary>
internal static class Forwardings
{
    public static Forwarding From(string client, bool sendForwarded = false)
    {
        var forwarding = new Forwarding(sendForwarded)
        {
            Via = new ViaElement("clusterlb-lb1"),
            DefaultAuthority = RequestTexts.Bytes("127.0.0.1:8080"),
        };
        forwarding.SetClient(PeerAddress.From(new IPEndPoint(IPAddress.Parse(client), 50_000)),
            client.StartsWith("10.", StringComparison.Ordinal));
        return forwarding;
    }

    /// <summary>The head that goes upstream.</summary>
    public static string Forward(string request, Forwarding? forwarding = null, string upgrade = "")
    {
        var head = RequestTexts.Accept(request);
        Span<byte> destination = new byte[4096];
        var written = RequestHeadWriter.Write(destination, head.Request, forwarding ?? From("192.0.2.7"), RequestTexts.Bytes(upgrade));
        return RequestTexts.Text(destination[..written]);
    }

    /// <summary>Its lines, without the last empty one.</summary>
    public static string[] Lines(string head)
    {
        Assert.EndsWith("\r\n\r\n", head, StringComparison.Ordinal);
        return head[..^4].Split("\r\n");
    }
}
