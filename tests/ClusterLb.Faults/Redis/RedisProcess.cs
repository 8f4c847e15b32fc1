using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterLb.Faults.Processes;

namespace ClusterLb.Faults.Redis;

/// <summary>A redis-server that keeps nothing on disk.</summary>
internal sealed class RedisProcess : IDisposable
{
    private readonly string _folder;
    private Child _process = null!;

    private RedisProcess(IPEndPoint endPoint, string folder) => (EndPoint, _folder) = (endPoint, folder);

    public IPEndPoint EndPoint { get; }

    public static async Task<RedisProcess> StartAsync(IPEndPoint endPoint, string folder)
    {
        var redis = new RedisProcess(endPoint, folder);
        await redis.StartAsync();
        return redis;
    }

    /// <summary>After <see cref="Kill"/>: on the same port, and empty.</summary>
    public async Task StartAsync()
    {
        _process = await Child.StartAsync("redis-server", "--port", EndPoint.Port.ToString(CultureInfo.InvariantCulture), "--bind",
            EndPoint.Address.ToString(), "--dir", _folder, "--save", "", "--appendonly", "no", "--protected-mode", "no");
        while (await _process.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal)) return;
        }

        throw new InvalidOperationException($"redis-server does not start: {_process.Errors.Trim()}");
    }

    public void Kill() => _process.Dispose();

    public void Freeze() => _process.Signal(Libc.SIGSTOP);

    public void Thaw() => _process.Signal(Libc.SIGCONT);

    /// <summary>One command whose answer is one line, such as FLUSHALL.</summary>
    public async Task CommandAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(EndPoint);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{command}\r\n"));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var answer = await reader.ReadLineAsync();
        if (answer?.StartsWith('+') != true) throw new InvalidOperationException($"redis-server answers {command} with {answer}");
    }

    public void Dispose() => _process.Dispose();
}
