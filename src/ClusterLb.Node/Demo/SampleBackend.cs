using System.Net;

namespace ClusterLb.Node.Demo;

/// <summary>A small web server to balance over: says its name, can be slow, and can be made to look ill.</summary>
internal sealed class SampleBackend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile bool _isIll;

    private SampleBackend(string name, int port, bool isElsewhere)
    {
        (Name, IsElsewhere) = (name, isElsewhere);
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
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
    public static async Task<SampleBackend> StartAsync(string name, int wantedPort)
    {
        var port = FreePort.Near(wantedPort);
        var backend = new SampleBackend(name, port, isElsewhere: port != wantedPort);
        await backend._app.StartAsync();
        return backend;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string SetIll(bool ill)
    {
        _isIll = ill;
        return $"{Name} now answers its health check with {(ill ? "503" : "200")}\n";
    }
}
