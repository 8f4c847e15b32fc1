using System.Diagnostics;
using System.Globalization;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Redis.Tests.Servers;

/// <summary>A real redis-server of this machine that keeps nothing on disk; as a class fixture one with nothing special.</summary>
public sealed class RedisServer : IAsyncLifetime, IAsyncDisposable
{
    private readonly string _program;
    private readonly string[] _arguments;
    private Process? _process;

    public RedisServer() : this([])
    {
    }

    /// <param name="settings">As in redis.conf, each argument by itself.</param>
    internal RedisServer(params string[] settings) : this("redis-server", FreePorts.Next(), settings)
    {
    }

    internal RedisServer(string program, int port, string[] settings)
    {
        (_program, Port) = (program, port);
        Folder = Directory.CreateTempSubdirectory("clusterlb-redis-").FullName;
        _arguments =
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", Folder, "--logfile", LogFile, "--save",
                "", "--appendonly", "no", .. settings,
        ];
    }

    public int Port { get; }

    public string EndPoint => $"127.0.0.1:{Port}";

    public string Folder { get; }

    public RedisConfig Config => Configs.Redis with { Endpoints = [EndPoint] };

    private string LogFile => Path.Combine(Folder, "server.log");

    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        var server = new RedisServer(settings);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first time, or again on the same port.</summary>
    public async Task StartAsync()
    {
        File.Delete(LogFile);
        var configuration = Path.Combine(Folder, "server.conf");
        var isConfigured = File.Exists(configuration);
        string[] arguments = isConfigured ? [configuration, .. _arguments] : _arguments;
        _process = Process.Start(new ProcessStartInfo(_program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        })!;
        var ready = _program == "redis-sentinel" ? "+monitor" : "Ready to accept connections";
        try
        {
            await Eventually.Is(() => _process.HasExited
                || (File.Exists(LogFile) && File.ReadAllText(LogFile).Contains(ready, StringComparison.Ordinal)));
        }
        catch (TimeoutException)
        {
            await KillAsync();
            throw;
        }

        if (!_process.HasExited) return;
        var log = File.Exists(LogFile) ? await File.ReadAllTextAsync(LogFile) : "";
        Assert.Fail($"{_program} did not start: {await _process.StandardOutput.ReadToEndAsync()} {log}");
    }

    /// <summary>SIGKILL: connections are reset by the system, nobody says goodbye.</summary>
    public async Task KillAsync()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: connections stay, nobody answers.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>What redis-cli prints.</summary>
    public Task<string> CliAsync(params string[] arguments) =>
        RunAsync("redis-cli", ["-p", Port.ToString(CultureInfo.InvariantCulture), .. arguments]);

    public static async Task<string> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    Task IAsyncLifetime.InitializeAsync() => StartAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    private Task<string> SignalAsync(string signal) =>
        RunAsync("kill", [$"-{signal}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
}
