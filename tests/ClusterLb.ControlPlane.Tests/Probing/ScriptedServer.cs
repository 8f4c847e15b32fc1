using System.Net;
using System.Net.Sockets;

namespace ClusterLb.ControlPlane.Tests.Probing;

/// <summary>A real socket that does with every connection what a test says, whatever it is told.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    private ScriptedServer(Func<NetworkStream, CancellationToken, Task> serve)
    {
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync(serve);
    }

    public IPEndPoint EndPoint { get; }

    public static ScriptedServer Start(Func<NetworkStream, CancellationToken, Task> serve) => new(serve);

    /// <summary>The same bytes for as long as somebody reads.</summary>
    public static ScriptedServer Flood(byte[] bytes) => new(async (stream, stopping) =>
    {
        while (!stopping.IsCancellationRequested) await stream.WriteAsync(bytes, stopping);
    });

    /// <summary>These bytes, then it closes.</summary>
    public static ScriptedServer Once(byte[] bytes) => new(async (stream, stopping) => await stream.WriteAsync(bytes, stopping));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Func<NetworkStream, CancellationToken, Task> serve)
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token), serve));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client, Func<NetworkStream, CancellationToken, Task> serve)
    {
        using (client)
        {
            try
            {
                await serve(client.GetStream(), _stopping.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception over) when (over is OperationCanceledException or IOException or SocketException)
            {
                // The probe has left, or the test is over.
            }
        }
    }
}
