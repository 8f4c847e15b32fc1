using System.Net;

namespace ClusterLb.Node.Demo;

/// <summary>A small web server to balance over: says its name, can be slow, and can be made to look ill.</summary>
internal sealed class SampleBackend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile bool _isIll;

    private SampleBackend(string name, IPEndPoint bind, bool isElsewhere)
    {
        (Name, EndPoint, IsElsewhere) = (name, bind, isElsewhere);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(EndPoint);
        });
        _app = builder.Build();
        _app.MapGet("/", () => $"hello from {Name}\n");
        _app.MapGet("/slow", async (CancellationToken gone) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, gone);
            return $"hello from {Name}, after two seconds\n";
        });
        _app.MapGet("/health/ready", () => _isIll ? Results.StatusCode(503) : Results.Text("ready\n"));
        _app.MapPost("/ill", () => SetIll(true));
        _app.MapPost("/well", () => SetIll(false));
    }

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>The port that was wanted is taken.</summary>
    public bool IsElsewhere { get; }

    /// <summary>It answers its health check with 503. Any thread.</summary>
    public bool IsIll
    {
        get => _isIll;
        set => _isIll = value;
    }

    /// <summary>Starts on the wanted port, or on a free one when that is taken.</summary>
    public static Task<SampleBackend> StartAsync(string name, int wantedPort)
    {
        var port = FreePort.Near(wantedPort);
        return StartAsync(new SampleBackend(name, new IPEndPoint(IPAddress.Loopback, port), isElsewhere: port != wantedPort));
    }

    /// <summary>Starts there and nowhere else.</summary>
    /// <exception cref="IOException">The port is taken, or the address is not this machine's.</exception>
    public static Task<SampleBackend> StartAsync(string name, IPEndPoint bind) =>
        StartAsync(new SampleBackend(name, bind, isElsewhere: false));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<SampleBackend> StartAsync(SampleBackend backend)
    {
        await backend._app.StartAsync();
        return backend;
    }

    private string SetIll(bool ill)
    {
        _isIll = ill;
        return $"{Name} now answers its health check with {(ill ? "503" : "200")}\n";
    }
}
