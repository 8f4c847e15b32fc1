using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>Sends an answer that no backend gave.</summary>
internal static class OwnAnswer
{
    /// <returns>Bytes sent, or why not: a code of <see cref="IoResult"/>.</returns>
    public static async LoopTask<int> SendAsync(Connection client, DateLine date, int status, bool close, bool head, long deadline)
    {
        var loop = client.Loop;
        var output = loop.HeadBuffers.Rent();
        try
        {
            var length = ErrorResponses.Write(output, status, close, head, date.At(loop.Now));
            var sent = await client.SendAsync(output.AsMemory(0, length), deadline);
            return sent == IoResult.Ready ? length : sent;
        }
        finally
        {
            loop.HeadBuffers.Return(output);
        }
    }
}
