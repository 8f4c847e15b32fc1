using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Telemetry;

/// <summary>The access log of a proxy that a test uses, once that has ended.</summary>
internal static class AccessLines
{
    public static Task<string[]> OfAsync(AccessLogFormat format, RawBackend backend, ListenerConfig listener,
        Func<TestDataPlane, Task> use) => OfAsync(format, [], listener, Configs.PoolOf(backend.EndPoint), use);

    public static async Task<string[]> OfAsync(AccessLogFormat format, string[] fields, ListenerConfig listener, PoolConfig pool,
        Func<TestDataPlane, Task> use)
    {
        using var log = new MemoryStream();
        var sink = new AccessLogSink(log);
        var config = new AccessLogConfig { Format = format, Fields = [.. fields], Path = "-" };
        await using (var proxy = TestDataPlane.StartLogged(sink, config, listener, pool)) await use(proxy);
        await sink.DisposeAsync();
        return Encoding.UTF8.GetString(log.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>One connection, to its end.</summary>
    public static async Task SendAsync(TestDataPlane proxy, string request)
    {
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        await client.SendAsync(request);
        await client.ReadToEndAsync();
    }
}
