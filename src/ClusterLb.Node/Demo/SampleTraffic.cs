namespace ClusterLb.Node.Demo;

/// <summary>A client that asks all nodes in turn, when it is switched on; where nobody listens it goes on to the next one.</summary>
internal sealed class SampleTraffic : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_patience };
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<Uri> _nodes;
    private readonly Task _running;
    private long _answered;
    private long _goneOn;
    private long _failed;
    private volatile bool _isOn;

    public SampleTraffic(IReadOnlyList<Uri> nodes, TimeProvider time)
    {
        _nodes = nodes;
        _running = RunAsync(time);
    }

    /// <summary>Any thread.</summary>
    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    /// <summary>Requests since it began; gone on = answered, but not by the node that was asked first.</summary>
    public (long Answered, long GoneOn, long Failed) Count =>
        (Interlocked.Read(ref _answered), Interlocked.Read(ref _goneOn), Interlocked.Read(ref _failed));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            for (var i = 0; await timer.WaitForNextTickAsync(_stop.Token); i = (i + 1) % _nodes.Count)
            {
                if (_isOn) await AskAsync(i);
            }
        }
        catch (OperationCanceledException)
        {
            // It was told to stop.
        }
    }

    private async Task AskAsync(int first)
    {
        for (var other = 0; other < _nodes.Count; other++)
        {
            try
            {
                using var response = await _http.GetAsync(_nodes[(first + other) % _nodes.Count], _stop.Token);
                if (!response.IsSuccessStatusCode) break;
                Interlocked.Increment(ref _answered);
                if (other > 0) Interlocked.Increment(ref _goneOn);
                return;
            }
            catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.ConnectionError)
            {
                // Nothing was sent: another may be asked.
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                _stop.Token.ThrowIfCancellationRequested();
                break;
            }
        }

        Interlocked.Increment(ref _failed);
    }
}
