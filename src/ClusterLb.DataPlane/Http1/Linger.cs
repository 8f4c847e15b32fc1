using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>
/// Closes a connection whose client may still be sending: closing at once would answer its bytes with a reset, which can destroy
/// the response it has not read yet (RFC 9112, 9.6).
/// </summary>
internal static class Linger
{
    private const int MaxMilliseconds = 2_000;
    private const int MaxBytes = 1024 * 1024;

    public static async LoopTask<bool> CloseAsync(Connection client)
    {
        client.ShutdownSend();
        var deadline = client.Loop.Now + MaxMilliseconds;
        var discarded = 0;
        while (discarded < MaxBytes && await client.WaitReadableAsync(deadline) == IoResult.Ready)
        {
            var buffer = client.Loop.HeadBuffers.Rent();
            var received = client.TryReceive(buffer);
            client.Loop.HeadBuffers.Return(buffer);
            if (received <= 0 && received != IoResult.WouldBlock) break;
            discarded += Math.Max(received, 0);
        }

        client.Close();
        return true;
    }
}
