using System.Threading.Channels;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Demo;

/// <summary>
/// Shows the demo on the whole terminal, twice a second and whenever something happens, and does what keys ask for, until told to stop.
/// </summary>
internal sealed class LiveScreen(DemoCluster cluster, DemoControls controls, DemoHints hints, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Keys; null = draw anew.</summary>
    private readonly Channel<char?> _happenings = Channel.CreateUnbounded<char?>();

    private volatile StatusReport? _status;
    private volatile IReadOnlyList<EventReport> _events = [];

    /// <param name="listen">Is given whom to tell of each key.</param>
    public async Task ShowAsync(Action<Action<char>> listen, Task stop)
    {
        using var ended = new CancellationTokenSource();
        var reading = Task.WhenAll(
            RepeatAsync(async () => _status = await cluster.ReadAsync(), ended.Token),
            RepeatAsync(async () => _events = await cluster.ReadEventsAsync() ?? _events, ended.Token));
        using (var screen = new FullScreen(changed: () => Happens(null)))
        {
            listen(key => Happens(key));
            while (!controls.IsOver && !stop.IsCompleted)
            {
                var (width, height) = FullScreen.Size;
                screen.Draw(DemoScreen.Lines(View(), width, height));
                await Task.WhenAny(_happenings.Reader.WaitToReadAsync().AsTask(), stop);
                while (_happenings.Reader.TryRead(out var key))
                {
                    if (key is { } pressed) controls.Press(pressed);
                }
            }
        }

        await ended.CancelAsync();
        await reading;
    }

    private DemoView View() => new(
        [.. cluster.Nodes.Select(node => node.View)], _status, _events, hints, controls.Traffic, controls.Said);

    private void Happens(char? key) => _happenings.Writer.TryWrite(key);

    private async Task RepeatAsync(Func<Task> read, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            // A node that is frozen holds nobody up who wants to end.
            await read().WaitAsync(end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Happens(null);
            await Task.Delay(s_interval, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
