using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace ClusterLb.Node.Admin;

/// <summary>
/// Kestrel's transport behind the <see cref="AdminGate"/>: who is turned away is closed as it is accepted, before anything is allocated for
/// it.
/// </summary>
internal sealed class AdminTransport(IReadOnlyList<AdminPort> ports, AdminSockets sockets, TimeProvider time) : IConnectionListenerFactory
{
    /// <exception cref="AdminBindException">It cannot be bound.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var port = ports.Single(one => ReferenceEquals(one.Bind, endpoint));
        try
        {
            return new ValueTask<IConnectionListener>(new AdminListener(sockets.Listen(port), port, sockets.Door, time));
        }
        catch (SocketException failure)
        {
            var why = failure.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? "the address is in use by another process"
                : failure.Message;
            throw new AdminBindException($"{port.Name} cannot bind {endpoint}: {why}", failure);
        }
    }

    private sealed class AdminListener(Socket socket, AdminPort port, AdminDoor door, TimeProvider time) : IConnectionListener
    {
        private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

        private readonly SocketConnectionContextFactory _connections = new(new SocketConnectionFactoryOptions(),
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

        private readonly CancellationTokenSource _unbinding = new();
        private readonly SemaphoreSlim _accepting = new(1);

        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            await _accepting.WaitAsync(CancellationToken.None);
            try
            {
                return await AcceptNextAsync();
            }
            finally
            {
                _accepting.Release();
            }
        }

        /// <summary>A socket that is closed in the midst of an accept would be reset for another process that has it, too.</summary>
        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbinding.CancelAsync();
            await _accepting.WaitAsync(CancellationToken.None);
            socket.Dispose();
            _accepting.Release();
        }

        public ValueTask DisposeAsync()
        {
            socket.Dispose();
            _unbinding.Dispose();
            _accepting.Dispose();
            _connections.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task<ConnectionContext?> AcceptNextAsync()
        {
            while (true)
            {
                try
                {
                    await door.WhenOpen.WaitAsync(_unbinding.Token);
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(_unbinding.Token, door.Closing);
                    if (Admit(await socket.AcceptAsync(either.Token)) is { } connection) return connection;
                }
                catch (OperationCanceledException) when (!_unbinding.IsCancellationRequested)
                {
                    // Another process answers.
                }
                catch (Exception failure) when (failure is ObjectDisposedException or OperationCanceledException
                    or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (SocketException)
                {
                    // One that was reset before it was accepted, or no descriptors are left: neither ends the port.
                    await Task.Delay(s_pause, time, CancellationToken.None);
                }
            }
        }

        private AdminConnection? Admit(Socket accepted)
        {
            if (accepted.RemoteEndPoint is IPEndPoint peer
                && port.Gate.TryEnter(peer.Address, hasSpoken: accepted.Available > 0) is { } visit)
            {
                try
                {
                    accepted.NoDelay = true;
                    return new AdminConnection(_connections.Create(accepted), port, visit);
                }
                catch
                {
                    port.Gate.Leave(visit);
                    accepted.Dispose();
                    throw;
                }
            }

            // Reset, not closed: nothing of it is to be left in the kernel either.
            accepted.LingerState = new LingerOption(enable: true, seconds: 0);
            accepted.Dispose();
            return null;
        }
    }

    /// <summary>Counts for as long as it has its descriptor.</summary>
    private sealed class AdminConnection : ConnectionContext
    {
        private readonly ConnectionContext _inner;
        private readonly AdminPort _port;
        private readonly AdminVisit _visit;

        public AdminConnection(ConnectionContext inner, AdminPort port, AdminVisit visit)
        {
            (_inner, _port, _visit) = (inner, port, visit);
            inner.Features.Set(visit);
            inner.Features.Set(port.Routes);
            visit.Enters(inner.Abort);
        }

        public override string ConnectionId
        {
            get => _inner.ConnectionId;
            set => _inner.ConnectionId = value;
        }

        public override IFeatureCollection Features => _inner.Features;

        public override IDictionary<object, object?> Items
        {
            get => _inner.Items;
            set => _inner.Items = value;
        }

        public override IDuplexPipe Transport
        {
            get => _inner.Transport;
            set => _inner.Transport = value;
        }

        public override EndPoint? LocalEndPoint
        {
            get => _inner.LocalEndPoint;
            set => _inner.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => _inner.RemoteEndPoint;
            set => _inner.RemoteEndPoint = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => _inner.ConnectionClosed;
            set => _inner.ConnectionClosed = value;
        }

        public override void Abort() => _inner.Abort();

        public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            await _inner.DisposeAsync();
            await base.DisposeAsync();
            _port.Gate.Leave(_visit);
        }
    }
}
