using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>
/// The cluster port: TCP between nodes, where nothing is read from anybody who has not proved to be a node (<see cref="ClusterTls"/>,
/// <see cref="ClusterHandshake"/>). A handshake that fails is an association that failed, as with a node that is down: Akka tries again
/// later. Decision 0015.
/// </summary>
#pragma warning disable CA1001 // Akka ends a transport by Shutdown.
internal sealed class ClusterTransport : Transport
#pragma warning restore CA1001
{
    /// <summary>A frozen node accepts connections and says nothing.</summary>
    private static readonly TimeSpan s_dialTime = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan s_handshakeTime = TimeSpan.FromSeconds(5);

    /// <summary>The process has no descriptors left, or something like it.</summary>
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Connections that the kernel completes before they are accepted.</summary>
    public const int Backlog = 512;

    /// <summary>More than Akka's wrapper around a message takes, which is a tag and a length.</summary>
    private const int WrapperBytes = 64;

    private readonly ClusterPortSetup _setup;
    private readonly ClusterPortParts _parts;
    private readonly FrameLimits _limits;
    private readonly PendingConnections _pending;
    private readonly ClusterHandshake _ownHandshake;
    private readonly CancellationTokenSource _closing = new();
    // Akka's handles are equal when their addresses are.
    private readonly ConcurrentDictionary<ClusterAssociation, bool> _associations = new(ReferenceEqualityComparer.Instance);
    private readonly Socket _socket;
    private readonly Address _address;

    /// <summary>Called by Akka, by the class's name.</summary>
    public ClusterTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        _setup = system.Settings.Setup.Get<ClusterPortSetup>().Value;
        _parts = _setup.Parts;
        _limits = new FrameLimits(config.GetByteSize("maximum-frame-size")!.Value, config.GetByteSize("send-buffer-size")!.Value);
        _address = new Address(SchemeIdentifier, system.Name, _setup.Host, _setup.Port);
        _ownHandshake = HandshakeWith(_setup.Host, _setup.Port);
        var cluster = _parts.Config.Cluster;
        _pending = new PendingConnections(cluster.MaxHandshakes, cluster.MaxHandshakesPerAddress, _parts.Time);
        _socket = _parts.Reserved?.Hand() ?? new Socket(_setup.Bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    }

    public static string Name { get; } = $"{typeof(ClusterTransport).FullName}, {typeof(ClusterTransport).Assembly.GetName().Name}";

    public override string SchemeIdentifier => "tcp";

    /// <summary>Akka compares it with a message before it wraps it.</summary>
    public override long MaximumPayloadBytes => _limits.Frame - WrapperBytes;

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        try
        {
            if (!_socket.IsBound) _socket.Bind(_setup.Bind);
            _socket.Listen(Backlog);
        }
        catch (SocketException failure)
        {
            _socket.Dispose();
            return Task.FromException<(Address, TaskCompletionSource<IAssociationEventListener>)>(
                new ClusterPortException($"cluster port cannot bind {_setup.Bind}: {failure.Message}"));
        }

        var whoHears = new TaskCompletionSource<IAssociationEventListener>(TaskCreationOptions.RunContinuationsAsynchronously);
        Accepting = AcceptAsync(whoHears.Task);
        return Task.FromResult((_address, whoHears));
    }

    public override bool IsResponsibleFor(Address remote) => true;

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        var (host, port) = (remoteAddress.Host, remoteAddress.Port!.Value);
        using var patience = new CancellationTokenSource(s_dialTime, _parts.Time);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(ClusterPortSetup.DialOf(host, port), patience.Token);
            var wire = new StrangerStream(socket);
            stream = _setup.Tls is null ? wire : await _setup.Tls.GreetAsync(wire, host, patience.Token);
            await HandshakeWith(host, port).GreetAsync(stream, patience.Token);
            wire.Trust();
            _parts.Notices.Dialled(PlaceOf(host, port));
            return Open(remoteAddress, stream, wire);
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            await EndAsync(stream, socket);
            var why = failure switch
            {
                OperationCanceledException => "it does not answer in time",
                HandshakeException => failure.Message,
                // To a node that does not take this one's certificate, with TLS 1.3 that is all one hears.
                IOException when _setup.Tls is not null => $"it hung up: {failure.Message}",
                _ => failure.Message,
            };
            _parts.Notices.DialFailed(PlaceOf(host, port), why.ReplaceLineEndings(" "), isForeign: failure is HandshakeException);
            throw new InvalidAssociationException($"no connection with {PlaceOf(host, port)}: {why.ReplaceLineEndings(" ")}");
        }
    }

    public override async Task<bool> Shutdown()
    {
        await _closing.CancelAsync();
        _socket.Dispose();
        foreach (var association in _associations.Keys) association.Disassociate("this node ends", System.Log);
        await Task.WhenAll(_associations.Keys.Select(association => association.Ended).Append(Accepting));
        return true;
    }

    private Task Accepting { get; set; } = Task.CompletedTask;

    private async Task AcceptAsync(Task<IAssociationEventListener> whoHears)
    {
        try
        {
            var listener = await whoHears.WaitAsync(_closing.Token);
            while (true)
            {
                if (await TryAcceptAsync() is { } socket) Admit(socket, listener);
                else await Task.Delay(s_acceptPause, _parts.Time, _closing.Token);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // The port is closed.
        }
    }

    private async Task<Socket?> TryAcceptAsync()
    {
        while (true)
        {
            try
            {
                return await _socket.AcceptAsync(_closing.Token);
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // Who has gone again keeps nobody else waiting.
            }
            catch (SocketException)
            {
                return null;
            }
        }
    }

    private void Admit(Socket socket, IAssociationEventListener listener)
    {
        if (FromOf(socket) is not { } from)
        {
            socket.Dispose();
            return;
        }

        var stranger = new PendingConnection(socket, from.Address);
        _parts.Counts.Enter();
        _pending.Add(stranger)?.CrowdOut();
        ThreadPool.UnsafeQueueUserWorkItem(
            static work => work.Self.AnswerAsync(work.stranger, work.socket, work.from, work.listener),
                (Self: this, stranger, socket, from, listener), preferLocal: false);
    }

    /// <summary>
    /// Ends by itself, within its time; what comes of it is heard by Akka. Whatever a stranger does costs this handshake, and nothing else.
    /// </summary>
    private async void AnswerAsync(PendingConnection stranger, Socket socket, IPEndPoint from, IAssociationEventListener listener)
    {
        using var patience = new CancellationTokenSource(s_handshakeTime, _parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _closing.Token);
        Stream? stream = null;
        try
        {
            socket.NoDelay = true;
            var wire = new StrangerStream(socket);
            stream = _setup.Tls is null ? wire : await _setup.Tls.AnswerAsync(wire, either.Token);
            await _ownHandshake.AnswerAsync(stream, () => stranger.HasSpoken = true, either.Token);
            wire.Trust();
            _parts.Counts.Accept();
            listener.Notify(new InboundAssociation(Open(new Address(SchemeIdentifier, System.Name, from.Address.ToString(), from.Port),
                stream, wire)));
        }
        catch (Exception failure)
        {
            await EndAsync(stream, socket);
            if (!_closing.IsCancellationRequested) Refuse(stranger, from, failure);
        }
        finally
        {
            _pending.Remove(stranger);
            _parts.Counts.Leave();
        }
    }

    /// <param name="stream">With its TLS, whose native state is not for finalizers; null when it did not come to that.</param>
    /// <param name="socket">Below it.</param>
    private static async ValueTask EndAsync(Stream? stream, Socket socket)
    {
        if (stream is not null) await stream.DisposeAsync();
        socket.Dispose();
    }

    private static IPEndPoint? FromOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint as IPEndPoint;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private void Refuse(PendingConnection stranger, IPEndPoint from, Exception failure)
    {
        var why = failure switch
        {
            _ when stranger.IsCrowdedOut => Refusal.Crowd,
            HandshakeException refused => refused.Refusal,
            OperationCanceledException => Refusal.Timeout,
            _ => stranger.HasSpoken ? Refusal.Protocol : Refusal.Silence,
        };
        _parts.Counts.Refuse(why);
        // Who says nothing, or too many of them, is for the counters.
        if (why is Refusal.Protocol or Refusal.Certificate or Refusal.Proof)
            _parts.Notices.Refused(from, why, failure.Message);
    }

    private ClusterAssociation Open(Address remote, Stream stream, StrangerStream wire)
    {
        var association = new ClusterAssociation(_address, remote, stream, wire.EndSending, _limits, _parts.Time);
        _associations.TryAdd(association, true);
        if (_closing.IsCancellationRequested) association.Disassociate("this node ends", System.Log);
        association.Ended.ContinueWith(
            _ => _associations.TryRemove(association, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        return association;
    }

    private ClusterHandshake HandshakeWith(string host, int port) =>
        new(_parts.Secret, PlaceOf(host, port));

    private static string PlaceOf(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");

    private static bool IsFailure(Exception failure) =>
        failure is HandshakeException or IOException or SocketException or ObjectDisposedException or OperationCanceledException;
}

/// <summary>The cluster port cannot be opened; the message says why, in one line.</summary>
internal sealed class ClusterPortException(string message) : Exception(message)
{
    /// <summary>What is wrong is the port, not the code.</summary>
    public override string? StackTrace => null;
}
