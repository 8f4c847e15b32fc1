using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;
using Akka.Remote.Transport.DotNetty;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>
/// Akka's TCP transport behind a TLS handshake of our own. Akka ends the whole ActorSystem when a handshake fails that it began itself, so a single
/// node with a foreign or expired certificate would take the control plane from every node that dials it. Decision 0010.
/// </summary>
internal sealed class TlsTransport : Transport
{
    /// <summary>As akka.conf has it for a connection; a frozen node accepts connections and says nothing.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly Transport _tcp;
    private readonly DotNettySslSetup _ssl;

    /// <summary>Called by Akka, by the class's name.</summary>
    public TlsTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        _ssl = system.Settings.Setup.Get<DotNettySslSetup>().Value;
        // Made as Akka itself makes it: by a name, for the type is not public.
        _tcp = (Transport)Activator.CreateInstance(Type.GetType("Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote", throwOnError: true)!, system, config)!;
    }

    public static string Name { get; } = $"{typeof(TlsTransport).FullName}, {typeof(TlsTransport).Assembly.GetName().Name}";

    public override string SchemeIdentifier => _tcp.SchemeIdentifier;

    public override long MaximumPayloadBytes => _tcp.MaximumPayloadBytes;

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => _tcp.Listen();

    public override bool IsResponsibleFor(Address remote) => _tcp.IsResponsibleFor(remote);

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        if (await WhyNotAsync(remoteAddress.Host, remoteAddress.Port!.Value) is { } failure) throw new InvalidAssociationException($"no connection with {remoteAddress.Host}:{remoteAddress.Port}: {failure}");
        return await _tcp.Associate(remoteAddress);
    }

    public override Task<bool> Shutdown() => _tcp.Shutdown();

    public override Task<bool> ManagementCommand(object message) => _tcp.ManagementCommand(message);

    /// <summary>Shakes hands with a node and hangs up. Null when it is one.</summary>
    private async Task<string?> WhyNotAsync(string host, int port)
    {
        var isForeign = false;
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            using var peer = new TcpClient();
            await peer.ConnectAsync(host, port, patience.Token);
            await using var tls = new SslStream(peer.GetStream());
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = host,
                LocalCertificateSelectionCallback = (_, _, _, _, _) => _ssl.Certificate,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    !(isForeign = !_ssl.CustomValidator!(certificate as X509Certificate2, chain, host, errors, System.Log)),
            };
            await tls.AuthenticateAsClientAsync(options, patience.Token);
            await tls.ShutdownAsync();
            return null;
        }
        catch (OperationCanceledException)
        {
            return "it does not answer in time";
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException or SocketException)
        {
            return isForeign ? "its certificate is not signed by the authority in cluster.tls.ca, or not valid now" : failure.Message.ReplaceLineEndings(" ");
        }
    }
}
