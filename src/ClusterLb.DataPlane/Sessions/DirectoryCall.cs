using ClusterLb.Core.Sessions;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>An answer of the directory on its way back to the loop that asked.</summary>
internal sealed class DirectoryCall(EventLoop loop) : LoopPromise<Binding?>
{
    private Binding? _answer;

    public LoopTask<Binding?> Await(Task<Binding?> asking)
    {
        _ = BringAsync(asking);
        return Task;
    }

    private async Task BringAsync(Task<Binding?> asking)
    {
        try
        {
            _answer = await asking.ConfigureAwait(false);
        }
        finally
        {
            loop.Post(static state => ((DirectoryCall)state!).Answer(), this);
        }
    }

    private void Answer() => Complete(_answer);
}
