using System.Net.Sockets;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.DataPlane;
using ClusterLb.Node.Lifecycle;

namespace ClusterLb.Node.Takeover;

/// <summary>
/// The new process's part of a takeover. Once it has the running one's sockets it goes on even if that one dies: then it is the node at
/// once. The end of a connection is no death: the kernel says whether the process has ended (decision 0053).
/// </summary>
internal sealed class Succession : IDisposable
{
    /// <summary>
    /// Of the running one: longer than it takes for any step. Before this one serves, it ends and leaves the place to that one; after that,
    /// whoever hangs is not the node any more, and is ended.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly TakeoverChannel _channel;
    private readonly TimeProvider _time;
    private readonly List<HandedSocket> _sockets = [];
    private readonly HashSet<Socket> _kept = [];
    private readonly List<KnowledgePart> _knowledge = [];

    private Succession(TakeoverChannel channel, TimeProvider time) => (_channel, _time) = (channel, time);

    /// <summary>The number of the running one.</summary>
    public int Process => _channel.Peer.Process;

    /// <summary>What the running node knows; a reader takes it, and gets what came since.</summary>
    public IReadOnlyList<KnowledgePart> TakeKnowledge()
    {
        KnowledgePart[] taken = [.. _knowledge];
        _knowledge.Clear();
        return taken;
    }

    /// <summary>Asks the node that listens at a socket for its place.</summary>
    /// <param name="path">Of the socket.</param>
    /// <param name="node">The name of both.</param>
    /// <exception cref="TakeoverException">It cannot be had.</exception>
    public static async Task<Succession> BeginAsync(string path, string node, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            throw new TakeoverException("--takeover is only on Linux, 64 bits");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        PeerProcess peer;
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            peer = PeerProcess.Of(socket, path, time);
        }
        catch (TakeoverException)
        {
            socket.Dispose();
            throw;
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new TakeoverException($"no node answers at {path} ({failure.Message}); without --takeover it is started as usual");
        }

        var succession = new Succession(new TakeoverChannel(socket, peer, time), time);
        try
        {
            await succession.AskAsync(node);
            return succession;
        }
        catch (OperationCanceledException)
        {
            succession.Dispose();
            throw new TakeoverException($"the node at {path} says nothing");
        }
        catch
        {
            succession.Dispose();
            throw;
        }
    }

    /// <summary>Sockets of listeners, which the node uses where it can.</summary>
    public IReadOnlyList<ListeningSocket> Listeners => [.. _sockets.Select(one => one.ToListener()).OfType<ListeningSocket>()];

    /// <summary>The node uses it: the running one is not to close it for good.</summary>
    public void Keep(Socket socket) => _kept.Add(socket);

    /// <summary>The socket of one port that is not a listener's, which is the caller's from here on; null = it is to be bound.</summary>
    public Socket? Claim(string role, System.Net.IPEndPoint bind, bool alsoIPv4)
    {
        if (_sockets.Find(one => one.IsOf(role, bind, alsoIPv4)) is not { } found) return null;
        Keep(found.Socket);
        return found.Socket;
    }

    /// <summary>Says that the node could serve, and waits until it is to. What it does not use is closed.</summary>
    /// <exception cref="TakeoverException">It is not to.</exception>
    public async Task GetReadyAsync()
    {
        foreach (var unused in _sockets.Where(one => !_kept.Contains(one.Socket))) unused.Socket.Dispose();
        var kept = _sockets.Select((one, i) => (one, i)).Where(pair => _kept.Contains(pair.one.Socket)).Select(pair => pair.i).ToList();
        await SendAsync(new Ready(kept));
        using var patience = new CancellationTokenSource(s_patience, _time);
        try
        {
            await ReceiveAsync<Serve>(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TakeoverException("the running node says nothing any more");
        }
    }

    /// <summary>Says that it serves, and waits until the running one has left the cluster, or is gone.</summary>
    /// <returns>It is there still.</returns>
    /// <exception cref="TakeoverException">The running one is the node again.</exception>
    public async Task<bool> ServeAsync()
    {
        await SendAsync(new Serving());
        using var patience = new CancellationTokenSource(s_patience, _time);
        try
        {
            return await ReceiveAsync<Left>(patience.Token);
        }
        catch (OperationCanceledException)
        {
            await _channel.Peer.EndAsync();
            return false;
        }
    }

    /// <summary>From here on the other one ends, whatever becomes of this.</summary>
    public Task SettleAsync() => SendAsync(new Settled());

    /// <summary>What the other one has to say still, until it has ended.</summary>
    /// <param name="ending">Nobody wants to hear it any more.</param>
    public async Task HearLastAsync(Action<KnowledgePart> hear, CancellationToken ending)
    {
        try
        {
            await _channel.ReceiveAsync<Settled>(ending, hear);
        }
        catch (Exception failure) when (failure is OperationCanceledException or TakeoverException)
        {
            // This process ends first; or that one is none of ours, which it was before.
        }
    }

    public void Dispose() => _channel.Dispose();

    private async Task AskAsync(string node)
    {
        await SendAsync(new Hello(node, ProductVersion.Text));
        using var patience = new CancellationTokenSource(s_patience, _time);
        if (await _channel.ReceiveAsync<Told>(patience.Token, _knowledge.Add, _sockets.AddRange) is null)
            throw new TakeoverException("the running node has ended before it gave its sockets away");
    }

    /// <returns>False = the other one has died, and left its place to this one.</returns>
    private async Task<bool> ReceiveAsync<T>(CancellationToken patience)
        where T : TakeoverMessage
    {
        if (await _channel.ReceiveAsync<T>(patience, _knowledge.Add) is not null) return true;
        return await _channel.Peer.HasEndedAsync()
            ? false
            : throw new TakeoverException("the running node has given this up, and goes on");
    }

    private async Task SendAsync(TakeoverMessage message)
    {
        using var patience = new CancellationTokenSource(s_patience, _time);
        await _channel.SendAsync(message, patience.Token);
    }
}
