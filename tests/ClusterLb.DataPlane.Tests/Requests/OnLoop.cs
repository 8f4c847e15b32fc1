using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Transport.Sockets;

namespace ClusterLb.DataPlane.Tests.Requests;

/// <summary>Runs loop code on an event loop of its own.</summary>
internal static class OnLoop
{
    public const int HeadBytes = 18 * 1024;

    public static async Task<T> RunAsync<T>(Func<EventLoop, LoopTask<T>> code)
    {
        var loop = new SocketLoop(0, "test", HeadBytes, _ => { });
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Start();
        loop.Post(_ => loop.Launch(CaptureAsync(loop, code, result)), null);
        try
        {
            return await result.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            await loop.StopAsync();
        }
    }

    private static async LoopTask<bool> CaptureAsync<T>(EventLoop loop, Func<EventLoop, LoopTask<T>> code, TaskCompletionSource<T> result)
    {
        try
        {
            result.SetResult(await code(loop));
        }
        catch (Exception failure)
        {
            result.SetException(failure);
        }

        return true;
    }
}
