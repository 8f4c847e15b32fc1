using System.Globalization;
using System.Text;

namespace Peers.Load;

/// <summary>How connections are used.</summary>
internal enum LoadMode
{
    /// <summary>Each connection sends its next request when it has its answer.</summary>
    Closed,

    /// <summary>The same with a new connection for each request.</summary>
    Close,

    /// <summary>Requests are due at fixed times whatever the answers do; latency counts from the time due.</summary>
    Open,

    /// <summary>One request on each connection, which then stays open until standard input ends.</summary>
    Idle,
}

/// <summary>One load run against 127.0.0.1:<see cref="Port"/>.</summary>
internal sealed record LoadConfig(LoadMode Mode, int Port, string Path, int Connections, double Seconds, double Rate, bool Poisson,
    long Body)
{
    public static LoadConfig Parse(IReadOnlyDictionary<string, string> options)
    {
        return new LoadConfig(
            Enum.Parse<LoadMode>(options["mode"], ignoreCase: true),
            int.Parse(options["port"], CultureInfo.InvariantCulture),
            options["path"],
            int.Parse(options["connections"], CultureInfo.InvariantCulture),
            Number("seconds"),
            Number("rate"),
            options.ContainsKey("poisson"),
            (long)Number("body"));

        double Number(string name) => options.TryGetValue(name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The bytes of one request, body apart.</summary>
    public byte[] RequestHead()
    {
        var method = Body > 0 ? "PUT" : "GET";
        var head = $"{method} {Path} HTTP/1.1\r\nHost: 127.0.0.1:{Port}\r\n";
        head += Body > 0 ? string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Body}\r\n") : "";
        head += Mode == LoadMode.Close ? "Connection: close\r\n" : "";
        return Encoding.ASCII.GetBytes(head + "\r\n");
    }
}
